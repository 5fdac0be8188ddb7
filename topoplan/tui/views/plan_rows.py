"""The plan under a budget: what is written in which order, what drops out, and the shape of the tests."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from rich.text import Text

from topoplan.model.coverage import State
from topoplan.model.facts import Style
from topoplan.model.phrases import counted, seconds
from topoplan.model.plan import Level, Plan, Recommendation
from topoplan.model.report import Journey
from topoplan.model.topology import Boundary
from topoplan.reporting import standing
from topoplan.reporting.figures import band_of, percent
from topoplan.reporting.figures import hours as hours_text
from topoplan.reporting.signs import BAND_COLORS, SKY, arrow
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.signs import bar, chip, chips
from topoplan.tui.views.table import Column

BAR_COLOUR = SKY
_STEPS = ((8, 1), (40, 4), (160, 8))
_LONGEST_STEP = 40


class TestRow(Struct, frozen=True):
    """One recommended test. Sums are over the tests up to this one; a test that is left out has none."""

    test: Recommendation
    state: State
    number: int
    """Its place in the plan from 1; 0: left out."""
    hours: float = 0.0
    retired: float = 0.0
    total: float = 0.0

    @property
    def key(self) -> str:
        return self.test.id


class Budgeted(Struct, frozen=True):
    """A plan under a budget."""

    budget: float | None
    rows: tuple[TestRow, ...]
    """Those in the plan first."""
    taken: int
    hours: float
    seconds: float
    retired: float
    total_risk: float
    left_out_hours: float
    left_out_risk: float
    existing: int = 0
    """Recommended tests that are covered already, where those were counted first."""
    existing_risk: float = 0.0
    """What all tests that exist retire, where they were counted first."""

    @property
    def tests(self) -> tuple[Recommendation, ...]:
        """What is in the plan."""
        return tuple(row.test for row in self.rows[: self.taken])


class JourneyRow(Struct, frozen=True):
    """A journey, or below it one of its boundaries."""

    journey: Journey
    boundary: Boundary | None
    text: str
    chips: Text
    score: int | None
    gaps: int

    @property
    def key(self) -> str:
        return f"{self.journey.name}\n{self.boundary.id if self.boundary else ''}"


def budgeted(found: ReportIndex, budget: float | None, plan: Plan | None = None) -> Budgeted:
    """The report's plan cut where its hours exceed the budget; or `plan`, made for the budget, and what it leaves out
    of the report's."""
    whole = found.report.plan
    kept = plan.tests if plan else _affordable(whole.tests, budget)
    ids = {test.id for test in kept}
    others = [test for test in whole.tests if test.id not in ids]
    # What is covered is not left out: a plan that counts existing tests first does not plan it again.
    dropped = [test for test in others if plan is None or state_of(test, found) is not State.COVERED]
    rows: list[TestRow] = []
    spent = retired = 0.0
    for number, test in enumerate(kept, 1):
        spent, retired = spent + test.hours, retired + test.risk_retired
        rows.append(TestRow(test, state_of(test, found), number, spent, retired, whole.total_risk))
    rows += (TestRow(test, state_of(test, found), 0) for test in dropped)
    return Budgeted(
        budget,
        tuple(rows),
        taken=len(kept),
        hours=spent,
        seconds=sum(test.seconds for test in kept),
        retired=retired,
        total_risk=whole.total_risk,
        existing=len(others) - len(dropped),
        existing_risk=plan.existing_risk if plan else 0.0,
        left_out_hours=sum(test.hours for test in dropped),
        left_out_risk=sum(test.risk_retired for test in dropped),
    )


def state_of(test: Recommendation, found: ReportIndex) -> State:
    """How far the test is there."""
    gaps = found.gaps.get(test.boundaries[0], ()) if test.boundaries else ()
    gap = next((gap for gap in gaps if gap.test == test.id), None)
    return standing.state_of(test, gap, found.coverage, found.report.coverage.read)


def stepped(budget: float | None, direction: int, whole: float) -> float | None:
    """The next larger (1) or smaller (-1) budget in hours, of at least one; None: no budget, from `whole` hours on.
    Steps grow with the budget: an hour up to a day's work, four up to a week's, a day's up to a month's, then a
    week's."""
    if budget is None:
        if direction > 0:
            return None
        size = _step_below(whole)
        below = whole // size * size
        return max(below if below < whole else below - size, 1.0)
    if direction < 0:
        return max(budget - _step_below(budget), 1.0)
    size = next((size for end, size in _STEPS if budget < end), _LONGEST_STEP)
    more = budget + size
    return None if more >= whole else more


def budget_text(shown: Budgeted) -> Text:
    """Two lines: the budget and what it buys; the risk it retires and what it leaves out."""
    budget = "none" if shown.budget is None else hours_text(shown.budget)
    out = len(shown.rows) - shown.taken
    text = Text.assemble(("Budget ", "bold"), (budget, "bold reverse"))
    text.append(f"  {counted(shown.taken, 'test')}, {hours_text(shown.hours)} to write")
    text.append(f", {seconds(shown.seconds)} a run\n")
    text.append("Retires ", "bold").append(f"{percent(shown.retired, shown.total_risk)} of all risk ")
    text.append_text(bar(_share(shown.retired, shown.total_risk), 16, f"{BAR_COLOUR} on #555555"))
    if shown.existing_risk:
        text.append(f" and {percent(shown.existing_risk, shown.total_risk)} by tests that exist", "dim")
    if out:
        left = f"{counted(out, 'test')}, {hours_text(shown.left_out_hours)}"
        text.append(f" left out: {left}, {percent(shown.left_out_risk, shown.total_risk)}", "dim")
    return text


