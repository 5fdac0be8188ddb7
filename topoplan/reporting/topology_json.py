"""The topology as a versioned JSON document; specs/schemas/topology.schema.json describes it."""

from __future__ import annotations

from typing import IO

from topoplan.model.codec import encode, members
from topoplan.model.collector import collector_paused
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting import Style
from topoplan.reporting.json_text import dump

FORMAT = "topoplan/topology"
FORMAT_VERSION = 1


@collector_paused()
def write(report: Report, out: IO[str], style: Style) -> None:
    """The topology of `report`, two spaces of indentation, one newline at the end."""
    del style
    dump(topology_members(report.topology), out)


def topology_document(topology: Topology) -> dict[str, object]:
    """The document as builtins."""
    document: dict[str, object] = encode(topology_members(topology))
    return document


def topology_members(topology: Topology) -> dict[str, object]:
    """The document with its values not encoded yet, for `dump`."""
    return {"format": FORMAT, "format_version": FORMAT_VERSION, **members(topology)}
