"""Which tests are worth writing, exactly what they check, and what to leave out. Pure functions of the scores."""

from topoplan.planning.acceptance import accept, expired, known_gaps
from topoplan.planning.baselines import read_baseline, write_baseline
from topoplan.planning.comparison import opened_since
from topoplan.planning.gaps import find_gaps
from topoplan.planning.plans import beside_existing, make_plan

__all__ = [
    "accept",
    "beside_existing",
    "expired",
    "find_gaps",
    "known_gaps",
    "make_plan",
    "opened_since",
    "read_baseline",
    "write_baseline",
]
