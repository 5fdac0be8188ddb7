"""What YAML becomes: builtins that know the lines and tags they were written with."""

from __future__ import annotations

from typing import Any


class YamlMap(dict[str, Any]):
    """A YAML mapping with string keys. `line` is where it starts, `lines` where each key stands; both count from 1.
    `tag` is an application tag such as `!override`, empty for none."""

    __slots__ = ("line", "lines", "tag")
    line: int
    lines: dict[str, int]
    tag: str


class YamlList(list[Any]):
    """A YAML sequence; `line` is where it starts, `lines` where each item starts, `tag` as in `YamlMap`."""

    __slots__ = ("line", "lines", "tag")
    line: int
    lines: list[int]
    tag: str


class YamlText(str):
    """A scalar with an application tag: `!Ref Queue` is the text `Queue` with the tag `!Ref`. A tagged null
    (`!reset null`, `!reset`) is the empty text."""

    __slots__ = ("tag",)
    tag: str


def line_of(container: Any, key: str | int) -> int:
    """Line of `key` in a YamlMap or of item `key` in a YamlList; 0 for anything else."""
    lines = getattr(container, "lines", None)
    if lines is None:
        return 0
    try:
        return int(lines[key])
    except (KeyError, IndexError):
        return 0


def tag_of(value: Any) -> str:
    """The application tag (`!reset`, `!Ref`) a value was written with; empty for none."""
    return str(getattr(value, "tag", ""))
