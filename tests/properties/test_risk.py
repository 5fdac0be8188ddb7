"""What must hold of scores for any system: bounds, monotonicity, names and order that do not matter."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from system_strategies import Inputs, inputs

from topoplan.model.change import BreakingChange, BreakKind, ChangeRate, History
from topoplan.model.facts import NodeKind
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.place import Where
from topoplan.model.risk import RiskProfile
from topoplan.model.stats import Stats
from topoplan.model.topology import Boundary, Topology
from topoplan.risk import profile
from topoplan.risk.weighing import saturate

QUICK = settings(max_examples=25, deadline=None, derandomize=True)

ROUNDING = 2e-6
"""Scores are settled to six places; a product of rounded values may differ in the last."""


def scores(given_: Inputs) -> dict[str, RiskProfile]:
    return {p.boundary: p for p in profile(given_.topology, given_.history, given_.journeys)}


def never_lower(before: Inputs, after: Inputs, only: str = "") -> None:
    """No boundary scores lower; with `only`, that boundary does not."""
    old, new = scores(before), scores(after)
    for name in [only] if only else old:
        assert new[name].risk >= old[name].risk - ROUNDING, name
        assert new[name].impact >= old[name].impact - ROUNDING, name


def replaced(topology: Topology, old: Boundary, new: Boundary) -> Topology:
    return replace(topology, boundaries=tuple(new if b is old else b for b in topology.boundaries))


@QUICK
@given(inputs())
def test_every_value_is_a_share(given_: Inputs) -> None:
    for found in scores(given_).values():
        parts = [*found.impact_factors, *(f for m in found.modes for f in m.factors)]
        values = [found.risk, found.impact, *(v for m in found.modes for v in (m.likelihood, m.risk))]
        values += [v for f in parts for v in (f.weight, f.contribution, f.value or 0.0)]
        assert all(0 <= value <= 1 for value in values)
        assert all(f.reason and len(f.facts) <= 5 for f in parts)


@QUICK
@given(inputs())
def test_parts_add_up(given_: Inputs) -> None:
    for found in scores(given_).values():
        assert sum(f.contribution for f in found.impact_factors) == pytest.approx(found.impact, abs=1e-5)
        for mode in found.modes:
            assert sum(f.contribution for f in mode.factors) == pytest.approx(mode.likelihood, abs=1e-5)


@QUICK
@given(inputs(), st.randoms(use_true_random=False))
def test_order_of_inputs_does_not_matter(given_: Inputs, rng: random.Random) -> None:
    boundaries = [replace(b, operations=b.operations[::-1]) for b in given_.topology.boundaries]
    services = [replace(s, operations=s.operations[::-1]) for s in given_.topology.services]
    for sequence in (boundaries, services):
        rng.shuffle(sequence)
    shuffled = Topology(tuple(services), tuple(boundaries))
    assert profile(shuffled, given_.history, given_.journeys[::-1]) == profile(
        given_.topology, given_.history, given_.journeys
    )


@QUICK
@given(inputs())
def test_a_renamed_service_keeps_its_score(given_: Inputs) -> None:
    """Every service gets a name that sorts the other way round."""
    ids = sorted({s.id for s in given_.topology.services})
    new = {name: f"{len(ids) - i:02}-renamed" for i, name in enumerate(ids)}
    services = tuple(replace(s, id=new[s.id], name=new[s.id]) for s in given_.topology.services)
    boundaries = tuple(
        replace(b, id=f"x{b.id}", consumer=new[b.consumer], provider=new[b.provider])
        for b in given_.topology.boundaries
    )
    history = replace(
        given_.history,
        services=tuple(replace(h, service=new[h.service]) for h in given_.history.services),
    )
    journeys = tuple(replace(j, services=tuple(new[s] for s in j.services)) for j in given_.journeys)
    before = {name: (p.risk, p.impact) for name, p in scores(given_).items()}
    after = scores(Inputs(Topology(services, boundaries), history, journeys))
    assert {name.removeprefix("x"): (p.risk, p.impact) for name, p in after.items()} == before


@QUICK
@given(inputs(), st.data(), st.floats(0, 10))
def test_more_churn_and_fixes_never_lower_a_score(given_: Inputs, data: st.DataObject, more: float) -> None:
    if not given_.history.services:
        return
    changed = data.draw(st.sampled_from(given_.history.services))

    def grown(rate: ChangeRate | None) -> ChangeRate | None:
        if rate is None:
            return None
        return replace(
            rate,
            commits=rate.commits + 1,
            fix_commits=rate.fix_commits + 1,
            weighted_commits=rate.weighted_commits + 1,
            relative_churn=rate.relative_churn + more,
        )

    worse = replace(changed, code=grown(changed.code), interface=grown(changed.interface))
    never_lower(given_, replace(given_, history=_with(given_.history, changed, worse)))


@QUICK
@given(inputs(), st.data(), st.integers(0, 1000))
def test_more_breaking_changes_never_lower_a_score(given_: Inputs, data: st.DataObject, age: int) -> None:
    versioned = [h for h in given_.history.services if h.interface is not None]
    if not versioned:
        return
    changed = data.draw(st.sampled_from(versioned))
    step = BreakingChange(BreakKind.FIELD_REMOVED, "GET /x", "x", "abc", given_.history.until - age, Where("s"))
    worse = replace(changed, breaking=(*changed.breaking, step))
    never_lower(given_, replace(given_, history=_with(given_.history, changed, worse)))


@QUICK
@given(inputs(), st.data(), st.integers(1, 100))
def test_more_errors_never_lower_a_score(given_: Inputs, data: st.DataObject, more: int) -> None:
    seen = [b for b in given_.topology.boundaries if b.stats and b.stats.errors + more <= b.stats.calls]
    if not seen:
        return
    old = data.draw(st.sampled_from(seen))
    assert old.stats
    new = replace(old, stats=replace(old.stats, errors=old.stats.errors + more))
    never_lower(given_, replace(given_, topology=replaced(given_.topology, old, new)))


@QUICK
@given(inputs(), st.data(), st.integers(1, 20))
def test_more_of_the_same_traffic_never_lowers_a_boundarys_score(
    given_: Inputs, data: st.DataObject, times: int
) -> None:
    seen = [b for b in given_.topology.boundaries if b.stats]
    if not seen:
        return
    old = data.draw(st.sampled_from(seen))
    assert old.stats
    stats = sum([old.stats] * times, Stats())
    topology = replaced(given_.topology, old, replace(old, stats=stats))
    never_lower(given_, replace(given_, topology=topology), only=old.id)


@QUICK
@given(inputs(), st.data())
def test_a_more_critical_journey_never_lowers_a_score(given_: Inputs, data: st.DataObject) -> None:
    ladder = ("low", "normal", "high", "money")
    rising = [j for j in given_.journeys if j.criticality != "money"]
    if not rising:
        return
    old = data.draw(st.sampled_from(rising))
    new = replace(old, criticality=ladder[ladder.index(old.criticality) + 1])
    journeys = tuple(new if j is old else j for j in given_.journeys)
    never_lower(given_, replace(given_, journeys=journeys))


@QUICK
@given(inputs(), st.data())
def test_a_further_money_journey_never_lowers_a_score(given_: Inputs, data: st.DataObject) -> None:
    members = data.draw(st.lists(st.sampled_from([s.id for s in given_.topology.services]), min_size=1, max_size=4))
    more = Journey("further", tuple(members), "money")
    never_lower(given_, replace(given_, journeys=(*given_.journeys, more)))


@QUICK
@given(inputs(), st.data())
def test_a_journey_seen_in_traces_never_lowers_a_score_and_a_proposed_one_changes_none(
    given_: Inputs, data: st.DataObject
) -> None:
    on = data.draw(st.lists(st.sampled_from([b.id for b in given_.topology.boundaries]), unique=True))
    more = Journey("further", ("a",), entry="POST /x", source=JourneySource.TRACES, share=1.0, boundaries=tuple(on))
    never_lower(given_, replace(given_, journeys=(*given_.journeys, more)))
    guess = replace(more, source=JourneySource.PROPOSED)
    assert scores(replace(given_, journeys=(*given_.journeys, guess))) == scores(given_)


@QUICK
@given(inputs(), st.data())
def test_a_gateway_scores_no_lower_than_a_plain_service(given_: Inputs, data: st.DataObject) -> None:
    plain = [s for s in given_.topology.services if s.kind is NodeKind.SERVICE]
    if not plain:
        return
    old = data.draw(st.sampled_from(plain))
    services = tuple(replace(s, kind=NodeKind.GATEWAY) if s is old else s for s in given_.topology.services)
    topology = replace(given_.topology, services=services)
    never_lower(given_, replace(given_, topology=topology))


@QUICK
@given(st.floats(0, 1e12), st.floats(0, 1e12), st.floats(0.001, 1e6))
def test_saturation_rises_within_bounds(less: float, more: float, half: float) -> None:
    assert 0 <= saturate(min(less, more), half) <= saturate(max(less, more), half) <= 1


def _with(history: History, old: object, new: object) -> History:
    services = tuple(new if h is old else h for h in history.services)
    return replace(history, services=services)  # type: ignore[arg-type]