def pyramid_text(levels: Sequence[Level], cells: int = 12) -> Text:
    """A line per level with a bar of `cells` columns for the planned cases, after a head line."""
    most = max((level.planned for level in levels), default=0)
    text = Text.assemble((f"{'Pyramid':<10} {'planned':>7} {'exist':>5}\n", "bold"))
    for level in levels:
        text.append(f"{level.name.replace('_', '-'):<10} {level.planned:>7,} {level.existing:>5,} ")
        text.append_text(bar(_share(level.planned, most), cells, BAR_COLOUR) if cells else Text()).append("\n")
    return text


def boundaries_of(journey: Journey, found: ReportIndex) -> tuple[Boundary, ...]:
    """The boundaries a journey runs through; where they are not known, those between two of its services, or from one
    of them to a datastore or broker, in the order of its services."""
    if journey.boundaries:
        return tuple(found.boundaries[name] for name in journey.boundaries if name in found.boundaries)
    order = {name: place for place, name in reversed(list(enumerate(journey.services)))}
    on = [
        boundary
        for name in order
        for boundary in found.outgoing.get(name, ())
        if boundary.style is Style.RESOURCE or boundary.provider in order
    ]
    return tuple(sorted(on, key=lambda b: (order[b.consumer], order.get(b.provider, len(order)), b.id)))


def journey_rows(found: ReportIndex) -> list[JourneyRow]:
    """Every journey in the report's order, its boundaries below it."""
    rows: list[JourneyRow] = []
    for journey in found.report.journeys:
        boundaries = boundaries_of(journey, found)
        gaps = sum(len(found.gaps.get(boundary.id, ())) for boundary in boundaries)
        title = f"{journey.name} · {journey.criticality} · {counted(len(journey.services), 'service')}"
        rows.append(JourneyRow(journey, None, title, Text(), None, gaps))
        for boundary in boundaries:
            profile = found.profiles.get(boundary.id)
            rows.append(
                JourneyRow(
                    journey,
                    boundary,
                    f"  {boundary.consumer} {arrow(boundary)} {boundary.provider}",
                    chips(found.coverage.get(boundary.id)),
                    profile.score if profile else None,
                    len(found.gaps.get(boundary.id, ())),
                )
            )
    return rows


def _affordable(tests: Sequence[Recommendation], budget: float | None) -> Sequence[Recommendation]:
    spent = 0.0
    for place, test in enumerate(tests):
        spent += test.hours
        if budget is not None and spent > budget:
            return tests[:place]
    return tests


def _step_below(budget: float) -> int:
    return next((size for end, size in _STEPS if budget <= end), _LONGEST_STEP)


def _share(part: float, whole: float) -> float:
    return min(max(part / whole, 0.0), 1.0) if whole > 0 else 0.0


def _dimmed(row: TestRow, text: str) -> Text:
    return Text(text, "" if row.number else "dim")


def _sum(row: TestRow) -> Text:
    return Text(f"{hours_text(row.hours):>6}" if row.number else "     –", "" if row.number else "dim")


def _retired(row: TestRow) -> Text:
    if not row.number:
        return Text("    –", "dim")
    return Text(f"{percent(row.retired, row.total):>5} ").append_text(
        bar(_share(row.retired, row.total), 6, BAR_COLOUR)
    )


def _score(row: JourneyRow) -> Text:
    if row.score is None:
        return Text(f"{'-':>4}" if row.boundary else "", "dim")
    return Text(f"{row.score:>4}", BAND_COLORS[band_of(row.score)])


TEST_COLUMNS: tuple[Column[TestRow], ...] = (
    Column("#", lambda row: _dimmed(row, f"{row.number:>3}" if row.number else "out"), lambda row: (), 3),
    Column("", lambda row: chip(row.test.technique, row.state), lambda row: (), 2),
    Column("Test", lambda row: _dimmed(row, row.test.title), lambda row: (), 20, share=1),
    Column("Hours", lambda row: _dimmed(row, f"{hours_text(row.test.hours):>5}"), lambda row: (), 5),
    Column("In all", _sum, lambda row: (), 6),
    Column("Retired", _retired, lambda row: (), 12),
)
"""In the plan's order, which is the order of writing: they are not sorted by anything else."""

JOURNEY_COLUMNS: tuple[Column[JourneyRow], ...] = (
    Column("Journey", lambda row: Text(row.text, "" if row.boundary else "bold"), lambda row: (), 22, share=1),
    Column("Gaps", lambda row: Text(f"{row.gaps:>4,}"), lambda row: (), 4),
    Column("Risk", _score, lambda row: (), 4),
    Column("Tests", lambda row: row.chips.copy(), lambda row: (), 14),
)
