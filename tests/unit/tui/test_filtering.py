"""The filter language: what it finds, and how it tells of mistakes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topoplan.tui.views.filtering import Fields, parse


@dataclass(frozen=True)
class Thing:
    name: str
    colours: tuple[str, ...] = ()
    size: float | None = None


FIELDS: Fields[Thing] = Fields(
    text=lambda thing: thing.name,
    words={"name": lambda thing: (thing.name,), "colour": lambda thing: thing.colours},
    numbers={"size": lambda thing: thing.size},
    closed={"colour": ("red", "green")},
)
THINGS = (Thing("apple [a]", ("red", "green"), 10), Thing("pear tree", ("green",), 20.5), Thing("plum", (), None))


def names(text: str) -> str:
    return " ".join(thing.name[:4] for thing in parse(text, FIELDS).select(THINGS))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "appl pear plum"),
        ("P", "appl pear plum"),
        ("pl", "appl plum"),
        ("pl -apple", "plum"),
        ("-", "appl pear plum"),
        ('"pear t', "pear"),
        ('"r t" p', "pear"),
        ("name:pear", "pear"),
        ("NAME:PEAR", "pear"),
        ("name:pear,plum", "pear plum"),
        ('name:"pear tree"', "pear"),
        ("name:p*m", "plum"),
        ("name:*[a]", "appl"),
        ("name:", "appl pear plum"),
        ("colour:green", "appl pear"),
        ("colour:r", "appl"),
        ("-colour:red", "pear plum"),
        ("size:>10", "pear"),
        ("size:>=10", "appl pear"),
        ("size:<20.5", "appl"),
        ("size:<=20.5", "appl pear"),
        ("size:10", "appl"),
        ("size:=10", "appl"),
        ("size:>", "appl pear plum"),
        ("-size:>10", "appl plum"),
        ("size:>5 size:<15 colour:red", "appl"),
        ("zzz", ""),
    ],
)
def test_terms_find(text: str, found: str) -> None:
    query = parse(text, FIELDS)
    assert (names(text), query.errors) == (found, ())


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("siz:4", "no field 'siz': did you mean size?"),
        ("zzz:4", "no field 'zzz': there are colour, name, size"),
        ("size:big", "size takes a number: size:>60, size:<=5, size:0"),
        ("size:>-1", "size takes a number: size:>60, size:<=5, size:0"),
        ("size:²", "size takes a number: size:>60, size:<=5, size:0"),
        ("colour:blue", "colour is one of red, green"),
    ],
)
def test_a_mistake_is_told_and_left_out(text: str, error: str) -> None:
    query = parse(f"{text} pear", FIELDS)
    assert query.errors == (error,)
    assert [thing.name for thing in query.select(THINGS)] == ["pear tree"]


@given(st.text(max_size=40))
def test_any_text_is_understood_or_told(text: str) -> None:
    found = parse(text, FIELDS).select(THINGS)
    assert [thing for thing in THINGS if thing in found] == found
