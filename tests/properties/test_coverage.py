"""What must hold of any coverage: passing checks only help, taking checks away never does, order does not matter."""

from __future__ import annotations

import random

from check_builders import asks, environment, pact, receives, run, used, verified
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from topology_builders import DAY, NOW, answered, call, changed, history, message, node, op, resource, store, topology

from topoplan.config import CoverageSettings, PlanningSettings, Settings
from topoplan.coverage import cover
from topoplan.model.checks import (
    Check,
    ContractFact,
    EnvironmentFact,
    InteractionResult,
    ResultFact,
    RunFact,
    Verdict,
    VerificationFact,
)
from topoplan.model.coverage import Coverage, State
from topoplan.model.gaps import Gaps
from topoplan.model.report import Journey
from topoplan.model.topology import BoundaryOperation
from topoplan.planning import find_gaps, make_plan
from topoplan.risk import profile

QUICK = settings(max_examples=150, deadline=None, derandomize=True)

PLACED = replace(message("c", "b", "placed"), operations=(BoundaryOperation("publish placed"),))
SHOP = topology(
    [
        replace(node("a"), folders=("a",)),
        node("b", op("GET", "/x", answered("id")), op("POST", "/x"), op("GET", "/y/{id}")),
        node("c"),
        store("db"),
    ],
    [call("a", "b", "GET /x", "POST /x", "GET /y/{id}"), call("b", "c"), call("a", "c", "GET /z"), PLACED,
     resource("b", "db")],
)  # fmt: skip
JOURNEYS = [Journey("buy", ("a", "b", "c"))]
HISTORY = history(changed("b", interface=0.5))  # its interface changed at NOW, nothing read is newer

# What a test claims is its name, so that every result of one test claims the same.
TESTS = (
    "boundary: a -> b", "boundary: a -> b : GET /x; POST /x", "contract: a -> b : *", "contract: b -> c",
    "contract: b -> c : GET /w", "contract: a -> c : GET /z", "fault: a -> b : GET /nowhere", "slice: a -> b -> c",
    "slice: journey buy", "in_process: b -> db", "schema: c -> b : placed", "boundary: a -> nobody",
)  # fmt: skip
PAIRS = (("a", "b"), ("b", "c"), ("a", "c"), ("c", "b"), ("a", "nobody"))
INTERACTIONS = (
    asks("GET", "/x", "one"), asks("GET", "/x", "wrong", reads=(answered("gone"),)), asks("POST", "/x", "two"),
    asks("GET", "/y/7", "three", pending=True), asks("GET", "/w", "four"), receives("placed", "five"),
)  # fmt: skip
CALLS = (
    used("a", "b", "GET /x"), used("a", "b", "POST /x", injected=True), used("b", "c", "GET /w"),
    used("c", "b", channel="placed"), used("a", "b", "GET /y/1", real=False), used("tester", "a", "GET /"),
)  # fmt: skip
RUNS = {name: random.Random(name).sample(CALLS, 3) for name in TESTS}

TIMES = st.sampled_from([0, NOW - 40 * DAY, NOW - DAY, NOW])
VERDICTS = st.sampled_from(Verdict)
PATHS = st.sampled_from(["a/one.json", "two.json", "b/three.json"])
DIGESTS = st.sampled_from(["d1", "d2", "d3"])


def results(verdicts: st.SearchStrategy[Verdict]) -> st.SearchStrategy[ResultFact]:
    def made(claim: str, verdict: Verdict, time: int, path: str) -> ResultFact:
        kind, _, rest = claim.partition(":")
        where = environment(path=path).evidence
        return ResultFact("", "", claim, "", verdict, where, ((f"topoplan.{kind}", rest.strip()),), time)

    return st.builds(made, st.sampled_from(TESTS), verdicts, TIMES, PATHS)


def runs(verdicts: st.SearchStrategy[Verdict]) -> st.SearchStrategy[RunFact]:
    return st.builds(
        lambda name, verdict, time: run(name, *RUNS[name], verdict=verdict, time=time),
        st.sampled_from(TESTS), verdicts, TIMES,
    )  # fmt: skip


def verifications(verdicts: st.SearchStrategy[Verdict]) -> st.SearchStrategy[VerificationFact]:
    def made(
        pair: tuple[str, str], verdict: Verdict, content: list[str], time: int, told: dict[str, Verdict]
    ) -> VerificationFact:
        if verdict is Verdict.PASSED:
            told = dict.fromkeys(told, Verdict.PASSED)
        fact = verified(verdict, *content, consumer=pair[0], provider=pair[1], time=time)
        return replace(fact, results=tuple(InteractionResult(*one) for one in sorted(told.items())))

    described = st.dictionaries(st.sampled_from([i.description for i in INTERACTIONS]), VERDICTS)
    return st.builds(
        made, st.sampled_from(PAIRS), verdicts, st.lists(DIGESTS, max_size=2, unique=True), TIMES, described
    )


def contracts() -> st.SearchStrategy[ContractFact]:
    """One digest is one content."""
    return st.builds(
        lambda pair, digest, path: pact(
            *random.Random(digest).sample(INTERACTIONS, 4), consumer=pair[0], provider=pair[1], digest=digest, path=path
        ),
        st.sampled_from(PAIRS), DIGESTS, PATHS,
    )  # fmt: skip


