"""The topology as GraphML, for graph tools (http://graphml.graphdrawing.org/specification.html)."""

from __future__ import annotations

from typing import IO
from xml.etree import ElementTree as ET

from topoplan.model.report import Report
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.model.topology import Boundary, Service
from topoplan.reporting import Style

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_TYPES = {bool: "boolean", int: "long", float: "double", str: "string"}

Value = bool | int | float | str | None


def write(report: Report, out: IO[str], style: Style) -> None:
    """A directed graph from consumer to provider; absent values have no `data` element."""
    del style
    topology = report.topology
    risks = {profile.boundary: profile.risk for profile in report.profiles}
    ids = {service.id: f"n{number}" for number, service in enumerate(topology.services, 1)}
    nodes = [_service_values(service) for service in topology.services]
    edges = [_boundary_values(boundary, risks.get(boundary.id)) for boundary in topology.boundaries]

    root = ET.Element("graphml", xmlns=_NAMESPACE)
    for owner, rows in (("node", nodes), ("edge", edges)):
        _declare(root, owner, rows)
    graph = ET.SubElement(root, "graph", id="topology", edgedefault="directed")
    for service, values in zip(topology.services, nodes, strict=True):
        _fill(ET.SubElement(graph, "node", id=ids[service.id]), "node", values)
    for number, (boundary, values) in enumerate(zip(topology.boundaries, edges, strict=True), 1):
        ends = {"id": f"e{number}", "source": ids[boundary.consumer], "target": ids[boundary.provider]}
        _fill(ET.SubElement(graph, "edge", ends), "edge", values)
    ET.indent(root)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n")


def _service_values(service: Service) -> dict[str, Value]:
    return {
        "service": service.id,
        "label": service.name,
        "kind": service.kind.value,
        "technology": service.technology or None,
        "owner": service.owner or None,
        "domain": service.domain or None,
        "criticality": service.criticality or None,
        "infrastructure": service.infrastructure,
    }


def _boundary_values(boundary: Boundary, risk: float | None) -> dict[str, Value]:
    stats = boundary.stats
    return {
        "boundary": boundary.id,
        "style": boundary.style.value,
        "protocol": boundary.protocol,
        "channel": boundary.channel or None,
        "basis": boundary.basis,
        "confidence": boundary.confidence.value,
        "operations": len(boundary.operations),
        "calls": stats.calls if stats else None,
        "errors": stats.errors if stats else None,
        "p99_ms": stats.p99_ms if stats else None,
        "risk": risk,
    }


def _declare(root: ET.Element, owner: str, rows: list[dict[str, Value]]) -> None:
    """One `key` per value that some row has."""
    kinds = {name: type(value) for row in rows for name, value in row.items() if value is not None}
    for name in dict.fromkeys(name for row in rows for name in row):
        if name in kinds:
            attributes = {"id": f"{owner}-{name}", "for": owner, "attr.name": name, "attr.type": _TYPES[kinds[name]]}
            ET.SubElement(root, "key", attributes)


def _fill(element: ET.Element, owner: str, values: dict[str, Value]) -> None:
    for name, value in values.items():
        if value is not None:
            ET.SubElement(element, "data", key=f"{owner}-{name}").text = _text(value)


def _text(value: bool | int | float | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return clean(value, TEXT_LIMIT) if isinstance(value, str) else repr(value)
