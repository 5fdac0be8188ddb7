"""What a picture of the topology shows, before any picture format: nodes, arrows, captions, bands."""

from __future__ import annotations

from dataclasses import dataclass

from topoplan.model.facts import NodeKind, Style
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.model.topology import Boundary, Service
from topoplan.reporting.figures import Band, band_of

LABEL_LIMIT = 40
"""Longest label line in a picture, in characters."""

BAND_COLORS = {Band.HIGH: "#D55E00", Band.MEDIUM: "#E69F00", Band.LOW: "#56B4E9"}
"""Okabe–Ito vermillion, orange and sky blue: told apart with every kind of colour vision, and in grey by lightness."""

NO_RISK_COLOR = "#7A828E"


@dataclass(frozen=True, slots=True)
class Node:
    """A service with a synthetic id: names of services are never ids in a picture's source."""

    id: str
    kind: NodeKind
    name: str
    caption: str
    """Kind and technology in small print, empty for a plain service."""
    infrastructure: bool


@dataclass(frozen=True, slots=True)
class Arrow:
    """A boundary. It points along the call, or along the messages: from the provider to the consumer."""

    id: str
    tail: str
    head: str
    boundary: Boundary
    captions: tuple[str, ...]
    """Protocol, channel, and risk in words."""
    score: int | None
    dashed: bool
    """Declared and not observed, in a topology that has traces."""
    beside: bool
    """One end is no part of the system: shown, but in the background."""

    @property
    def band(self) -> Band | None:
        return None if self.score is None else band_of(self.score)

    @property
    def message(self) -> bool:
        return self.boundary.style is Style.MESSAGE


@dataclass(frozen=True, slots=True)
class Drawing:
    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]


def draw(report: Report) -> Drawing:
    """The drawing of a report's topology, in the model's order."""
    topology = report.topology
    ids = {service.id: f"n{number}" for number, service in enumerate(topology.services, 1)}
    beside = {service.id for service in topology.services if service.infrastructure}
    scores = {profile.boundary: profile.score for profile in report.profiles}
    traced = any(boundary.observed for boundary in topology.boundaries)
    return Drawing(
        label(report.system),
        tuple(_node(ids[service.id], service) for service in topology.services),
        tuple(
            Arrow(
                f"e{number}",
                *_ends(boundary, ids),
                boundary,
                _captions(boundary, scores.get(boundary.id)),
                scores.get(boundary.id),
                dashed=traced and not boundary.observed,
                beside=not beside.isdisjoint((boundary.consumer, boundary.provider)),
            )
            for number, boundary in enumerate(topology.boundaries, 1)
        ),
    )


def label(text: str) -> str:
    """`text` on one short line without control characters."""
    return clean(text, LABEL_LIMIT)


def _node(node_id: str, service: Service) -> Node:
    kind = "" if service.kind is NodeKind.SERVICE else service.kind.value
    beside = "beside the system" if service.infrastructure else ""
    name = label(service.name) or label(service.id) or "(no name)"
    parts = (kind, label(service.technology), beside)
    caption = " · ".join(part for part in parts if part and part != name.lower())  # a name that says it is enough
    return Node(node_id, service.kind, name, caption, service.infrastructure)


def _ends(boundary: Boundary, ids: dict[str, str]) -> tuple[str, str]:
    consumer, provider = ids[boundary.consumer], ids[boundary.provider]
    return (provider, consumer) if boundary.style is Style.MESSAGE else (consumer, provider)


def _captions(boundary: Boundary, score: int | None) -> tuple[str, ...]:
    risk = "" if score is None else f"risk {score} {band_of(score)}"
    return tuple(part for part in (label(boundary.protocol), label(boundary.channel), risk) if part)
