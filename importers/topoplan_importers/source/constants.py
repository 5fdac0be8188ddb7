"""What the names in source code stand for, as far as one line says it: constants, and variables read from settings."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable

_NAMED = re.compile(
    r"""(?<![\w.])(?:\w{1,40}(?:\.|::|->))?\$?(?P<name>[A-Za-z_]\w{0,60})[ \t]*"""
    r"""(?::[ \t]*[\w<>&'? ]{1,30}|string)?"""
    r"""[ \t]*(?::=|=>|=|:)[ \t]*(?:new[ \t]+\w{1,40}\()?(?:(?:["'`](?P<text>[\w./:@{}$-]{2,120})["'`])|"""
    r"""(?:[\w.:]{0,40}?(?:getenv|environ\.get|Getenv|process\.env|GetEnvironmentVariable|env|ENV\.fetch|LookupEnv|"""
    r"""[gG]et_?[eE]nv\w{0,20})(?:[(\[]["'](?P<env>\w{2,80})["']|\.(?P<member>\w{2,80}))"""
    r"""[)\]]?(?:[ \t]*(?:,|\|\||\?\?|\?:|or)[ \t]*["'`](?P<default>[\w./:@-]{1,120})["'`])?))"""
)
_VALUE = re.compile(r"""@Value\(\s*"\$\{(?P<key>[\w.-]{1,120})(?::(?P<default>[^}"]{0,120}))?\}"\s*\)""")
_FIELD = re.compile(r"[\w<>,\s]{0,120}?(\w{1,60})\s*[;,)=]")
_MOST = 4000
"""Constants kept of one folder."""
SETTING = "$"
"""Starts a value that only a setting of this name tells."""

Values = dict[str, frozenset[str]]


def constants(code: str) -> Values:
    """Names and what they stand for; a name that is given several values stands for each of them."""
    found: dict[str, set[str]] = defaultdict(set)
    for match in _NAMED.finditer(code):
        setting = match["env"] or match["member"]
        value = match["text"] or match["default"] or (SETTING + setting if setting else "")
        if value and len(found) < _MOST:
            found[match["name"]].add(value)
    for match in _VALUE.finditer(code):
        field = _FIELD.match(code, match.end())
        if field:
            found[field[1]].add(match["default"] or SETTING + match["key"])
    return {name: frozenset(values) for name, values in found.items()}


def merged(many: Iterable[Values]) -> Values:
    """The constants of several files as one."""
    found: dict[str, set[str]] = defaultdict(set)
    for values in many:
        for name, some in values.items():
            found[name] |= some
    return {name: frozenset(some) for name, some in found.items()}


def resolver(code: str, around: Callable[[], Values]) -> Callable[[str], tuple[str, ...]]:
    """Looks a name up: in its own file first, then in the folder around it, at last a longer name in its own file
    that ends in it, as an argument's often does (`queueName` of `orderQueueName`)."""

    own: list[Values] = []

    def resolve(name: str) -> tuple[str, ...]:
        if not own:
            own.append(constants(code))
        here = own[0]
        last = re.split(r"\.|::|->", name)[-1].lstrip("$@")
        found = here.get(last) or around().get(last)
        if not found and len(last) >= 5:
            longer = [values for known, values in here.items() if known.lower().endswith(last.lower())]
            found = longer[0] if len(longer) == 1 else None
        return tuple(sorted(found)) if found and len(found) <= 3 else ()

    return resolve
