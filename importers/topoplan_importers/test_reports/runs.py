"""What all reports of test runs have in common."""

from __future__ import annotations

from topoplan.model.claims import is_claim
from topoplan.model.facts import Notice, Severity
from topoplan.model.place import Where
from topoplan.model.text import TEXT_LIMIT, clean

_CLAIM_LIMIT = 20_000
"""Longest claim kept, in characters: some hundred operations."""


def empty_run(path: str) -> Notice:
    """A report of a run in which nothing ran looks like success and is none."""
    message = "this test report holds no test, which proves nothing"
    return Notice(Severity.WARNING, "empty-run", message, Where(path))


def told(name: str, value: str) -> tuple[str, str]:
    """A property, safe to print."""
    name = clean(name)
    return name, clean(value, _CLAIM_LIMIT if is_claim(name) else TEXT_LIMIT)
