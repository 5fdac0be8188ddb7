"""Pact's matching rules, as far as they change which JSON type a consumer relies on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from topoplan.model.text import TEXT_LIMIT

MAX_RULES = 2000
"""Rules read of one body."""
MAX_APPLYING = 16
"""Rules that may apply to one value, the most particular ones."""
ITEM = "[]"
"""Stands for any item of a list in a path, `*` for any member of an object."""

_STEP = re.compile(r"""(?:\.|^)([^.\[\]$]+)|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]|\[(?:\*|\d+)\]""")
_BODIES = ("body", "content", "contents")
_FIXED = {
    "integer": "integer",
    "number": "number",
    "decimal": "number",
    "boolean": "boolean",
    **dict.fromkeys(("date", "time", "datetime", "timestamp", "semver", "include"), "string"),
}
_ANY_KEY = frozenset({"values", "eachKey", "eachValue"})


class Rule(Struct):
    """What is asked of the values at one path, and of those below it."""

    matchers: list[str] = field(default_factory=list)
    any_of: bool = False
    below: dict[str, Rule] = field(default_factory=dict)

    def add(self, steps: list[str], matchers: list[str], *, any_of: bool) -> None:
        """Ask `matchers` of the values at the path of `steps`."""
        rule = self
        for step in steps:
            rule = rule.below.setdefault(step, Rule())
        rule.matchers += matchers
        rule.any_of = rule.any_of or any_of


class Asked(Struct, frozen=True):
    """What is asked of one value in a body: by its own rules, and by those above it."""

    rules: tuple[Rule, ...]
    """The most particular first, which is the one that counts."""
    loose: bool = False
    """A rule above asks for the type only, which also holds for what is below."""
    sent: bool = False
    """The example itself is sent to the provider, so that asking for its type makes it no other number."""

    def below(self, step: str) -> Asked:
        """What is asked of a member of that name, or of the items of a list (`ITEM`)."""
        rules = tuple(r.below[key] for r in self.rules for key in dict.fromkeys((step, "*")) if key in r.below)
        return Asked(rules[:MAX_APPLYING], self.loose or any("type" in r.matchers for r in self.rules), self.sent)

    @property
    def any_key(self) -> bool:
        """Whether the members of this object may have any names, as in a map."""
        return any(not _ANY_KEY.isdisjoint(r.matchers) for r in self.rules)

    def type_of(self, value: object) -> str:
        """The JSON type asked for, several joined by `|`; empty when none is. Null tells no type: what is null in an
        example is something else, which it does not show, in other answers."""
        own = json_type(value)
        rule = next((r for r in self.rules if r.matchers), None)
        if rule is None:
            return self._typed(own) if self.loose else own
        types = {self._asked(matcher, own) for matcher in rule.matchers if matcher != "null"}
        if rule.any_of:
            return "" if "" in types else "|".join(sorted(types))
        if "integer" in types:
            types.discard("number")
        return "|".join(sorted(types - {""}))

    def _asked(self, matcher: str, own: str) -> str:
        """The type a matcher asks for where the example has type `own`. A pattern is held against the value as text,
        so that it pins no type but that of a text."""
        if matcher in _FIXED:
            return _FIXED[matcher]
        if matcher == "type":
            return self._typed(own)
        return own if matcher != "regex" or own == "string" else ""

    def _typed(self, own: str) -> str:
        """To be of the type of an integer is to be a number: Pact tells no further."""
        return "number" if own == "integer" and not self.sent else own


def rules_of(part: Mapping[str, object], *, sent: bool) -> Asked:
    """The rules for the body of a request (`sent`), response or message, as any version of the specification has it."""
    root = Rule()
    given = part.get("matchingRules")
    for number, (path, said) in enumerate(_body_rules(given if isinstance(given, dict) else {})):
        if number >= MAX_RULES:
            break
        matchers = said.get("matchers", [said])
        names = [_name(m) for m in (matchers if isinstance(matchers, list) else ()) if isinstance(m, dict)]
        root.add(path, [name for name in names if name], any_of=said.get("combine") == "OR")
    return Asked((root,), sent=sent)


def json_type(value: object) -> str:
    """JSON Schema's name for the type of a parsed value; empty for null."""
    if isinstance(value, bool):
        return "boolean"
    for kind, name in ((str, "string"), (int, "integer"), (float, "number"), (dict, "object"), (list, "array")):
        if isinstance(value, kind):
            return name
    return ""


def _body_rules(given: Mapping[str, object]) -> Iterator[tuple[list[str], Mapping[str, object]]]:
    """Paths below the body with what is asked there: `$.body.name` beside others until version 2, then by part."""
    for key, said in given.items():
        if not isinstance(said, dict):
            continue
        if key.startswith("$"):
            steps = _steps(key)
            if steps[:1] == ["body"]:
                yield steps[1:], said
        elif key in _BODIES:
            yield from ((_steps(path), rule) for path, rule in said.items() if isinstance(rule, dict))


def _steps(path: str) -> list[str]:
    return [m[1] or m[2] or m[3] or ITEM for m in _STEP.finditer(path[:TEXT_LIMIT])]


def _name(matcher: Mapping[str, object]) -> str:
    """The kind of a matcher; the first versions leave it to be told by its settings."""
    said = matcher.get("match")
    if isinstance(said, str):
        return said
    return "regex" if "regex" in matcher else "type" if {"min", "max"} & set(matcher) else ""
