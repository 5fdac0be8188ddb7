from __future__ import annotations

import time

import pytest

from topoplan_importers.compose.interpolation import VALUE_LIMIT, interpolate, parse_env

KNOWN = {"A": "a", "EMPTY": "", "B1": "b"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$A-${A}", "a-a"),
        ("$UNSET|${UNSET}", "|"),
        ("${UNSET:-x}${EMPTY:-y}${EMPTY-z}${UNSET-w}", "xyw"),
        ("${A:+set}${EMPTY:+set}${EMPTY+set}${UNSET+set}", "setset"),
        ("${UNSET:-${ALSO:-${A}}}", "a"),
        ("${UNSET:-http://$A:80/${B1}}", "http://a:80/b"),
        ("$$A $${A} $$$A", "$A ${A} $a"),
        ("${A:?needed}", "a"),
        ("${UNSET:?needed}", ""),
        ("${EMPTY?needed}", ""),
        # malformed expressions stay as written
        ("$", "$"),
        ("${", "${"),
        ("${A", "${A"),
        ("${}", "${}"),
        ("${A!x}", "${A!x}"),
        ("$1", "$1"),
    ],
)
def test_expressions(text: str, expected: str) -> None:
    assert interpolate(text, KNOWN) == expected


def test_required_variables_that_are_missing_are_told() -> None:
    missing: set[str] = set()
    interpolate("${A:?x}${GONE:?y}${EMPTY:?z}${OTHER:-d}", KNOWN, missing)
    assert missing == {"GONE", "EMPTY"}


@pytest.mark.parametrize(
    "text",
    ["${" * 200_000, "${A:-" * 100_000 + "}" * 100_000, "$A" * 300_000, "}" * 100_000],
    ids=["open", "nested", "many", "close"],
)
def test_hostile_expressions_end(text: str) -> None:
    start = time.process_time()
    filled = interpolate(text, {"A": "x" * 10_000})
    assert len(filled) <= VALUE_LIMIT
    assert time.process_time() - start < 3


def test_env_files() -> None:
    text = """\ufeff# comment
export PLAIN=value # comment
SINGLE='$PLAIN # kept'
DOUBLE="a\\n$PLAIN"
LATER=${PLAIN}/${OUTER}
EMPTY=
EMPTY_COMMENT= # nothing
INHERITED
UNKNOWN
MULTI="one
two"
PLAIN2 = spaced
not a pair
"""
    assert parse_env(text, {"OUTER": "out", "INHERITED": "in", "LATERAL": "no"}) == {
        "PLAIN": "value",
        "SINGLE": "$PLAIN # kept",
        "DOUBLE": "a\nvalue",
        "LATER": "value/out",
        "EMPTY": "",
        "EMPTY_COMMENT": "",
        "INHERITED": "in",
        "MULTI": "one\ntwo",
        "PLAIN2": "spaced",
    }


def test_raw_env_files_are_not_interpolated() -> None:
    assert parse_env("A='$B'", {"B": "x"}, raw=True) == {"A": "'$B'"}


def test_outer_variables_win_over_the_files_own() -> None:
    assert parse_env("A=file\nB=$A", {"A": "outer"})["B"] == "outer"
