"""Joins facts into one topology: names to services, facts to boundaries, declared against observed."""

from topoplan.graph.assembly import boundary_id
from topoplan.graph.groups import Group, GroupBasis, groups
from topoplan.graph.journeys import find_journeys
from topoplan.graph.lookup import Lookup
from topoplan.graph.merge import build_topology
from topoplan.graph.operations import OperationIndex

__all__ = [
    "Group",
    "GroupBasis",
    "Lookup",
    "OperationIndex",
    "boundary_id",
    "build_topology",
    "find_journeys",
    "groups",
]
