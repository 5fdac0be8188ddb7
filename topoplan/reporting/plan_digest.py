"""What of a plan is shown, in words and figures: shared by the formats meant for reading."""

from __future__ import annotations

from itertools import accumulate

from msgspec import Struct

from topoplan.model.coverage import State
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.phrases import counted, joined, listed, seconds
from topoplan.model.plan import BudgetStep, Choice, Level, Plan, Recommendation
from topoplan.model.report import Report
from topoplan.reporting.digest import TECHNIQUE_TITLES
from topoplan.reporting.figures import NOT_APPLICABLE, decimal, hours, percent

PATTERNS_NAMED = 3

LEVEL_TITLES = {
    "slice": "Slices, end to end",
    "boundary": "Boundaries, faults",
    "in_process": "One service alone",
}

_SOURCES = {
    JourneySource.CONFIG: "",
    JourneySource.TRACES: "found in traces",
    JourneySource.PROPOSED: "proposed, does not count for risk",
}


class Point(Struct, frozen=True):
    """A test in its order, and what is done and retired once it is written, tests that exist included."""

    test: Recommendation
    hours: float
    risk: float


def curve(plan: Plan) -> list[Point]:
    """The tests of a plan in their order, with hours and risk retired added up."""
    spent = accumulate(test.hours for test in plan.tests)
    retired = accumulate((test.risk_retired for test in plan.tests), initial=plan.existing_risk)
    next(retired)
    return [Point(*values) for values in zip(plan.tests, spent, retired, strict=True)]


def retired_by(plan: Plan) -> float:
    """Risk that the recommended tests retire, those that exist left out."""
    return max(plan.total_risk - plan.existing_risk - plan.residual_risk, 0.0)


def asked_for(choice: Choice) -> list[str]:
    """What the plan was limited to, in a few words each; texts of the user are in it as they came."""
    found = []
    if choice.hours is not None:
        found.append(f"at most {hours(choice.hours)} to write")
    if choice.seconds is not None:
        found.append(f"at most {seconds(choice.seconds)} a run")
    if choice.min_value is not None:
        found.append(f"at least {choice.min_value:g} of risk an hour")
    if choice.techniques:
        found.append(f"only {joined(TECHNIQUE_TITLES[technique].lower() for technique in choice.techniques)}")
    if choice.pins:
        found.append(f"first {listed(choice.pins, PATTERNS_NAMED)}")
    if choice.excluded:
        found.append(f"without {listed(choice.excluded, PATTERNS_NAMED)}")
    return found or ["every test that is worth its hours"]


def size(plan: Plan) -> str:
    """`14 tests, 120 cases: 39 h to write, 6 min a run`."""
    if not plan.tests:
        return "no test"
    cases = counted(sum(len(test.cases) for test in plan.tests), "case")
    tests = counted(len(plan.tests), "test")
    return f"{tests}, {cases}: {hours(plan.hours)} to write, {seconds(plan.seconds)} a run"


def would_retire(plan: Plan) -> str:
    """`28 tests would retire 69 % of the risk: 75 h to write, 9 min a run`."""
    if not plan.tests:
        return "no test recommended"
    share = percent(plan.total_risk - plan.residual_risk, plan.total_risk)
    cost = f"{hours(plan.hours)} to write, {seconds(plan.seconds)} a run"
    return f"{counted(len(plan.tests), 'test')} would retire {share} of the risk: {cost}"


def balance(report: Report) -> list[str]:
    """Where the risk goes: this plan, what exists, what stays. Tests nothing could tell of are unknown, not none."""
    plan = report.plan
    total = plan.total_risk
    return [
        f"{percent(retired_by(plan), total)} retired by this plan",
        f"{percent(plan.existing_risk, total)} by tests that exist"
        if report.coverage.read
        else "existing tests unknown",
        f"{percent(plan.residual_risk, total)} stays ({plan.residual_risk:.2f} of {total:.2f})",
    ]


def next_hour(plan: Plan) -> str:
    """What one more hour would bring."""
    if not plan.next_hour:
        return "nothing: no test left out would retire any risk"
    more = percent(plan.next_hour, plan.total_risk)
    return f"{more} more of the risk ({decimal(plan.next_hour)}), by the best test that is left out"


def proof(plan: Plan) -> str:
    """How near the plan is to the best there can be; empty where nobody asked."""
    if plan.bound is None:
        return ""
    retired = retired_by(plan)
    if retired >= plan.bound * (1 - 1e-6):
        return "proven: no plan within these limits retires more"
    return f"proven: at least {percent(retired, plan.bound)} of what any plan within these limits can retire"


def existing(report: Report) -> list[str]:
    """Tests that exist, by technique, with how many boundaries they are met on; empty where none is known."""
    met: dict[str, list[State]] = {}
    for boundary in report.coverage.boundaries:
        for one in boundary.techniques:
            if one.claims:
                met.setdefault(TECHNIQUE_TITLES[one.technique], []).append(one.state)
    return [
        f"{title}: {counted(len(met[title]), 'boundary')}, {met[title].count(State.COVERED):,} covered"
        for title in TECHNIQUE_TITLES.values()
        if title in met
    ]


def added(plan: Plan) -> list[tuple[BudgetStep, float]]:
    """The budget steps, each with the risk it retires more than the one before it."""
    before = [0.0, *(step.risk_retired for step in plan.steps)]
    return [(step, max(step.risk_retired - less, 0.0)) for step, less in zip(plan.steps, before, strict=False)]


def budgets(plan: Plan) -> list[str]:
    """What each budget step retires of all risk, and one hour after the whole plan: `8 h retire 23 %`, `16 h 35 %`."""
    if not plan.steps:
        return []
    first, *others = (
        (hours(step.budget), percent(plan.existing_risk + step.risk_retired, plan.total_risk)) for step in plan.steps
    )
    told = [f"{first[0]} of writing retire {first[1]} of the risk", *(" ".join(pair) for pair in others)]
    return [*told, f"one hour more {percent(plan.next_hour, plan.total_risk)}"] if plan.next_hour else told


def existing_cases(report: Report, level: Level) -> str:
    """How many cases of a level exist; n/a where nothing was read that could tell."""
    return f"{level.existing:,}" if report.coverage.read else NOT_APPLICABLE


def verdict(report: Report, level: Level) -> str:
    """Whether a level is as wide as the slices ask for; empty where there is nothing to compare with, or where tests
    that are not known of may make it so."""
    least, most = level.wanted
    cases = level.existing + level.planned
    if not most or (cases < least and not report.coverage.read):
        return ""
    if cases < least:
        return "too few"
    return "ample" if cases > most else "fits"


def wanted(level: Level) -> str:
    """`20 to 50`; empty where there is nothing to compare with."""
    least, most = level.wanted
    if not most:
        return ""
    return f"{least:,}" if least == most else f"{least:,} to {most:,}"


def about(journey: Journey) -> str:
    """How much a journey matters and how it is known."""
    share = "" if journey.share is None else f"{percent(journey.share, 1)} of requests"
    weight = "" if journey.source is JourneySource.PROPOSED else journey.criticality
    return ", ".join(part for part in (weight, share, _SOURCES[journey.source]) if part)
