"""Which tests are worth writing, exactly what they check, and what to leave out. Pure functions of the scores."""

from topoplan.planning.plans import make_plan

__all__ = ["make_plan"]
