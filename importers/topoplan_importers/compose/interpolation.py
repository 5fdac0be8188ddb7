"""Compose's variables: `$A`, `${A:-b}` and their kin, and the `.env` files they come from.

After the "Interpolation" and "env_file" chapters of the Compose Specification. The process environment is never read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

VALUE_LIMIT = 1_048_576
"""Characters an interpolated value may grow to; the rest is cut."""
DEPTH_LIMIT = 32
"""Deepest nesting of defaults; deeper ones are taken literally."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")


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
    lines = iter(text.removeprefix("\ufeff").splitlines())
    for line in lines:
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        name, mark, value = line.removeprefix("export ").partition("=")
        name = name.strip()
        if not re.fullmatch(r"[\w.\-]+", name):
            continue
        if not mark:
            if name in variables:
                found[name] = variables[name]
        elif raw:
            found[name] = value
        else:
            found[name] = _env_value(value.strip(), lines, {**found, **variables} if "$" in value else variables)
    return found


def _env_value(value: str, lines: object, variables: Mapping[str, str]) -> str:
    quote = value[:1]
    if quote in ("'", '"'):
        end = _closing(value, quote)
        body = value[1:end]
        if quote == "'":
            return body
        return interpolate(
            re.sub(r'\\([nrt"\\])', lambda m: {"n": "\n", "r": "\r", "t": "\t"}.get(m[1], m[1]), body), variables
        )
    return interpolate(re.split(r"\s#", value, maxsplit=1)[0].rstrip(), variables)


def _closing(value: str, quote: str) -> int:
    at = 1
    while at < len(value) and value[at] != quote:
        at += 2 if value[at] == "\\" and quote == '"' else 1
    return at


def _fill(text: str, variables: Mapping[str, str], missing: set[str], depth: int) -> str:
    parts: list[str] = []
    size = at = 0
    while at < len(text) and size <= VALUE_LIMIT:
        mark = text.find("$", at)
        if mark < 0:
            parts.append(text[at:])
            break
        filled, end = _expression(text, mark, variables, missing, depth)
        parts += (text[at:mark], filled)
        size += len(filled) + mark - at
        at = end
    return "".join(parts)


def _expression(text: str, mark: int, variables: Mapping[str, str], missing: set[str], depth: int) -> tuple[str, int]:
    """The value of the expression at `mark` and where it ends."""
    following = text[mark + 1 : mark + 2]
    if following == "$":
        return "$", mark + 2
    if following != "{":
        name = _NAME.match(text, mark + 1)
        return (variables.get(name[0], ""), name.end()) if name else ("$", mark + 1)
    end = _brace_end(text, mark + 2)
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


def _brace_end(text: str, at: int) -> int:
    """Index of the brace that closes the one before `at`, -1 when there is none."""
    open_braces = 1
    while at < len(text):
        if text[at] == "$" and text[at + 1 : at + 2] == "{":
            open_braces += 1
            at += 1
        elif text[at] == "}":
            open_braces -= 1
            if not open_braces:
                return at
        at += 1
    return -1
