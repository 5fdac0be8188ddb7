"""The greedy choice against the exact optimum and its own rules."""

import itertools
import random

import pytest

from topoplan.model.plan import Technique
from topoplan.model.risk import Mode
from topoplan.planning.candidates import Candidate
from topoplan.planning.ledger import Ledger
from topoplan.planning.residual import after, residual, retired
from topoplan.planning.selection import select
from topoplan.planning.techniques import DEFAULTS, Figures

RISKS = {Mode.SCHEMA: 0.4, Mode.SEMANTIC: 0.2, Mode.CASCADE: 0.1}


def _candidates(*boundaries: str) -> list[Candidate]:
    techniques = (Technique.CONTRACT, Technique.BOUNDARY, Technique.FAULT)
    return [Candidate(t, (b,), DEFAULTS[t]) for b in boundaries for t in techniques]


def test_residual_is_the_product_over_tests_and_grades() -> None:
    contract, boundary = DEFAULTS[Technique.CONTRACT], DEFAULTS[Technique.BOUNDARY]
    left = residual(RISKS, [(contract, 1.0), (boundary, 0.5)])
    assert left[Mode.SCHEMA] == pytest.approx(0.4 * (1 - 0.85) * (1 - 0.5 * 0.5))
    assert left[Mode.CASCADE] == pytest.approx(0.1 * (1 - 0.2 * 0.5))
    assert residual(RISKS, []) == RISKS
    assert after(RISKS, contract, grade=0) == RISKS


def test_retired_names_only_modes_the_test_does_something_for() -> None:
    assert list(retired(RISKS, DEFAULTS[Technique.CONTRACT])) == [Mode.SCHEMA, Mode.SEMANTIC]
    assert list(retired(RISKS, DEFAULTS[Technique.FAULT])) == [Mode.CASCADE]


def test_values_fall_and_stop_at_the_threshold() -> None:
    risks = {"a": RISKS, "b": {mode: risk / 3 for mode, risk in RISKS.items()}}
    found = select(_candidates("a", "b"), Ledger(risks, {}), 0.005)
    values = [sum(c.retired.values()) / c.candidate.figures.hours for c in found.chosen]
    assert values == sorted(values, reverse=True)
    assert min(values) >= 0.005
    taken = {c.candidate.id for c in found.chosen}
    assert all(found.worth(c) < 0.005 for c in _candidates("a", "b") if c.id not in taken)
    assert taken, "something is worth it here"


def test_what_is_left_is_what_was_there_less_what_was_retired() -> None:
    found = select(_candidates("a"), Ledger({"a": RISKS}, {}), 0.001)
    gone = sum(sum(c.retired.values()) for c in found.chosen)
    assert sum(found.left["a"].values()) == pytest.approx(sum(RISKS.values()) - gone)


def test_ties_go_by_id_whatever_the_order() -> None:
    found = _candidates("c", "a", "b")
    risks = dict.fromkeys("abc", RISKS)
    orders = []
    for seed in range(5):
        random.Random(seed).shuffle(found)
        orders.append([c.candidate.id for c in select(found, Ledger(risks, {}), 0.004).chosen])
    assert all(order == orders[0] for order in orders)
    assert orders[0][:3] == ["contract:a", "contract:b", "contract:c"]


@pytest.mark.parametrize("seed", range(10))
def test_lazy_is_plain_greedy_also_where_candidates_cover_several_boundaries(seed: int) -> None:
    """Slices will cover several boundaries; laziness must not change what is chosen."""
    rng = random.Random(seed)
    names = ["a", "b", "c", "d"]
    risks = {name: {mode: rng.random() for mode in Mode} for name in names}
    found = _candidates(*names) + [
        Candidate(Technique.SLICE, pair, DEFAULTS[Technique.SLICE]) for pair in itertools.combinations(names, 2)
    ]
    chosen = [c.candidate.id for c in select(found, Ledger(risks, {}), 0.01).chosen]
    assert chosen == _plain_greedy(found, risks, 0.01)


def _plain_greedy(found: list[Candidate], risks: dict[str, dict[Mode, float]], threshold: float) -> list[str]:
    left, rest, chosen = dict(risks), sorted(found, key=lambda c: c.id), []
    counted: set[tuple[str, Technique]] = set()

    def new(candidate: Candidate) -> list[str]:
        return [b for b in candidate.boundaries if (b, candidate.technique) not in counted]

    def worth(candidate: Candidate) -> float:
        return sum(sum(retired(left[b], candidate.figures).values()) for b in new(candidate)) / candidate.figures.hours

    while rest:
        best = max(rest, key=worth)
        if worth(best) < threshold:
            break
        rest.remove(best)
        chosen.append(best.id)
        for boundary in new(best):
            left[boundary] = after(left[boundary], best.figures)
            counted.add((boundary, best.technique))
    return chosen


@pytest.mark.parametrize("seed", range(20))
def test_greedy_is_near_the_best_choice_of_the_same_hours(seed: int) -> None:
    """Within 1 − 1/e of the exact optimum among all choices that cost no more."""
    rng = random.Random(seed)
    names = ["a", "b"]
    risks = {name: {mode: rng.random() for mode in Mode} for name in names}
    found = _candidates(*names)
    chosen = select(found, Ledger(risks, {}), 0.03).chosen
    hours = sum(c.candidate.figures.hours for c in chosen)
    gained = sum(sum(c.retired.values()) for c in chosen)

    def gain(subset: tuple[Candidate, ...]) -> float:
        left = {
            name: residual(risks[name], [(c.figures, 1.0) for c in subset if name in c.boundaries]) for name in names
        }
        return sum(sum(risks[name].values()) - sum(left[name].values()) for name in names)

    best = max(
        gain(subset)
        for size in range(len(found) + 1)
        for subset in itertools.combinations(found, size)
        if sum(c.figures.hours for c in subset) <= hours
    )
    assert gained >= (1 - 1 / 2.718281828) * best


def test_a_test_that_retires_nothing_is_never_taken() -> None:
    useless = Candidate(Technique.CONTRACT, ("a",), Figures(1, 1, {}))
    assert select([useless], Ledger({"a": RISKS}, {}), 0).chosen == ()
