"""Everything known of one boundary as a page: why it scores so, what tests it has and should have, what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from topoplan.model.coverage import State
from topoplan.model.phrases import sampled
from topoplan.model.place import Where
from topoplan.model.risk import Factor, ModeRisk, RiskProfile
from topoplan.model.stats import Stats
from topoplan.model.topology import Boundary, BoundaryOperation
from topoplan.planning.residual import Risks
from topoplan.reporting.digest import BASIS_TITLES
from topoplan.reporting.figures import band_of, decimal, latency, ratio
from topoplan.reporting.gap_digest import pair_of
from topoplan.reporting.signs import BAND_COLORS, LETTERS
from topoplan.tui.views.boundary_tests import existing, left_out, operation_places, recommended
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.page import DIM, DOT, PLACE, STRONG, Line, Page, Piece, Section, dotted, line_of, more, piece_of
from topoplan.tui.views.signs import bar, chip, state_chip

MOST_LINES = 200
"""Lines of one kind that are shown; what is left out is counted."""
_BAR = 10
_DOCUMENTED = {True: "documented", False: "in no specification", None: "provider documents none"}


def boundary_page(found: ReportIndex, boundary: Boundary, left: Risks | None = None) -> Page:
    """The page of one boundary. `left` is the risk by mode under the tests that exist, None where it is not known."""
    profile = found.profiles.get(boundary.id)
    sections = [
        *(_risk(profile, left) if profile else ()),
        _section("Operations", _operations(found, boundary), len(boundary.operations)),
        recommended(found, boundary),
        existing(found, boundary),
        _section("Evidence", _evidence(boundary), len(boundary.evidence)),
        left_out(found, boundary),
        _section("Worth knowing", _remarks(found, boundary)),
    ]
    return Page(tuple(_head(found, boundary, profile)), tuple(section for section in sections if section.lines))


def _section(title: str, lines: Iterable[Line], count: int | None = None) -> Section:
    return Section(title, "" if count is None else f"{count:,}", tuple(lines))


def _head(found: ReportIndex, boundary: Boundary, profile: RiskProfile | None) -> Iterable[Line]:
    score = Piece("not scored", DIM)
    if profile:
        band = band_of(profile.score)
        score = Piece(f"risk {profile.score} of 100 ({band})", f"bold {BAND_COLORS[band]}")
    yield Line((Piece(pair_of(boundary), STRONG), score), title=True)
    channel = f"{boundary.channel} on {boundary.broker}" if boundary.broker else boundary.channel
    basis = f"{BASIS_TITLES[boundary.basis]}, {boundary.confidence} confidence"
    yield line_of(dotted([boundary.style.value, boundary.protocol, channel, basis]))
    yield line_of(traffic(boundary.stats))
    coverage = found.coverage.get(boundary.id)
    states: list[Piece] = []
    for one in coverage.techniques if coverage else ():
        states += [Piece(DOT, DIM), Piece(one.technique.value), piece_of(state_chip(one.state))]
    if states:
        yield Line(tuple(states[1:]))
    for gap in found.gaps.get(boundary.id, ())[:1]:
        lead = f"most open: {gap.technique}, {gap.urgency} ({decimal(gap.open_risk)} open):"
        yield Line((Piece(lead, STRONG), Piece(gap.next_step)), where=gap.where)


def traffic(stats: Stats | None) -> str:
    """Calls, errors and latencies in a few words."""
    if stats is None:
        return "no traffic observed"
    times = f"p50 {latency(stats.p50_ms)}, p95 {latency(stats.p95_ms)}, p99 {latency(stats.p99_ms)}"
    return dotted([sampled(stats.calls, stats.estimated_calls), f"errors {ratio(stats.errors, stats.calls)}", times])


def _risk(profile: RiskProfile, left: Risks | None) -> Iterable[Section]:
    note = "risk now, and what is left under the tests that exist" if left else "risk before any test"
    yield Section("Failure modes", note, tuple(_mode(mode, left) for mode in profile.modes))
    lines = [line_of(f"impact {decimal(profile.impact)}", STRONG), *_factors(profile.impact_factors)]
    for mode in profile.modes:
        sum_of = f"risk {decimal(mode.risk)} = likelihood {decimal(mode.likelihood)} × impact"
        lines += [line_of(f"{mode.mode}: {sum_of}", STRONG), *_factors(mode.factors)]
    lines += [line_of(f"not known: {missing}", DIM) for missing in profile.missing]
    yield Section(f"Why {profile.score}", "each bar: how strongly the reason is present", tuple(lines))


def _mode(mode: ModeRisk, left: Risks | None) -> Line:
    band = band_of(round(mode.risk * 100))
    lead = (piece_of(bar(mode.risk, _BAR, BAND_COLORS[band])), Piece(f" {decimal(mode.risk):<6}"))
    after = left.get(mode.mode) if left else None
    if after is None:
        return Line((Piece(mode.mode.value),), lead=lead)
    rest = "all of it left" if after >= mode.risk else f"{decimal(after)} left"
    return Line((Piece(mode.mode.value), Piece(DOT, DIM), Piece(rest)), lead=lead)


def _factors(factors: Sequence[Factor]) -> Iterable[Line]:
    for factor in factors:
        known = factor.value is not None
        bars = bar(factor.value or 0.0, _BAR, "").plain if known else " " * _BAR
        share = f"+{decimal(factor.contribution)}" if known else "n/a"
        weight = (Piece(f"({decimal(factor.weight)} of weight)", DIM),) if factor.weight else ()
        yield Line(
            (Piece(f"{factor.name}:"), Piece(factor.reason), *weight),
            lead=(Piece(bars), Piece(f" {share:<7}")),
            depth=1,
        )
        yield from (_place(Where.parse(fact), depth=3) for fact in factor.facts)


def _operations(found: ReportIndex, boundary: Boundary) -> Iterable[Line]:
    coverage = found.coverage.get(boundary.id)
    techniques = sorted(coverage.techniques, key=lambda t: list(LETTERS).index(t.technique)) if coverage else []
    states = [
        (one.technique, {op.operation: op.state for op in one.operations}) for one in techniques if one.operations
    ]
    places = operation_places(found, boundary)
    for operation in boundary.operations[:MOST_LINES]:
        lead: list[Piece] = []
        for technique, known in states:
            lead += [piece_of(chip(technique, known.get(operation.id, State.UNKNOWN))), Piece(" ")]
        yield Line(
            (Piece(operation.id),),
            lead=tuple(lead),
            under=((Piece(_told(operation), DIM),),),
            where=places.get(operation.id),
        )
    yield from more(boundary.operations[MOST_LINES:])


def _told(operation: BoundaryOperation) -> str:
    seen = traffic(operation.stats) if operation.stats else f"no traffic observed {DOT} {operation.basis}"
    return dotted([seen, _DOCUMENTED[operation.documented]])


def _evidence(boundary: Boundary) -> Iterable[Line]:
    for evidence in boundary.evidence[:MOST_LINES]:
        source = f"{evidence.importer} {evidence.rule}".strip()
        told = dotted([evidence.detail, f"{evidence.basis}, {evidence.confidence}", source])
        yield Line((Piece(str(evidence.where), PLACE), Piece(told)), where=evidence.where)
    yield from more(boundary.evidence[MOST_LINES:])


def _remarks(found: ReportIndex, boundary: Boundary) -> Iterable[Line]:
    report = found.report
    for drift in report.topology.drift:
        if drift.subject == boundary.id:
            yield line_of(dotted(["drift", drift.operation, drift.message or drift.kind]))
    for finding in report.coverage.findings:
        if finding.boundary == boundary.id:
            yield Line((Piece(finding.message), Piece(str(finding.where), PLACE)), where=finding.where)
            if finding.other:
                yield _place(finding.other, depth=1)


def _place(where: Where, depth: int) -> Line:
    return line_of(str(where), PLACE, depth=depth, where=where)
