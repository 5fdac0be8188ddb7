"""Arithmetic of change rates."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from topoplan.history.churn import CHURN_CAP, Touch, change_rates, recency
from topoplan.history.classify import Classifier
from topoplan.history.log import Commit

DAY = 86_400
UNTIL = 1_700_000_000

touches = st.lists(
    st.tuples(
        st.sampled_from(["order", "user"]),
        st.builds(
            Touch,
            time=st.integers(0, UNTIL + DAY),
            author=st.sampled_from(["ann", "bob", "eve"]),
            fix=st.booleans(),
            lines=st.integers(0, 10_000),
        ),
    )
)


@given(touches, st.randoms(), st.integers(1, 400))
def test_order_does_not_matter(some, random, half_life):
    shuffled = list(some)
    random.shuffle(shuffled)
    sizes = {"order": 300, "user": 7}
    assert change_rates(some, sizes, UNTIL, half_life) == change_rates(shuffled, sizes, UNTIL, half_life)


@given(touches, touches, st.integers(1, 400))
def test_more_commits_never_lower_a_figure(some, more, half_life):
    sizes = {"order": 300, "user": 7}
    before = change_rates(some, sizes, UNTIL, half_life)
    after = change_rates(some + more, sizes, UNTIL, half_life)
    for key, rate in before.items():
        for name in rate.__slots__:
            assert getattr(after[key], name) >= getattr(rate, name)


@given(touches)
def test_relative_churn_is_bounded(some):
    assert all(0 <= r.relative_churn <= CHURN_CAP for r in change_rates(some, {"order": 1}, UNTIL, 90).values())


def test_weight_halves_with_every_half_life():
    assert [recency(days * DAY, 30) for days in (0, 30, 60, -5)] == [1.0, 0.5, 0.25, 1.0]


def test_rewritten_once_just_now_is_one():
    rate = change_rates([("order", Touch(UNTIL, "ann", False, 40))], {"order": 40}, UNTIL, 90)["order"]
    assert rate.relative_churn == 1.0


def subject(text: str) -> Commit:
    return Commit("", 0, "Ann", "ann@x", text)


def test_fixes_are_whole_words():
    classifier = Classifier(fix_words=("fix", "bug", "hotfix", "revert", "regression"))
    fixes = ["Fix sum", "fixes #12", "fix(cart): x", "a bugfix", "HOTFIX", "Revert 1", "two bugs", "reverted", "fixed"]
    others = ["prefix", "fixture", "suffixes", "debugger", "add x", ""]
    assert [text for text in fixes if not classifier.is_fix(subject(text))] == []
    assert [text for text in others if classifier.is_fix(subject(text))] == []


def test_without_words_nothing_is_a_fix():
    assert not Classifier().is_fix(subject("fix"))


def test_people_are_no_bots():
    classifier = Classifier(bots=("ci@example.org",))
    people = ["Abbott", "Talbot", "Robot Wars Fan", "Ann"]
    assert [name for name in people if classifier.is_bot(Commit("", 0, name, "x@y", ""))] == []
    assert classifier.is_bot(Commit("", 0, "Ann", "CI@example.org", ""))