ENVIRONMENTS = st.builds(
    lambda parties, path: environment(*parties, path=path, folder="b"),
    st.lists(st.sampled_from(["a", "b", "c", "db"]), unique=True, max_size=4), PATHS,
)  # fmt: skip
CHECKS: st.SearchStrategy[list[Check]] = st.lists(
    st.one_of(results(VERDICTS), runs(VERDICTS), verifications(VERDICTS), contracts(), ENVIRONMENTS), max_size=10
)
PASSING: st.SearchStrategy[Check] = st.one_of(
    results(st.just(Verdict.PASSED)), runs(st.just(Verdict.PASSED)), verifications(st.just(Verdict.PASSED)),
    ENVIRONMENTS,
)  # fmt: skip
AGES = st.sampled_from([None, 30])


def covered(checks: list[Check], age: int | None) -> Coverage:
    return cover(SHOP, checks, Settings(coverage=CoverageSettings(max_age_days=age)), HISTORY, JOURNEYS)


def figures(coverage: Coverage) -> dict[tuple[str, ...], tuple[int, float]]:
    """Rank of the state and share, of every boundary and technique and of every operation under it."""
    found: dict[tuple[str, ...], tuple[int, float]] = {}
    for boundary in coverage.boundaries:
        for technique in boundary.techniques:
            key = (boundary.boundary, technique.technique.value)
            found[key] = technique.state.rank, technique.share
            found |= {(*key, o.operation): (o.state.rank, o.share) for o in technique.operations}
    return found


def identity(check: Check) -> object:
    """Facts that are one check: all of a pair's contract, all results and runs of a test, one environment."""
    if isinstance(check, ContractFact | VerificationFact):
        return check.consumer.name, check.provider.name
    return check.evidence.where.path if isinstance(check, EnvironmentFact) else check.name


CONTRACT_ALONE = ("b->c/http", "contract")
"""Here a contract alone tells which operations there are; how much of them is proven is then not known without it."""


def assert_no_better(less: Coverage, more: Coverage) -> None:
    high = figures(more)
    for key, (rank, share) in figures(less).items():
        known_rank, known_share = high.get(key, (State.UNKNOWN.rank, 0.0))
        assert rank <= known_rank, key
        assert share <= known_share + 1e-9 or key[:2] == CONTRACT_ALONE, key


@QUICK
@given(CHECKS, PASSING, AGES)
def test_a_passing_check_lowers_nothing(checks: list[Check], more: Check, age: int | None) -> None:
    assert_no_better(covered(checks, age), covered([*checks, more], age))


@QUICK
@given(CHECKS, AGES)
def test_taking_a_check_away_raises_nothing(checks: list[Check], age: int | None) -> None:
    everything = covered(checks, age)
    for gone in {identity(check) for check in checks}:
        assert_no_better(covered([check for check in checks if identity(check) != gone], age), everything)


@QUICK
@given(CHECKS, AGES, st.randoms(use_true_random=False))
def test_order_does_not_matter(checks: list[Check], age: int | None, rng: random.Random) -> None:
    before = covered(checks, age)
    rng.shuffle(checks)
    assert covered([*checks, *checks[:1]], age) == before


@QUICK
@given(CHECKS, AGES)
def test_shares_are_shares_and_agree_with_states(checks: list[Check], age: int | None) -> None:
    for boundary in covered(checks, age).boundaries:
        for technique in boundary.techniques:
            assert 0 <= technique.share <= 1
            assert all(0 <= operation.share <= 1 for operation in technique.operations)
            assert (technique.state is State.COVERED) == (technique.share == 1)
            assert technique.share == 0 or technique.claims


PROFILES = profile(SHOP, HISTORY, tuple(JOURNEYS))
PLAN = make_plan(SHOP, PROFILES, JOURNEYS, PlanningSettings(min_value=0.0))


def gaps_of(checks: list[Check], age: int | None) -> Gaps:
    return find_gaps(SHOP, PROFILES, PLAN, covered(checks, age))


def assert_no_worse(more: Gaps, less: Gaps) -> None:
    """With more checks: no gap that was not there, none more urgent, no more risk left, none less covered."""
    assert {gap.test for gap in more.open} <= {gap.test for gap in less.open}
    open_before = {gap.test: gap.open_risk for gap in less.open}
    for gap in more.open:
        assert gap.open_risk <= open_before[gap.test] + 1e-6
    assert more.residual_risk <= less.residual_risk + 1e-6
    assert more.all.risk_retired >= less.all.risk_retired - 1e-6
    assert more.all.tests.covered >= less.all.tests.covered
    assert more.all.tests.total == less.all.tests.total == len(PLAN.tests)


@QUICK
@given(CHECKS, PASSING, AGES)
def test_a_passing_check_opens_no_gap_and_raises_no_risk(checks: list[Check], more: Check, age: int | None) -> None:
    assert_no_worse(gaps_of([*checks, more], age), gaps_of(checks, age))


@QUICK
@given(CHECKS, AGES)
def test_taking_a_check_away_closes_no_gap(checks: list[Check], age: int | None) -> None:
    everything = gaps_of(checks, age)
    for gone in {identity(check) for check in checks}:
        assert_no_worse(everything, gaps_of([check for check in checks if identity(check) != gone], age))
