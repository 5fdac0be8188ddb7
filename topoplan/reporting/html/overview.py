"""What the first view of the page says, in the words and figures of the other formats meant for reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from topoplan.model.changes import Changes
from topoplan.model.coverage import State
from topoplan.model.facts import Notice, Style
from topoplan.model.gaps import Gap, Ratio, Urgency
from topoplan.model.journey import Journey
from topoplan.model.phrases import counted
from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting import changes_digest, digest, gap_digest, plan_digest
from topoplan.reporting.figures import BAND_FLOOR, band_of, percent, ratio
from topoplan.reporting.standing import Standing, standings
from topoplan.reporting.summary import summarize

TOP_RISKS = 10
NEXT_TESTS = 5
TOP_WARNINGS = 5

Document = dict[str, object]
Line = tuple[str, list[str]]
"""A label, and what is said under it."""


def overview_document(report: Report) -> Document:
    """The document as builtins; `OverviewExtras` in web/src/data.ts describes it."""
    stands = standings(report)
    return {
        "bands": _bands(report),
        "top": [one.boundary.id for one in digest.ranked(report)[:TOP_RISKS]],
        "plan": plan_digest.would_retire(report.plan),
        "coverage": _coverage(report),
        "gaps": gap_digest.counted_gaps(report.gaps) if report.coverage.read or not report.plan.tests else "unknown",
        "next": [one.test.id for one in next_tests(stands)],
        "journeys": journey_documents(report, stands),
        "basis": basis_lines(report),
        "warnings": [_warning(notice) for notice in gap_digest.warnings(report)[:TOP_WARNINGS]],
        "changes": changes_document(report, report.changes) if report.changes else None,
    }


def next_tests(stands: Iterable[Standing], most: int = NEXT_TESTS) -> list[Standing]:
    """The first tests in the plan's order that somebody still has to write or mend: neither covered nor accepted."""
    open_ones = [one for one in stands if one.state is not State.COVERED and (one.gaps or not one.accepted)]
    return open_ones[:most]


def basis_lines(report: Report) -> list[Line]:
    """What the figures rest on, and what is missing, said plainly."""
    counts = summarize(report)
    weak = len(report.topology.suggestions)
    facts = {
        "Sources": [f"{number:,} {state}" for state, number in counts["sources"].items()],
        "Traces": [_traces(report)],
        "History": [digest.looked_back(report)],
        "Test evidence": gap_digest.evidence_read(report),
        "Changes": [] if report.changes else ["not compared: no base was given"],
        "Weak evidence": [f"{counted(weak, 'boundary')} suggested, not counted anywhere"] if weak else [],
    }
    return [(label, words) for label, words in facts.items() if words]


def journey_documents(report: Report, stands: Iterable[Standing]) -> list[Document]:
    """Journeys in the report's order, with the recommended tests that lie on them alone."""
    outgoing: dict[str, list[Boundary]] = {}
    for boundary in report.topology.boundaries:
        outgoing.setdefault(boundary.consumer, []).append(boundary)
    placed = _Placed(stands)
    found = []
    for journey in report.journeys:
        tests = placed.on(journey.name, set(journey.boundaries or _between(journey, outgoing)))
        found.append({"about": plan_digest.about(journey), **_tested(report, tests)})
    return found


class _Placed:
    """Recommended tests by where they are, since many journeys each have few of very many."""

    def __init__(self, stands: Iterable[Standing]) -> None:
        self._stands = list(stands)
        self._starting: dict[str, list[int]] = {}
        self._named: dict[str, list[int]] = {}
        for number, one in enumerate(self._stands):
            for first in one.test.boundaries[:1]:
                self._starting.setdefault(first, []).append(number)
            self._named.setdefault(one.test.journey, []).append(number)

    def on(self, journey: str, boundaries: set[str]) -> list[Standing]:
        """Those on these boundaries alone, and those that the journey has for its own, in the plan's order."""
        numbers = {number for boundary in boundaries for number in self._starting.get(boundary, ())}
        alone = {number for number in numbers if boundaries.issuperset(self._stands[number].test.boundaries)}
        return [self._stands[number] for number in sorted(alone.union(self._named.get(journey, ())))]


