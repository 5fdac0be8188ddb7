"""The sample report with every text in it made nasty, so that no writer can lean on friendly names."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, TypeVar
from zlib import crc32

import msgspec
from msgspec.structs import replace
from sample_report import REPORT

from topoplan.model.plan import Level
from topoplan.model.report import Report

NASTY = (
    "\"quo'te\\",
    "two\nlines\r\n",
    "<script>alert(1)</script>",
    "&lt;&nbsp;&bogus;&amp;",
    "[/]",
    '"];evil[label="',
    "`code` ``",
    "a|b\\|c",
    "=cmd()",
    "@octocat #12 GH-7 !image https://evil.example www.evil.example me@evil.example 0123abc",
    "[x](javascript:alert(1)) **bold** _it_ ~~no~~ <!-- -->",
    "\\N\\l\\G %d {} $x #quot; ]]> --> -->|x|",
    "\x1b[31mred\x07\x9b0m",
    "\u202eevil\u2066\u200b\ufeff\ufffe\U000e0041",
    "lone \ud800 surrogate",
    "שלום العربية",
    "日本語サービス",
    "👩‍👩‍👧 emoji",
    "e\u0301\u0327" * 9,
    "n1",
    "end",
    "1. item",
    "- item",
    "x" * 300,
)

_CLOSED = {"by", "criticality", "digest", "fingerprint", "kind", "until"}
"""Text fields that take only certain values."""

T = TypeVar("T")


def nasty_report(nasty: str, report: Report = REPORT) -> Report:
    """`report` with `nasty` in front of every text; texts that were equal stay equal."""
    return _spoil(report, lambda _: nasty)


def mixed_report(salt: str, strings: Sequence[str] = NASTY, report: Report = REPORT) -> Report:
    """`report` with one of `strings` in front of every text, another with another salt; texts that were equal stay
    equal."""
    return _spoil(report, lambda text: strings[crc32(f"{salt}{text}".encode()) % len(strings)])


def _spoil(value: T, nasty: Callable[[str], str]) -> T:
    result: Any = value
    if isinstance(value, Enum | Level):
        return value
    if isinstance(value, str):
        result = f"{nasty(value)}{value}"
    elif isinstance(value, tuple):
        result = tuple(_spoil(item, nasty) for item in value)
    elif isinstance(value, msgspec.Struct):
        fields = msgspec.structs.asdict(value)
        changed = {name: _spoil(item, nasty) for name, item in fields.items() if name not in _CLOSED}
        result = replace(value, **changed)
    return result  # type: ignore[no-any-return]
