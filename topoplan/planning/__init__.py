"""Which tests are worth writing, exactly what they check, and what to leave out. Pure functions of the scores."""

from topoplan.planning.gaps import find_gaps
from topoplan.planning.plans import make_plan

__all__ = ["find_gaps", "make_plan"]