def changes_document(report: Report, changes: Changes) -> Document:
    """What changed since the base, under titles; `nothing` says so where nothing did."""
    groups = changes_digest.change_groups(report, changes)
    return {
        "base": changes.base,
        "groups": [{"title": title, "changes": [_change(one) for one in found]} for title, found in groups],
        "nothing": "" if groups else changes_digest.NOTHING,
    }


def _change(change: changes_digest.Change) -> Document:
    subject = change.subject
    if isinstance(subject, str):
        return {"boundary": "", "subject": subject, "text": change.text}
    return {"boundary": subject.id, "subject": gap_digest.pair_of(subject), "text": change.text}


def _warning(notice: Notice) -> Document:
    return {
        "severity": notice.severity.value,
        "slug": notice.slug,
        "message": notice.message,
        "where": str(notice.where or ""),
    }


def _bands(report: Report) -> list[tuple[str, int]]:
    scores = Counter(band_of(profile.score) for profile in report.profiles)
    return [(band.value, scores[band]) for band in BAND_FLOOR]


def _coverage(report: Report) -> Document:
    tally = report.gaps.all
    known = bool(report.coverage.read)
    ratios = {
        "Recommended tests": tally.tests,
        "Boundaries": tally.boundaries,
        "Operations": tally.operations,
        "Consumer calls": tally.calls,
    }
    share = tally.risk_retired / tally.risk_retirable if known and tally.risk_retirable > 0 else None
    return {
        "line": gap_digest.coverage_line(report),
        "risk": {"text": percent(tally.risk_retired, tally.risk_retirable) if known else "unknown", "share": share},
        "ratios": [_ratio(title, found, known=known) for title, found in ratios.items()],
        "residual": gap_digest.residual(report.gaps) if known else "",
    }


def _ratio(title: str, found: Ratio, *, known: bool) -> Document:
    if found.total and not known:
        return {"title": title, "text": "unknown", "share": None}
    share = found.covered / found.total if found.total else None
    return {"title": title, "text": ratio(found.covered, found.total), "share": share}


def _tested(report: Report, tests: list[Standing]) -> Document:
    if tests and not report.coverage.read:
        return {"tests": f"unknown ({counted(len(tests), 'test')} recommended)", "share": None, "gaps": ""}
    covered = sum(one.state is State.COVERED for one in tests)
    return {
        "tests": ratio(covered, len(tests)),
        "share": covered / len(tests) if tests else None,
        "gaps": _urgencies(gap for one in tests for gap in one.gaps),
    }


def _urgencies(gaps: Iterable[Gap]) -> str:
    numbers = Counter(gap.urgency for gap in gaps)
    return ", ".join(f"{numbers[urgency]:,} {urgency}" for urgency in Urgency if numbers[urgency])


def _traces(report: Report) -> str:
    boundaries = report.topology.boundaries
    observed = sum(boundary.observed for boundary in boundaries)
    if not observed:
        return "none read: nothing is known of traffic, and declarations were compared with nothing"
    traffic = summarize(report)["traffic"]
    calls = f"{counted(traffic['calls'], 'call')}, {traffic['errors']:,} failed, on " if traffic["calls"] else ""
    return f"{calls}{ratio(observed, len(boundaries))} boundaries"


def _between(journey: Journey, outgoing: Mapping[str, list[Boundary]]) -> Iterable[str]:
    """Where a journey lists no boundaries: those between two of its services, and those of one to its stores."""
    members = set(journey.services)
    return (
        boundary.id
        for member in members
        for boundary in outgoing.get(member, ())
        if boundary.style is Style.RESOURCE or boundary.provider in members
    )
