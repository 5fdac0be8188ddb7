"""Patterns of rules: globs, and regular expressions between slashes."""

from __future__ import annotations

import fnmatch
import re
from functools import cache

TEXT_LIMIT = 2_000
"""Characters of a text that a pattern looks at. It bounds what a long name costs, not what a pattern does that repeats
a repetition, as `(a+)+` does: patterns are the team's own."""


@cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """`*Contract*` must fit the whole text, `/calls .*/` be found somewhere in it. Raises re.error."""
    if len(pattern) > 1 and pattern.startswith("/") and pattern.endswith("/"):
        return re.compile(pattern[1:-1])
    return re.compile(r"\A" + fnmatch.translate(pattern))


def fit(pattern: str, text: str) -> dict[str, str] | None:
    """The named groups of a pattern that fits, None when it does not. An empty pattern fits everything."""
    if not pattern:
        return {}
    found = compile_pattern(pattern).search(text[:TEXT_LIMIT])
    return None if found is None else {name: value or "" for name, value in found.groupdict().items()}
