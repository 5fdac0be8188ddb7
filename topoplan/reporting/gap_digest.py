"""What of gaps and coverage is shown, in words: shared by the formats meant for reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from topoplan.model.coverage import Finding, State
from topoplan.model.facts import Notice, Severity, SourceState
from topoplan.model.gaps import Gap, Gaps, Missing, Ratio, Tally, Urgency
from topoplan.model.phrases import counted, joined, listed
from topoplan.model.place import Where
from topoplan.model.plan import Technique
from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting.digest import TECHNIQUE_TITLES, Group, counted_services, notices
from topoplan.reporting.figures import percent, ratio
from topoplan.reporting.signs import arrow
from topoplan.reporting.summary import summarize

OPERATIONS_NAMED = 5


def count_of(group: Group, states: Mapping[str, State]) -> str:
    """How many tests, and how many of them are covered where that is known: `4, 1 covered`."""
    number = f"{len(group.tests):,}"
    if not states:
        return number
    return f"{number}, {sum(states.get(test.id) is State.COVERED for _, test in group.tests):,} covered"


def coverage_line(report: Report) -> list[str]:
    """How far the recommended tests exist and pass, in a few words."""
    if not report.plan.tests:
        return ["no test to look for"]
    if not report.coverage.read:
        return ["unknown: no contract, test report or trace of a test run was read"]
    return [*covered(report.gaps), f"gaps: {counted_gaps(report.gaps)}"]


def findings_at(report: Report, gap: Gap, operation: str) -> list[Finding]:
    """The findings that speak of this boundary, and of this operation or of none."""
    return [
        finding
        for finding in report.coverage.findings
        if finding.boundary == gap.boundary and finding.operation in ("", operation)
    ]


def title_of(technique: Technique) -> str:
    """`Contract test`: one test of this technique."""
    return TECHNIQUE_TITLES[technique].removesuffix("s")


def pair_of(boundary: Boundary) -> str:
    """`gateway → order`, not yet escaped for any format."""
    return f"{boundary.consumer} {arrow(boundary)} {boundary.provider}"


def place_of(boundary: Boundary) -> Where | None:
    """The first line that speaks of the boundary, else the first file."""
    places = [evidence.where for evidence in boundary.evidence]
    return next((where for where in places if where.line), None) or next(iter(places), None)


def reason_of(gap: Gap) -> str:
    """Why it is open, without the state where that stands beside it."""
    return gap.reason.removeprefix(f"{gap.state.value}: ")


def sentence_of(gap: Gap, missing: Missing, pair: str) -> str:
    """One gap where it must stand alone: what is open, why, what to do."""
    what = f"{pair}, {missing.operation}" if missing.operation else pair
    return f"{what}: {title_of(gap.technique).lower()} {missing.state.value}: {reason_of(gap)}. To do: {gap.next_step}."


def counted_gaps(found: Gaps) -> str:
    """`3 high, 4 medium, 1 low`, or that there are none and what that means."""
    if not found.open:
        tests = found.all.tests
        if not tests.total:
            return "none: no test is recommended"
        if found.against:
            return f"none that {found.against} does not have"
        covers = "every one" if tests.covered == tests.total else f"{tests.covered:,}"
        accepted = "" if tests.covered == tests.total else ", the others accepted"
        return f"none: of {counted(tests.total, 'recommended test')}, {covers} covered{accepted}"
    numbers = Counter(gap.urgency for gap in found.open)
    return ", ".join(f"{numbers[urgency]:,} {urgency}" for urgency in Urgency if numbers[urgency])


def covered(found: Gaps) -> list[str]:
    """The totals over all techniques, each as a share with its numbers."""
    tally = found.all
    return [
        f"{ratio(tally.tests.covered, tally.tests.total)} recommended tests",
        f"{ratio(tally.boundaries.covered, tally.boundaries.total)} boundaries",
        f"{ratio(tally.calls.covered, tally.calls.total)} consumer calls",
        f"{percent(tally.risk_retired, tally.risk_retirable)} of the risk that can be retired",
    ]


def residual(found: Gaps) -> str:
    """What is left of all risk with the tests that exist."""
    if not found.total_risk:
        return ""
    left = percent(found.residual_risk, found.total_risk)
    return f"{left} of all risk is left ({found.residual_risk:.2f} of {found.total_risk:.2f})"


def evidence_read(report: Report) -> list[str]:
    """Of which techniques anything could be known, and of which not."""
    wanted = [tally.technique for tally in report.gaps.tallies if tally.technique]
    unknown = [technique for technique in wanted if technique not in report.coverage.read]
    if not wanted:
        return []
    if len(unknown) == len(wanted):
        return ["none was read, so nothing is known of any test: give pacts, test reports or traces of test runs"]
    if unknown:
        return [
            f"nothing read could tell of {joined(_name(technique) for technique in unknown)}: unknown, not uncovered"
        ]
    return ["read for every technique recommended"]


def looked_at(report: Report) -> list[str]:
    """What a result without gaps would rest on."""
    states = Counter(source.state for source in report.topology.sources)
    files = ", ".join(f"{states[state]:,} {state}" for state in SourceState)
    return [
        *(counted_services(summarize(report)) if report.topology.services else ["0 services"]),
        counted(len(report.topology.boundaries), "boundary"),
        counted(len(report.plan.tests), "recommended test"),
        f"files: {files}",
    ]


def warnings(report: Report) -> list[Notice]:
    """What a person should know of the result, a suppression that ended first: it may be what opened a gap."""
    told = (notice for notice in notices(report) if notice.severity is not Severity.INFO)
    return sorted(told, key=lambda notice: notice.slug != "suppression-expired")


def operations_of(gap: Gap) -> str:
    """The operations left open, where the gap names any."""
    return listed((missing.operation for missing in gap.missing if missing.operation), OPERATIONS_NAMED)


def ratios(tally: Tally) -> tuple[Ratio, Ratio, Ratio, Ratio]:
    """Tests, boundaries, operations, calls."""
    return tally.tests, tally.boundaries, tally.operations, tally.calls


def _name(technique: Technique) -> str:
    return TECHNIQUE_TITLES[technique].lower()
