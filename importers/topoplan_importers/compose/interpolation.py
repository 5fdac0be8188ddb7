"""Compose's variables: `$A`, `${A:-b}` and their kin, and the `.env` files they come from.

After the "Interpolation" and "env_file" chapters of the Compose Specification. The process environment is never read.
"""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Iterator, Mapping
from itertools import islice

VALUE_LIMIT = 1_048_576
"""Characters an interpolated value may grow to; the rest is cut."""
QUOTED_LINES = 200
"""Most lines one quoted value of an env file runs over."""
DEPTH_LIMIT = 32
"""Deepest nesting of defaults; deeper ones are taken literally."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_MARKS = re.compile(r"\$\$|\$\{|\}")
_ENV_NAME = re.compile(r"[\w.\-]+")
_QUOTED = {"'": re.compile(r"'([^']*)'"), '"': re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t"}


def interpolate(text: str, variables: Mapping[str, str], missing: set[str] | None = None) -> str:
    """`text` with its variables filled in; unset ones become empty, malformed expressions stay as written. Names that
    the file says are required (`${A:?…}`) and that are not set are added to `missing`."""
    if "$" not in text:
        return text
    return _fill(text, variables, set() if missing is None else missing, 0)[:VALUE_LIMIT]


def parse_env(text: str, variables: Mapping[str, str], *, raw: bool = False) -> dict[str, str]:
    """Pairs of an env file. Values see `variables` first, then the file's own earlier lines; `raw` takes them as they
    stand. A name without a value is filled from `variables`, or left out."""
    found: dict[str, str] = {}
    known = ChainMap(dict(variables), found)
    lines = iter(text.removeprefix("\ufeff").splitlines())
    for line in lines:
        name, mark, value = line.strip().removeprefix("export ").partition("=")
        name = name.strip()
        if not _ENV_NAME.fullmatch(name):
            continue
        if not mark:
            if name in variables:
                found[name] = variables[name]
        elif raw:
            found[name] = value
        else:
            found[name] = _env_value(value.strip(), lines, known)
    return found


def _env_value(value: str, lines: Iterator[str], variables: Mapping[str, str]) -> str:
    """Value of one line, or of several where a quote stays open."""
    quote = value[:1]
    if quote not in ("'", '"'):
        return interpolate(re.split(r"(?:^|\s)#", value, maxsplit=1)[0].rstrip(), variables)
    closed = _QUOTED[quote]
    for line in islice(lines, QUOTED_LINES - 1) if not closed.match(value) else ():
        value += "\n" + line
        if closed.match(value):
            break
    match = closed.match(value)
    body = match[1] if match else value[1:]
    if quote == "'":
        return body
    return interpolate(re.sub(r'\\([nrt"\\])', lambda m: _ESCAPES.get(m[1], m[1]), body), variables)


def _fill(text: str, variables: Mapping[str, str], missing: set[str], depth: int) -> str:
    parts: list[str] = []
    braces = _braces(text)
    size = at = 0
    while at < len(text) and size <= VALUE_LIMIT:
        mark = text.find("$", at)
        if mark < 0:
            parts.append(text[at:])
            break
        filled, end = _expression(text, mark, braces, variables, missing, depth)
        parts += (text[at:mark], filled)
        size += len(filled) + mark - at
        at = end
    return "".join(parts)


def _expression(
    text: str, mark: int, braces: Mapping[int, int], variables: Mapping[str, str], missing: set[str], depth: int
) -> tuple[str, int]:
    """The value of the expression at `mark` and where it ends."""
    following = text[mark + 1 : mark + 2]
    if following == "$":
        return "$", mark + 2
    if following != "{":
        name = _NAME.match(text, mark + 1)
        return (variables.get(name[0], ""), name.end()) if name else ("$", mark + 1)
    end = braces.get(mark, -1)
    name = _NAME.match(text, mark + 2)
    if end < 0 or not name or depth >= DEPTH_LIMIT:
        return "$", mark + 1
    if name.end() == end:
        return variables.get(name[0], ""), end + 1
    operator = _OPERATOR.match(text, name.end())
    if not operator:
        return text[mark : end + 1], end + 1
    value = variables.get(name[0])
    given = bool(value) if operator[0].startswith(":") else value is not None
    argument = text[operator.end() : end]
    kind = operator[0][-1]
    if kind == "+":
        return (_fill(argument, variables, missing, depth + 1) if given else ""), end + 1
    if given:
        return value or "", end + 1
    if kind == "-":
        return _fill(argument, variables, missing, depth + 1), end + 1
    missing.add(name[0])
    return "", end + 1


def _braces(text: str) -> dict[int, int]:
    """For each `${` in `text` the index of the brace that closes it."""
    closing: dict[int, int] = {}
    waiting: list[int] = []
    for match in _MARKS.finditer(text):
        if match[0] == "${":
            waiting.append(match.start())
        elif match[0] == "}" and waiting:
            closing[waiting.pop()] = match.start()
    return closing
