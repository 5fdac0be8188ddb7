"""What a picture of the topology shows, before any picture format: nodes, arrows, clusters, and their states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from topoplan.graph import Group, GroupBasis, groups
from topoplan.model.changes import Changes
from topoplan.model.coverage import State
from topoplan.model.facts import NodeKind, Style
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.model.topology import Service
from topoplan.reporting.figures import Band, band_of
from topoplan.reporting.standing import boundary_states, marks

LABEL_LIMIT = 40
"""Longest label line in a picture, in characters."""

_SAID = (GroupBasis.OWNER, GroupBasis.DOMAIN, GroupBasis.FOLDER)

CAPTIONED = 60
"""Most arrows with words beside them: more push everything apart until nothing can be read on a slide."""


class Mark(StrEnum):
    """What became of something since another analysis."""

    NEW = "new"
    GONE = "gone"


class Node(Struct, frozen=True):
    """A service, or a group of them. The id is synthetic: names of services are never ids in a picture's source."""

    id: str
    service: str
    """Its id in the topology; empty for a group."""
    kind: NodeKind | None
    """None for a group."""
    name: str
    captions: tuple[str, ...] = ()
    """Small print, line by line: kind and technology, or what a group holds."""
    faint: bool = False
    """Shown, but in the background: it is no part of the system, or not of what the picture is about."""
    mark: Mark | None = None
    link: str = ""
    """Relative address of a picture of its own; empty: none."""


class Arrow(Struct, frozen=True):
    """A boundary, or several between groups. It points along the call, or along the messages: from the provider to the
    consumer."""

    id: str
    tail: str
    head: str
    title: str
    """Id of the boundary, or what the arrow stands for."""
    way: str
    """Protocol and channel, or how many boundaries it stands for."""
    message: bool
    state: State | None = None
    """Of the gap with most open risk; as `standing.boundary_states` tells it."""
    tests: tuple[str, ...] = ()
    """Letter and sign of each recommended test: `C-`."""
    score: int | None = None
    """Risk 0–100; None where nothing is scored."""
    was: int | None = None
    """The score in the base, where it was another."""
    dashed: bool = False
    """Declared and not observed, in a topology that has traces."""
    faint: bool = False
    mark: Mark | None = None
    count: int = 1
    """How many boundaries it stands for."""

    @property
    def captions(self) -> tuple[str, ...]:
        """What stands beside it, line by line."""
        was = "" if self.was is None else f" (was {self.was})"
        risk = "" if self.score is None else f"risk {self.score}{was}"
        said = " · ".join(filter(None, (" ".join(self.tests), risk)))
        return tuple(filter(None, (self.mark or "", self.way, said)))

    @property
    def band(self) -> Band | None:
        return None if self.score is None else band_of(self.score)


class Cluster(Struct, frozen=True):
    """Nodes with a frame around them."""

    id: str
    name: str
    nodes: tuple[str, ...]


class Drawing(Struct, frozen=True):
    title: str
    nodes: tuple[Node, ...]
    arrows: tuple[Arrow, ...]
    clusters: tuple[Cluster, ...] = ()
    assessed: bool = False
    """Tests were recommended, so that an arrow without a state has none."""
    remark: str = ""
    """What the picture leaves out, or is compared with."""

    @property
    def dense(self) -> bool:
        """Too many arrows for words beside them: shapes and colours alone can be read then."""
        return len(self.arrows) > CAPTIONED


def draw(report: Report, *, by_domain: bool = False) -> Drawing:
    """The drawing of a report's topology, in the model's order, with what is gone since `report.changes`' base.
    `by_domain` is for `groups`."""
    topology, changes = report.topology, report.changes or Changes("")
    added = frozenset(changes.services_added)
    ids = {service.id: f"n{number}" for number, service in enumerate(topology.services, 1)}
    nodes = [_node(ids[s.id], s, Mark.NEW if s.id in added else None) for s in topology.services]
    for gone in changes.services_removed:
        ids[gone.id] = f"n{len(ids) + 1}"
        nodes.append(
            Node(ids[gone.id], gone.id, gone.kind, _name(gone.name, gone.id), _kind(gone.kind), mark=Mark.GONE)
        )
    return Drawing(
        label(report.system),
        tuple(nodes),
        tuple(_arrows(report, ids)),
        _clusters(groups(report.topology, by_domain=by_domain), ids),
        assessed=bool(report.plan.tests),
        remark=f"compared with {label(changes.base)}" if report.changes else "",
    )


def label(text: str) -> str:
    """`text` on one short line without control characters."""
    return clean(text, LABEL_LIMIT)


def _node(node_id: str, service: Service, mark: Mark | None) -> Node:
    name = _name(service.name, service.id)
    beside = ("beside the system",) if service.infrastructure else ()
    parts = (*_kind(service.kind), label(service.technology), *beside)
    caption = " · ".join(part for part in parts if part and part != name.lower())  # a name that says it is enough
    captions = (caption,) if caption else ()
    return Node(node_id, service.id, service.kind, name, captions, service.infrastructure, mark)


def _name(name: str, service_id: str) -> str:
    return label(name) or label(service_id) or "(no name)"


def _kind(kind: NodeKind) -> tuple[str, ...]:
    return () if kind is NodeKind.SERVICE else (kind.value,)


def _clusters(found: Iterable[Group], ids: Mapping[str, str]) -> tuple[Cluster, ...]:
    """Frames around what sources group. A neighbourhood is a guess, good enough to look from afar, not to be shown as
    if somebody had said it."""
    said = [group for group in found if group.basis in _SAID]
    return tuple(
        Cluster(f"c{number}", label(group.name), tuple(ids[member] for member in group.members))
        for number, group in enumerate(said, 1)
    )


def _arrows(report: Report, ids: Mapping[str, str]) -> list[Arrow]:
    """An arrow for each boundary, then for each that is gone."""
    topology, changes = report.topology, report.changes or Changes("")
    beside = {service.id for service in topology.services if service.infrastructure}
    scores = {profile.boundary: profile.score for profile in report.profiles}
    before = {risk.boundary: risk.before for risk in changes.risks}
    states, tests = boundary_states(report), marks(report)
    added = frozenset(changes.boundaries_added)
    traced = any(boundary.observed for boundary in topology.boundaries)
    found = [
        Arrow(
            f"e{number}",
            *_ends(boundary.style, ids[boundary.consumer], ids[boundary.provider]),
            boundary.id,
            _way(boundary.protocol, boundary.channel),
            message=boundary.style is Style.MESSAGE,
            state=states.get(boundary.id),
            tests=tests.get(boundary.id, ()),
            score=scores.get(boundary.id),
            was=before.get(boundary.id),
            dashed=traced and not boundary.observed,
            faint=not beside.isdisjoint((boundary.consumer, boundary.provider)),
            mark=Mark.NEW if boundary.id in added else None,
        )
        for number, boundary in enumerate(topology.boundaries, 1)
    ]
    return found + [
        Arrow(
            f"e{number}",
            *_ends(gone.style, ids[gone.consumer], ids[gone.provider]),
            gone.id,
            _way(gone.protocol, gone.channel),
            message=gone.style is Style.MESSAGE,
            mark=Mark.GONE,
        )
        for number, gone in enumerate(changes.boundaries_removed, len(topology.boundaries) + 1)
        if gone.consumer in ids and gone.provider in ids
    ]


def _ends(style: Style, consumer: str, provider: str) -> tuple[str, str]:
    return (provider, consumer) if style is Style.MESSAGE else (consumer, provider)


def _way(protocol: str, channel: str) -> str:
    return " ".join(filter(None, (label(protocol), label(channel))))
