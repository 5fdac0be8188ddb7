"""topoplan: test-topology planner and coverage analyzer for microservice systems.

The public API: `analyse(Request(paths=("specs/shop",)))` gives a `Report`; `survey` gives one that holds the topology
only. Names load when first used, so that `topoplan --help` imports none of it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from topoplan.analysis import analyse
    from topoplan.errors import TopoplanError
    from topoplan.model.report import Report
    from topoplan.model.topology import Topology
    from topoplan.surveying import Request, survey

__version__ = "0.1.0"

_HOMES = {
    "Request": "topoplan.surveying",
    "analyse": "topoplan.analysis",
    "survey": "topoplan.surveying",
    "TopoplanError": "topoplan.errors",
    "Report": "topoplan.model.report",
    "Topology": "topoplan.model.topology",
}

__all__ = ["Report", "Request", "Topology", "TopoplanError", "__version__", "analyse", "survey"]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'topoplan' has no attribute {name!r}")
    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted(__all__)
