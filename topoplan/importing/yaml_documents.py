"""YAML to builtins in one guarded pass over libyaml's events, with a line for every value.

Scalars follow the YAML 1.2 core schema: only plain `null`, `true`, `false`, decimal, `0x` and `0o` integers and floats
are typed. `yes`, `22:22`, `2024-01-31`, `.inf` and numbers too large for Python stay strings, keys always are, and so
are numbers with a leading zero (`0440`), which YAML 1.1 and 1.2 read differently.
A merge key (`<<`) fills in keys the mapping does not have itself. Aliases share one value: treat results as immutable.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import chain, islice
from sys import intern
from typing import Any, NoReturn

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from topoplan.errors import DocumentError
from topoplan.importing.parsed import MAX_DEPTH, MAX_DUPLICATES, Document, decode_text, is_utf16
from topoplan.importing.yaml_values import YamlList, YamlMap, YamlText
from topoplan.model.collector import collector_paused
from topoplan.model.facts import Notice, Severity
from topoplan.model.place import Where
from topoplan.model.text import clean

MAX_NODES = 2_000_000
"""Values one file may hold with every alias written out. The largest of 10,294 real files has 120,989."""
_MAX_EVENTS = 2 * MAX_NODES
"""Events one file may hold: a mapping spends two of them on a value."""

_MAX_TAG_DIRECTIVES = 100
"""libyaml compares each of these, and each tag, with all of them: 100,000 would take a quarter of a minute."""

_CORE_TAGS = "tag:yaml.org,2002:"
_TYPED = re.compile(
    r"(?P<null>~|null|Null|NULL|)|(?P<true>true|True|TRUE)|(?P<false>false|False|FALSE)"
    r"|(?P<int>[-+]?(?:0|[1-9][0-9]*))|(?P<radix>0x[0-9a-fA-F]+|0o[0-7]+)"
    r"|(?P<float>[-+]?(?:\.[0-9]+|(?:0|[1-9][0-9]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?)"
)
_TYPED_STARTS = frozenset(["", *"~nNtTfF+-.0123456789"])


def load_yaml_all(data: bytes, path: str) -> tuple[Document, ...]:
    """All documents of a YAML stream in UTF-8 or UTF-16; none for an empty file.

    Raises DocumentError with file and line: `yaml-malformed`, `yaml-too-deep`, `yaml-too-large` or, when aliases write
    out to too much or to themselves, `yaml-bomb`.
    """
    if is_utf16(data):
        data = decode_text(data, path, "yaml-malformed").encode("utf-8", "replace")
    if data.count(b"%TAG") > _MAX_TAG_DIRECTIVES:
        raise DocumentError("has too many %TAG directives", slug="yaml-bomb", where=path)
    try:
        with collector_paused():
            return _Reader(data, path).documents()
    except yaml.reader.ReaderError as error:
        line = data.count(b"\n", 0, error.position) + 1
        message = f"holds a character YAML does not allow: {error.reason}"
        raise DocumentError(message, slug="yaml-malformed", where=f"{path}:{line}") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        message = f"{error.problem} {error.context or ''}".strip()
        raise DocumentError(message, slug="yaml-malformed", where=str(Where(path, line))) from None


class _Reader:
    """Builds the documents of one stream. Recursion is bounded by MAX_DEPTH, one frame a level."""

    def __init__(self, data: bytes, path: str) -> None:
        self.path = path
        loader = yaml.CBaseLoader(data)
        self.events: Iterator[Any] = chain(islice(iter(loader.get_event, None), _MAX_EVENTS), self._beyond())
        self.anchors: dict[str, tuple[Any, int, int] | None] = {}
        """Value, expanded size and height by anchor; None while it is being built."""
        self.size = 0
        """Values so far with every alias written out, up to the last finished container."""
        self.deepest = 0
        self.notices: list[Notice] = []
        self.duplicates = 0
        self.typed: dict[str, Any] = {}

    def documents(self) -> tuple[Document, ...]:
        found = []
        for event in self.events:
            if event.__class__ is DocumentStartEvent:
                self.anchors, self.notices, self.duplicates = {}, [], 0
                value = self._node(next(self.events), 1)
                found.append(Document(value, self._told()))
            elif event.__class__ is StreamEndEvent:
                break
        return tuple(found)

    def _node(self, event: Any, depth: int) -> Any:
        """The value of any node; `depth` is the nesting of a container that starts here."""
        if event.__class__ is AliasEvent:
            return self._alias(event, depth)
        anchor = event.anchor
        if anchor is None:
            return self._unanchored(event, depth)
        self.anchors[anchor] = None
        size, deepest, self.deepest = self.size, self.deepest, depth - 1
        value = self._unanchored(event, depth)
        self.anchors[anchor] = (value, self.size - size + 1, self.deepest - depth + 1)
        self.deepest = max(deepest, self.deepest)
        return value

    def _unanchored(self, event: Any, depth: int) -> Any:
        if event.__class__ is ScalarEvent:
            return self._scalar(event)
        if depth > MAX_DEPTH:
            self._refuse(f"is nested deeper than {MAX_DEPTH} levels", "yaml-too-deep", event)
        if depth > self.deepest:
            self.deepest = depth
        return self._mapping(event, depth) if event.__class__ is MappingStartEvent else self._sequence(event, depth)

    def _scalar(self, event: ScalarEvent) -> Any:
        text, tag = event.value, event.tag
        if tag is None or tag == "!":
            return self._plain(text) if event.implicit[0] and tag is None else text
        if tag.startswith(_CORE_TAGS):
            return text if tag == _CORE_TAGS + "str" else self._plain(text)
        tagged = YamlText("" if not event.style and self._plain(text) is None else text)
        tagged.tag = tag
        return tagged

    def _plain(self, text: str) -> Any:
        """The typed value of a plain scalar, remembered: real files repeat few of them."""
        if text[:1] not in _TYPED_STARTS:
            return text
        try:
            return self.typed[text]
        except KeyError:
            value = self.typed[text] = _typed(text)
            return value

    def _sequence(self, start: SequenceStartEvent, depth: int) -> YamlList:
        result = YamlList()
        lines: list[int] = []
        result.line, result.lines, result.tag = _line(start), lines, _application_tag(start)
        plain, node = self._plain, self._node
        for event in self.events:
            kind = event.__class__
            if kind is SequenceEndEvent:
                break
            lines.append(event.start_mark.line + 1)
            if kind is ScalarEvent and event.anchor is None and event.tag is None:
                result.append(plain(event.value) if event.implicit[0] else event.value)
            else:
                result.append(node(event, depth + 1))
        self.size += len(result)
        return result

    def _mapping(self, start: MappingStartEvent, depth: int) -> YamlMap:
        result = YamlMap()
        lines: dict[str, int] = {}
        result.line, result.lines, result.tag = _line(start), lines, _application_tag(start)
        merges: list[tuple[Any, Event]] = []
        events, plain, node = self.events, self._plain, self._node
        for event in events:
            kind = event.__class__
            if kind is MappingEndEvent:
                break
            key = intern(event.value) if kind is ScalarEvent and event.anchor is None else self._key(event)
            content = next(events)
            if content.__class__ is ScalarEvent and content.anchor is None and content.tag is None:
                value = plain(content.value) if content.implicit[0] else content.value
            else:
                value = node(content, depth + 1)
            if key == "<<" and _is_merge(event):
                merges.append((value, event))
                continue
            if key in lines:
                self._duplicate(key, event, lines[key])
            result[key] = value
            lines[key] = event.start_mark.line + 1
        for value, event in merges:
            self._merge(result, value, event)
        self.size += len(result)
        return result

    def _key(self, event: NodeEvent) -> str:
        """The text of an anchored or aliased key."""
        if event.__class__ is ScalarEvent:
            key = intern(event.value)
            self.anchors[str(event.anchor)] = (self._scalar(event), 1, 0)
            return key
        value = self._alias(event, 1) if event.__class__ is AliasEvent else None
        if value is None or isinstance(value, YamlMap | YamlList):
            self._refuse(
                "has a mapping, a list or nothing as a key; perhaps a template that was not rendered",
                "yaml-malformed",
                event,
            )
        return str(value) if isinstance(value, str) else json.dumps(value)

    def _merge(self, target: YamlMap, source: Any, event: Event) -> None:
        """Fill `target` from a merged mapping or list of mappings; keys it has, and earlier sources, win."""
        for mapping in source if isinstance(source, YamlList) else (source,):
            if not isinstance(mapping, YamlMap):
                self._tell("merge-not-a-mapping", "a merge key (<<) without a mapping has no effect", event)
                continue
            for key, value in mapping.items():
                if key not in target:
                    target[key] = value
                    target.lines[key] = mapping.lines[key]

    def _alias(self, event: NodeEvent, depth: int) -> Any:
        name = str(event.anchor)
        if name not in self.anchors:
            self._refuse(f"has an alias to the unknown anchor {clean(name, 60)}", "yaml-malformed", event)
        known = self.anchors[name]
        if known is None:
            self._refuse(f"has an anchor that holds itself: {clean(name, 60)}", "yaml-bomb", event)
        value, size, height = known
        self.size += size
        if self.size > MAX_NODES:
            self._refuse(f"has aliases that write out to more than {MAX_NODES:,} values", "yaml-bomb", event)
        if depth + height - 1 > MAX_DEPTH:
            self._refuse(f"has aliases that nest deeper than {MAX_DEPTH} levels", "yaml-too-deep", event)
        self.deepest = max(self.deepest, depth + height - 1)
        return value

    def _duplicate(self, key: str, event: Event, first: int) -> None:
        self.duplicates += 1
        if self.duplicates <= MAX_DUPLICATES:
            self._tell("duplicate-key", f"key {clean(key)} is already on line {first}; the last one counts", event)

    def _tell(self, slug: str, message: str, event: Event) -> None:
        where = Where(self.path, _line(event))
        self.notices.append(Notice(Severity.WARNING, slug, message, where))

    def _told(self) -> tuple[Notice, ...]:
        more = self.duplicates - MAX_DUPLICATES
        if more > 0:
            self.notices.append(
                Notice(Severity.WARNING, "duplicate-key", f"{more} more duplicate keys", Where(self.path))
            )
        return tuple(self.notices)

    def _refuse(self, message: str, slug: str, event: Event) -> NoReturn:
        raise DocumentError(message, slug=slug, where=f"{self.path}:{_line(event)}")

    def _beyond(self) -> Iterator[Event]:
        """Takes over when the allowed events are used up."""
        yield from ()
        raise DocumentError(f"holds more than {MAX_NODES:,} values", slug="yaml-too-large", where=self.path)


def _typed(text: str) -> Any:
    """The core-schema value of a plain scalar; the text itself when it has no other type."""
    match = _TYPED.fullmatch(text)
    if match is None:
        return text
    kind = match.lastgroup
    try:
        if kind == "int":
            return int(text)
        if kind == "radix":
            return int(text, 0)
    except ValueError:  # more digits than Python converts
        return text
    if kind == "float":
        number = float(text)
        return number if math.isfinite(number) else text
    return {"null": None, "true": True, "false": False}[str(kind)]


def _line(event: Event) -> int:
    return event.start_mark.line + 1 if event.start_mark else 0


def _is_merge(key: Event) -> bool:
    """Whether a key spelt `<<` is plain; a quoted one is just a key."""
    return isinstance(key, ScalarEvent) and bool(key.implicit[0])


def _application_tag(event: NodeEvent) -> str:
    tag: str | None = getattr(event, "tag", None)
    return "" if tag is None or tag == "!" or tag.startswith(_CORE_TAGS) else tag
