"""Puts candidates, existing coverage, a person's choice and selection together into the plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from topoplan.config import PlanningSettings
from topoplan.model.coverage import Coverage
from topoplan.model.journey import Journey
from topoplan.model.plan import Carried, Choice, Observation, Plan
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Topology
from topoplan.planning.candidates import Candidate, by_boundary, candidates
from topoplan.planning.curve import first, steps
from topoplan.planning.exact import prove
from topoplan.planning.ledger import opened, total
from topoplan.planning.limits import Limits, limits_of
from topoplan.planning.observations import observations_of
from topoplan.planning.pyramid import pyramid_of
from topoplan.planning.recommending import recommendations
from topoplan.planning.residual import risks_of
from topoplan.planning.scope import contracts_of
from topoplan.planning.selection import MANY, UNLIMITED, Budget, Chosen, Selection, select
from topoplan.planning.skips import SYSTEM, skips_of
from topoplan.planning.system import system_of
from topoplan.planning.techniques import figures
from topoplan.planning.wording import hours
from topoplan.risk.weighing import settle

_PINS = "pins-over-budget"


def make_plan(
    topology: Topology,
    profiles: Sequence[RiskProfile],
    journeys: Sequence[Journey] = (),
    settings: PlanningSettings = PlanningSettings(),
    choice: Choice = Choice(),
    coverage: Coverage | None = None,
) -> Plan:
    """The tests worth writing, best value first, until the budget of `choice` is spent or the next test retires less
    than its least value per hour.

    With `coverage`, tests that exist count first, each as far as it is proven; without it the plan is what the system
    needs, whatever is there.

    A pure function: the order of its inputs does not matter. A boundary without a profile is skipped and said so. Only
    `choice.exact` may raise: UsageError (`exact-missing`) without its solver.
    """
    system = system_of(topology, profiles, journeys)
    table = figures(settings)
    risks = {p.boundary: risks_of(p) for p in sorted(profiles, key=lambda p: p.boundary) if p.boundary in system.by_id}
    found = candidates(system, journeys, risks, table)
    start = opened(risks, coverage, table)
    limits = limits_of(settings, choice)
    pins = [c for c in found if limits.pinned(c)]
    allowed = [c for c in found if limits.barred(c) is None]

    def buy(budget: Budget) -> Selection:
        return select(allowed, start, limits.min_value, budget, pins)

    selection = buy(limits.budget)
    whole = None if len(allowed) <= MANY else buy(UNLIMITED) if limits.budget.limited else selection

    def bought(hours: float) -> tuple[Chosen, ...]:
        budget = Budget(hours, choice.seconds)
        return first(whole, budget) if whole else buy(budget).chosen

    bound = None
    if choice.exact:
        selection, bound = prove(selection, allowed, start, limits, pins)
    taken = {chosen.candidate.id for chosen in selection.chosen}
    further = max((selection.worth(c) for c in allowed if c.id not in taken), default=0.0)
    options = by_boundary(found)
    tests = recommendations(system, selection, options, limits, contracts_of(system.boundaries, coverage or Coverage()))
    levels = pyramid_of(tests, coverage)
    before = total(risks.values())
    return Plan(
        tests=tests,
        skips=skips_of(system, options, selection, limits),
        total_risk=settle(before),
        residual_risk=settle(total(selection.left.values())),
        hours=settle(sum(test.hours for test in tests)),
        seconds=settle(sum(test.seconds for test in tests)),
        choice=choice,
        existing_risk=settle(before - total(start.left.values())),
        carried=_carried(selection),
        next_hour=settle(further),
        steps=steps(selection, choice.hours, further > 0 and further >= limits.min_value, bought),
        pyramid=levels,
        observations=(
            *_overspent(limits, pins),
            *observations_of(system, tests, levels, coverage, table, settings.min_value),
        ),
        bound=None if bound is None else settle(bound),
    )


def beside_existing(
    plan: Plan,
    topology: Topology,
    profiles: Sequence[RiskProfile],
    journeys: Sequence[Journey],
    settings: PlanningSettings,
    coverage: Coverage,
    open_tests: Collection[str],
) -> Plan:
    """A plan of what the system needs, with the shape of the tests as they are: existing ones are counted, and as
    planned only the recommendations in `open_tests`, those that no test covers yet."""
    levels = pyramid_of([test for test in plan.tests if test.id in open_tests], coverage)
    system, table = system_of(topology, profiles, journeys), figures(settings)
    kept = (told for told in plan.observations if told.kind == _PINS)
    told = observations_of(system, plan.tests, levels, coverage, table, settings.min_value)
    return replace(plan, pyramid=levels, observations=(*kept, *told))


def _carried(selection: Selection) -> tuple[Carried, ...]:
    found = (Carried(name, settle(total([left]))) for name, left in selection.left.items())
    return tuple(sorted((one for one in found if one.risk), key=lambda one: (-one.risk, one.boundary)))


def _overspent(limits: Limits, pins: Sequence[Candidate]) -> Iterable[Observation]:
    """Pins are taken whatever they cost; that they leave nothing of the budget has to be said."""
    if pins and not limits.budget.holds(pins):
        spent = f"{hours(sum(c.figures.hours for c in pins))} and {sum(c.figures.seconds for c in pins):.0f} s"
        yield Observation(
            _PINS,
            SYSTEM,
            f"the pinned tests alone take {spent}, more than the budget",
            "raise the budget, or pin less",
        )
