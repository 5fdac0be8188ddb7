"""The filter language of the tables: words, and `key:value` with comparisons; all of them must hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatchcase
from operator import eq, ge, gt, le, lt
from typing import Generic, TypeVar

from msgspec import Struct, field

Row = TypeVar("Row")
Test = Callable[[Row], bool]

# An optional minus, an optional key, and a value in quotes or without blanks; a quote that is not closed ends the text.
_TERM = re.compile(r'(?P<no>-?)(?:(?P<key>[^\s":]+):)?(?P<value>"[^"]*(?:"|$)|\S*)')
_COMPARISON = re.compile(r"(?P<sign>>=|<=|>|<|=)?(?P<number>[0-9]{1,9}(?:\.[0-9]{1,9})?)")
_COMPARISONS = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq, None: eq}


class Fields(Struct, Generic[Row], frozen=True):
    """What rows of one kind can be filtered by."""

    text: Callable[[Row], str]
    """What words are looked for in, case-folded."""
    words: Mapping[str, Callable[[Row], Iterable[str]]]
    """Key → the row's values, case-folded; a row matches by any of them that holds the text looked for."""
    numbers: Mapping[str, Callable[[Row], float | None]] = field(default_factory=dict)
    """Key → the row's number; a row without one never matches."""
    closed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Keys of `words` with all the values there are: another one is a mistake. They match by their beginning."""

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key, sorted."""
        return tuple(sorted((*self.words, *self.numbers)))


class Query(Struct, Generic[Row], frozen=True):
    """A filter as understood: terms with an error are left out of it."""

    tests: tuple[Test[Row], ...] = ()
    errors: tuple[str, ...] = ()

    def select(self, rows: Sequence[Row]) -> list[Row]:
        """The rows for which every term holds, in the same order."""
        found = list(rows)
        for test in self.tests:
            found = [row for row in found if test(row)]
        return found


def parse(text: str, fields: Fields[Row]) -> Query[Row]:
    """Understand a filter.

    `order` finds a word anywhere, `-order` leaves it out, `"two words"` is one term. `key:value` looks in one field,
    `key:a,b` for either, `*` stands for anything; numbers compare: `risk:>60`, `risk:<=5`.
    """
    tests: list[Test[Row]] = []
    errors: list[str] = []
    for match in _TERM.finditer(text):
        if not match[0]:
            continue
        key, value = (match["key"] or "").casefold(), match["value"].strip('"').casefold()
        try:
            test = _test(key, value, fields)
        except ValueError as error:
            errors.append(str(error))
            continue
        if test is not None:
            tests.append(_negated(test) if match["no"] else test)
    return Query(tuple(tests), tuple(errors))


def _test(key: str, value: str, fields: Fields[Row]) -> Test[Row] | None:
    """The test of one term; None while nothing is looked for yet. Raises ValueError with what is wrong."""
    if key in fields.numbers:
        return _numeric(key, value, fields.numbers[key])
    if key in fields.words:
        return _worded(key, value, fields.words[key], fields.closed.get(key, ()))
    if not key:
        return (lambda row: value in fields.text(row)) if value else None
    near = get_close_matches(key, fields.keys, n=1)
    raise ValueError(
        f"no field '{key}': {f'did you mean {near[0]}?' if near else 'there are ' + ', '.join(fields.keys)}"
    )


def _numeric(key: str, value: str, read: Callable[[Row], float | None]) -> Test[Row] | None:
    if value.strip("<>=") == "":
        return None
    match = _COMPARISON.fullmatch(value)
    if match is None:
        raise ValueError(f"{key} takes a number: {key}:>60, {key}:<=5, {key}:0")
    compare, limit = _COMPARISONS[match["sign"]], float(match["number"])

    def holds(row: Row) -> bool:
        number = read(row)
        return number is not None and bool(compare(number, limit))

    return holds


def _worded(key: str, value: str, read: Callable[[Row], Iterable[str]], closed: tuple[str, ...]) -> Test[Row] | None:
    wanted = tuple(part for part in value.split(",") if part)
    if not wanted:
        return None
    if closed:
        # While a value is being typed, its beginning is no mistake yet.
        strange = [part for part in wanted if not any(known.startswith(part) for known in closed)]
        if strange:
            raise ValueError(f"{key} is one of {', '.join(closed)}")
        return lambda row: any(found.startswith(wanted) for found in read(row))
    patterns = tuple(part if "*" in part else f"*{part}*" for part in wanted)
    if not any("*" in part for part in wanted):
        return lambda row: any(part in found for found in read(row) for part in wanted)
    literal = tuple(pattern.replace("[", "[[]").replace("?", "[?]") for pattern in patterns)
    return lambda row: any(fnmatchcase(found, pattern) for found in read(row) for pattern in literal)


def _negated(test: Test[Row]) -> Test[Row]:
    return lambda row: not test(row)
