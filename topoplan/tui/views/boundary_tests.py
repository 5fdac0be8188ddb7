"""The tests of one boundary as lines to read: those recommended, those that exist, and those not worth writing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from topoplan.model.coverage import Claim, State, TechniqueCoverage
from topoplan.model.facts import Style
from topoplan.model.phrases import seconds
from topoplan.model.place import Where
from topoplan.model.plan import Recommendation, Scope
from topoplan.model.topology import Boundary
from topoplan.reporting.digest import TECHNIQUE_TITLES
from topoplan.reporting.figures import hours, percent
from topoplan.reporting.text_parts import case_text
from topoplan.tui.views.boxes import MOST_BOXES, Box, Drawing, layered
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.page import DIM, PLACE, STRONG, Line, Piece, Section, dotted, line_of, more, piece_of
from topoplan.tui.views.signs import state_chip

_MOST = 100
"""Cases of a test, and checks of a technique, that are shown."""


def recommended(found: ReportIndex, boundary: Boundary) -> Section:
    """Each recommended test with how far it is met, what to do, its cases and its scope."""
    tests = found.tests.get(boundary.id, ())
    lines = [line for test in tests for line in _test(found, boundary, test)]
    return Section("Recommended tests", f"{len(tests):,}", tuple(lines))


def existing(found: ReportIndex, boundary: Boundary) -> Section:
    """Each technique with its state and its checks, each with grade, reason, remedy and place."""
    coverage = found.coverage.get(boundary.id)
    techniques = coverage.techniques if coverage else ()
    count = sum(len(technique.claims) for technique in techniques)
    lines = [line for technique in techniques for line in _technique(technique)]
    return Section("Tests that exist", f"{count:,}", tuple(lines))


def left_out(found: ReportIndex, boundary: Boundary) -> Section:
    """Techniques that were weighed for the boundary and not chosen, and why."""
    lines = [
        Line((Piece(f"{other.technique}:", STRONG), Piece(other.reason)))
        for test in found.tests.get(boundary.id, ())
        for other in test.alternatives
    ]
    lines += (
        Line((Piece(f"{skip.technique or 'any test'}:", STRONG), Piece(skip.reason)))
        for skip in found.report.plan.skips
        if skip.subject == boundary.id
    )
    different = tuple(dict.fromkeys(lines))
    return Section("Not chosen", f"{len(different):,}", different)


def _test(found: ReportIndex, boundary: Boundary, test: Recommendation) -> Iterable[Line]:
    coverage = found.coverage.get(boundary.id)
    there = coverage.of(test.technique) if coverage else None
    state = piece_of(state_chip(there.state if there else State.UNKNOWN))
    cost = f"{hours(test.hours)} to write, {seconds(test.seconds)} a run"
    retires = f"retires {percent(test.risk_retired, found.report.plan.total_risk)} of all risk"
    purpose = f"for {', '.join(test.modes)}" if test.modes else ""
    told = dotted([test.technique.value, retires, cost, purpose])
    yield Line((Piece(test.title, STRONG), state), under=((Piece(told, DIM),),))
    yield line_of(test.reason, depth=1)
    for gap in found.gaps.get(boundary.id, ()):
        if gap.test == test.id:
            yield Line((Piece("to do:", STRONG), Piece(gap.next_step)), depth=1, where=gap.where)
    places = operation_places(found, boundary)
    for case in test.cases[:_MOST]:
        scenario = (Piece(f"({case.scenario})", DIM),) if case.scenario else ()
        yield Line((Piece(case_text(case)), *scenario), lead=(Piece("• "),), depth=1, where=places.get(case.operation))
    yield from more(test.cases[_MOST:], depth=1)
    yield from _scope(found, test.scope)


def operation_places(found: ReportIndex, boundary: Boundary) -> Mapping[str, Where]:
    """Where the provider documents its operations, by id."""
    provider = found.services.get(boundary.provider)
    return {one.id: one.where for one in (provider.operations if provider else ()) if one.where}


def _scope(found: ReportIndex, scope: Scope) -> Iterable[Line]:
    real = [*scope.services, *scope.resources]
    stubs = [f"{stub.service} ({stub.source})" for stub in scope.stubs]
    told = dotted([f"real: {', '.join(real)}" if real else "", f"stubbed: {', '.join(stubs)}" if stubs else ""])
    if told:
        yield Line((Piece(told),), depth=1, drawing=scope_drawing(found, scope))


def scope_drawing(found: ReportIndex, scope: Scope) -> Drawing | None:
    """The scope as boxes, stubs dashed; None where there is but one box, or more than can be drawn."""
    stubs = {stub.service: stub.source for stub in scope.stubs}
    real = {**{name: name for name in scope.services}, **{_name_of(text): text for text in scope.resources}}
    boxes = [
        Box(name, label, f"real; stub: {stubs[name]}" if name in stubs else "real") for name, label in real.items()
    ]
    boxes += [Box(name, name, f"stub: {source}", dashed=True) for name, source in stubs.items() if name not in real]
    if not 1 < len(boxes) <= MOST_BOXES:
        return None
    return layered(boxes, arrows_among(found, [box.id for box in boxes]))


def arrows_among(found: ReportIndex, names: Iterable[str]) -> list[tuple[str, str]]:
    """Who calls, uses or sends to whom among these services."""
    wanted = frozenset(names)
    arrows = {
        (b.provider, b.consumer) if b.style is Style.MESSAGE else (b.consumer, b.provider)
        for name in wanted
        for b in found.outgoing.get(name, ())
        if b.provider in wanted
    }
    return sorted(arrows)


def _name_of(resource: str) -> str:
    """`orders-db` of `orders-db (postgres:16)`."""
    name, bracket, _ = resource.rpartition(" (")
    return name if bracket else resource


def _technique(found: TechniqueCoverage) -> Iterable[Line]:
    share = f"{percent(found.share, 1)} proven" if 0 < found.share < 1 else ""
    yield Line((Piece(TECHNIQUE_TITLES[found.technique], STRONG), piece_of(state_chip(found.state)), Piece(share, DIM)))
    if found.state is State.UNKNOWN:
        yield line_of("nothing was read that could tell of such tests", DIM, depth=1)
    for claim in found.claims[:_MOST]:
        yield from _claim(claim)
    yield from more(found.claims[_MOST:], depth=1)


def _claim(claim: Claim) -> Iterable[Line]:
    grade = f"{claim.grade.value}, stale" if claim.stale else claim.grade.value
    where = claim.evidence.where
    yield Line(
        (Piece(claim.check), Piece(f"{grade}:", STRONG), Piece(claim.reason), Piece(str(where), PLACE)),
        under=((Piece(f"for {', '.join(claim.operations)}", DIM),),) if claim.operations else (),
        lead=(Piece("• "),),
        depth=1,
        where=where,
    )
    if claim.remedy:
        yield Line((Piece(claim.remedy),), lead=(Piece("→ "),), depth=2)
