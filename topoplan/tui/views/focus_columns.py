"""One service between those that use it and those it uses: columns to step through, and the steps taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct, field

from topoplan.graph.metrics import blast_radius, fan_in
from topoplan.model.facts import NodeKind, Style
from topoplan.model.phrases import counted, listed
from topoplan.model.place import Where
from topoplan.model.topology import Boundary, Service
from topoplan.reporting.figures import band_of
from topoplan.reporting.signs import BAND_COLORS, KIND_SIGNS, mark_of
from topoplan.tui.views.boundary_tests import arrows_among
from topoplan.tui.views.boxes import MOST_BOXES, Box, Drawing
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.page import DIM, PLACE, STRONG, Line, Piece, dotted, line_of, more
from topoplan.tui.views.signs import STATE_CHIPS

MOST_NEIGHBOURS = 200
"""Neighbours of one side that are shown, riskiest first; search finds the others."""
MOST_FOUND = 50
_MOST_STEPS = 1000
_MOST_PLACES = 20


class Surroundings(Struct, frozen=True):
    """Figures of the whole graph, made once per report."""

    radius: Mapping[str, int] = field(default_factory=dict)
    """Service → how many depend on it through calls and resources, directly or through others."""
    direct: Mapping[str, int] = field(default_factory=dict)
    """Service → how many do so directly."""
    channels: Mapping[str, tuple[Boundary, ...]] = field(default_factory=dict)
    """Broker → the boundaries whose messages run through it."""


def surroundings(found: ReportIndex) -> Surroundings:
    """The figures, over the same edges as the scores: without messages and without what runs beside the system."""
    beside = {service.id for service in found.services.values() if service.infrastructure}
    inside = [b for b in found.boundaries.values() if b.consumer not in beside and b.provider not in beside]
    edges = {(b.consumer, b.provider) for b in inside if b.style is not Style.MESSAGE}
    channels: dict[str, list[Boundary]] = defaultdict(list)
    for boundary in found.boundaries.values():
        if boundary.style is Style.MESSAGE and boundary.broker:
            channels[boundary.broker].append(boundary)
    return Surroundings(
        blast_radius(edges), fan_in(edges), {broker: tuple(using) for broker, using in sorted(channels.items())}
    )


class Neighbour(Struct, frozen=True):
    """A service on one side, with every boundary between it and the one in the middle, riskiest first."""

    service: str
    boundaries: tuple[Boundary, ...]
    score: int | None
    """Of the riskiest boundary, 0–100."""


def neighbours(found: ReportIndex, service: str, *, callers: bool) -> tuple[Neighbour, ...]:
    """Who uses the service, or whom it uses, riskiest first."""
    by_other: dict[str, list[Boundary]] = defaultdict(list)
    for boundary in (found.incoming if callers else found.outgoing).get(service, ()):
        by_other[boundary.consumer if callers else boundary.provider].append(boundary)

    def score(boundary: Boundary) -> int:
        profile = found.profiles.get(boundary.id)
        return profile.score if profile else -1

    made = []
    for other, between in by_other.items():
        ranked = tuple(sorted(between, key=lambda b: (-score(b), b.id)))
        made.append(Neighbour(other, ranked, max(score(ranked[0]), 0) if score(ranked[0]) >= 0 else None))
    return tuple(sorted(made, key=lambda n: (-1 if n.score is None else -n.score, n.service)))


def neighbour_lines(found: ReportIndex, shown: Sequence[Neighbour]) -> tuple[Line, ...]:
    """A line for each neighbour: what it is, how they meet, the risk, the worst gap."""
    lines = [_neighbour(found, one) for one in shown[:MOST_NEIGHBOURS]]
    return (*lines, *more(shown[MOST_NEIGHBOURS:]))


def _neighbour(found: ReportIndex, one: Neighbour) -> Line:
    service = found.services.get(one.service)
    ways = listed(dict.fromkeys(way_of(boundary) for boundary in one.boundaries))
    met = (Piece(dotted([ways, kind_of(service)]), DIM),)
    exposed: list[Piece] = []
    if one.score is not None:
        band = band_of(one.score)
        exposed.append(Piece(f"risk {one.score} {band}", BAND_COLORS[band]))
    gaps = [gap for boundary in one.boundaries for gap in found.gaps.get(boundary.id, ())]
    if gaps:
        worst = max(gaps, key=lambda gap: (gap.open_risk, gap.test))
        sign = mark_of(worst.technique, worst.state)
        exposed += [Piece(sign, STATE_CHIPS[worst.state]), Piece(f"{worst.technique} {worst.state}", DIM)]
    return Line((Piece(one.service, STRONG),), lead=(Piece(f"{sign_of(service)} "),), under=(met, tuple(exposed)))


def way_of(boundary: Boundary) -> str:
    """How the two ends meet: `http`, `uses postgresql`, `#order.created by kafka`."""
    if boundary.style is Style.MESSAGE:
        return f"#{boundary.channel or '?'} by {boundary.protocol}"
    return f"uses {boundary.protocol}" if boundary.style is Style.RESOURCE else boundary.protocol


def kind_of(service: Service | None) -> str:
    """What a node is, in words."""
    if service is None:
        return "unknown"
    return f"{service.kind} beside the system" if service.infrastructure else service.kind.value


def sign_of(service: Service | None) -> str:
    """What a node is, as a sign."""
    return KIND_SIGNS[service.kind] if service else "?"


def middle_lines(found: ReportIndex, around: Surroundings, service_id: str) -> tuple[Line, ...]:
    """What is known of the service in the middle."""
    service = found.services.get(service_id)
    if service is None:
        return (line_of(f"{service_id or 'nothing'} is no service of this report"),)
    return tuple(_middle(found, around, service))


def _middle(found: ReportIndex, around: Surroundings, service: Service) -> Iterable[Line]:
    what = dotted([kind_of(service), service.technology, service.image])
    yield Line(
        (Piece(service.name, STRONG),), lead=(Piece(f"{sign_of(service)} "),), under=((Piece(what),),), title=True
    )
    yield _fact("owner", service.owner or "not known")
    if service.criticality:
        yield _fact("criticality", service.criticality)
    radius, direct = around.radius.get(service.id, 0), around.direct.get(service.id, 0)
    through = f", {direct:,} directly" if radius > direct else ""
    yield _fact("blast radius", f"{counted(radius, 'service')} depend{'s' * (radius == 1)} on it{through}")
    operations = counted(len(service.operations), "operation")
    yield _fact("documents", operations if service.operations else "no operations")
    journeys = [journey.name for journey in found.report.journeys if service.id in journey.services]
    if journeys:
        yield _fact("journeys", listed(journeys, 5))
    if len(service.aliases):
        yield _fact("also called", listed(service.aliases, 5))
    if service.folders:
        yield _fact("code in", listed(service.folders, 5))
    for path in service.specs[:_MOST_PLACES]:
        yield Line((Piece("spec", DIM), Piece(path, PLACE)), where=Where(path))
    yield from more(service.specs[_MOST_PLACES:])
    yield from _channels(around.channels.get(service.id, ()))
    for evidence in service.evidence[:_MOST_PLACES]:
        yield Line((Piece("found in", DIM), Piece(str(evidence.where), PLACE)), where=evidence.where)
    yield from more(service.evidence[_MOST_PLACES:])


def _fact(name: str, text: str) -> Line:
    return Line((Piece(name, DIM), Piece(text)))


def _channels(through: Sequence[Boundary]) -> Iterable[Line]:
    by_channel: dict[str, list[Boundary]] = defaultdict(list)
    for boundary in through:
        by_channel[boundary.channel].append(boundary)
    names = sorted(by_channel)
    for name in names[:_MOST_PLACES]:
        senders = listed(sorted({b.provider for b in by_channel[name]}))
        receivers = listed(sorted({b.consumer for b in by_channel[name]}))
        yield Line((Piece(f"#{name}", STRONG), Piece(f"{senders} → {receivers}")))
    yield from more(names[_MOST_PLACES:])


def neighbourhood(found: ReportIndex, service: str) -> Drawing | None:
    """The service with all around it as boxes, what it calls or sends to on its right; None where they are too many
    to draw, or there is no such service."""
    if service not in found.services:
        return None
    sides = (*neighbours(found, service, callers=True), *neighbours(found, service, callers=False))
    names = dict.fromkeys((*(one.service for one in sides), service))
    if len(names) > MOST_BOXES:
        return None
    arrows = arrows_among(found, names)
    after = [name for name in names if (service, name) in arrows and name != service]
    before = [name for name in names if name not in after and name != service]
    layers = (tuple(_box(found, name) for name in layer) for layer in (before, [service], after))
    return Drawing(tuple(layer for layer in layers if layer), tuple(arrows))


def _box(found: ReportIndex, name: str) -> Box:
    service = found.services.get(name)
    outside = service is None or service.kind is NodeKind.EXTERNAL
    return Box(name, name, f"{sign_of(service)} {kind_of(service)}", dashed=outside)


def matching(found: ReportIndex, text: str) -> tuple[str, ...]:
    """Services whose id, name or alias holds `text`, however spelt; those that begin with it first."""
    wanted = text.casefold().strip()
    ranked = []
    for service in found.services.values():
        names = [name.casefold() for name in (service.id, service.name, *service.aliases)]
        if any(wanted in name for name in names):
            ranked.append((not any(name.startswith(wanted) for name in names), service.id))
    return tuple(name for _, name in sorted(ranked))


class Trail(Struct, frozen=True):
    """Where one has been, with the way back and forth, as a browser keeps it."""

    here: str = ""
    past: tuple[str, ...] = ()
    future: tuple[str, ...] = ()

    def to(self, service: str) -> Trail:
        """One step on; what lay ahead is forgotten."""
        if service == self.here:
            return self
        return Trail(service, (*self.past, self.here)[-_MOST_STEPS:] if self.here else self.past)

    def back(self) -> Trail:
        """The step before; here at the beginning."""
        if not self.past:
            return self
        return Trail(self.past[-1], self.past[:-1], (self.here, *self.future))

    def forward(self) -> Trail:
        """The step that was gone back; here at the end."""
        if not self.future:
            return self
        return Trail(self.future[0], (*self.past, self.here), self.future[1:])


def start(found: ReportIndex) -> str:
    """The service to begin at: an end of the riskiest boundary, else the first."""
    for profile in found.report.profiles:
        boundary = found.boundaries.get(profile.boundary)
        if boundary:
            return boundary.provider
    return next(iter(found.services), "")
