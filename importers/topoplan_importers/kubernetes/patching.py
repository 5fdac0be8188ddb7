"""Lays patches over manifests: strategic merge patches and JSON patches (RFC 6902), as kustomize does.

Everything stays in place: what a patch sets carries the file and line of the patch. Nothing given is changed; a patched
manifest is made anew along the changed branches only.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from topoplan.importing.documents import line_of
from topoplan_importers.kubernetes.manifests import mapping, text
from topoplan_importers.kubernetes.placed import entries_of, items_of, made_list, made_map

Entry = tuple[Any, str, int]
"""A value with its file and line."""
_DIRECTIVE: Final = "$patch"
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(("containers", "initContainers", "env", "volumes", "imagePullSecrets"), ("name",)),
    "volumeMounts": ("mountPath",),
    "ports": ("containerPort", "port"),
    "hostAliases": ("ip",),
}
"""What tells the items of a list apart, by the list's name; other lists are replaced whole.
Source: the `patchMergeKey` markers of the Kubernetes API."""
_MAX_TOKENS = 100


class BadPointerError(Exception):
    """An operation of a JSON patch that does not fit what it is laid over."""


def removes(patch: Mapping[str, Any]) -> bool:
    """Whether a strategic merge patch takes its target away."""
    return text(patch.get(_DIRECTIVE)) == "delete"


def merged(lower: dict[str, Any], upper: dict[str, Any], path: str) -> dict[str, Any]:
    """A strategic merge patch laid over a mapping of the file `path`; `upper` must be stamped."""
    if text(upper.get(_DIRECTIVE)) == "replace":
        lower = {}
    made = entries_of(lower, path)
    for key, (value, file, line) in entries_of(upper, path).items():
        below = lower.get(key)
        if key.startswith("$"):
            continue
        if value is None or (isinstance(value, dict) and removes(value)):
            made.pop(key, None)
        elif isinstance(value, dict) and isinstance(below, dict):
            made[key] = merged(below, value, path), file, line
        elif isinstance(value, list) and isinstance(below, list) and key in _KEYS:
            made[key] = _joined(below, value, _KEYS[key], path), file, line
        else:
            made[key] = value, file, line
    return made_map(made)


def _joined(lower: list[Any], upper: list[Any], keys: tuple[str, ...], path: str) -> list[Any]:
    """Items of the patch laid over those they mean; further ones come after."""
    if any(text(mapping(item).get(_DIRECTIVE)) == "replace" for item in upper):
        lower = []
    places: dict[str, int] = {}
    for number, item in enumerate(lower):
        places.setdefault(_identity(item, keys) or f"#{number}", number)
    made: list[Entry | None] = list(items_of(lower, path))
    for item, file, line in items_of(upper, path):
        place = places.get(_identity(item, keys))
        if removes(mapping(item)):
            if place is not None:
                made[place] = None
        elif place is not None and (below := made[place]) is not None and isinstance(item, dict):
            made[place] = merged(mapping(below[0]), item, path), file, line
        elif _DIRECTIVE not in mapping(item):
            made.append((item, file, line))
    return made_list([entry for entry in made if entry is not None])


def _identity(item: object, keys: tuple[str, ...]) -> str:
    return next((f"{key}={text(mapping(item)[key])}" for key in keys if text(mapping(item).get(key))), "")


def operated(body: dict[str, Any], operations: Sequence[Entry], path: str) -> dict[str, Any]:
    """A JSON patch laid over a manifest of the file `path`. Raises BadPointerError where an operation does not fit;
    none of them then counts, as none does in RFC 6902."""
    made: Any = body
    for operation, file, line in operations:
        given = mapping(operation)
        verb, target = text(given.get("op")), _tokens(given.get("path"))
        value: Any = given.get("value")
        if verb in ("move", "copy"):
            source = _tokens(given.get("from"))
            value = _found(made, source)
            made = _changed(made, source, "remove", (None, file, line), path) if verb == "move" else made
            verb = "add"
        if verb == "test":
            if _found(made, target) != value:
                raise BadPointerError
        elif verb in ("add", "replace", "remove") and target:
            made = _changed(made, target, verb, (value, file, line_of(given, "value") or line), path)
        else:
            raise BadPointerError
    return mapping(made)


def _tokens(pointer: object) -> tuple[str, ...]:
    """The parts of a JSON pointer (RFC 6901)."""
    head, *parts = text(pointer).split("/")
    if head or len(parts) > _MAX_TOKENS:
        raise BadPointerError
    return tuple(part.replace("~1", "/").replace("~0", "~") for part in parts)


def _found(value: Any, tokens: tuple[str, ...]) -> Any:
    for token in tokens:
        if isinstance(value, dict) and token in value:
            value = value[token]
        elif isinstance(value, list):
            value = value[_number(token, len(value))]
        else:
            raise BadPointerError
    return value


def _changed(value: Any, tokens: tuple[str, ...], verb: str, entry: Entry, path: str) -> Any:
    head, *rest = tokens
    if isinstance(value, dict):
        entries = entries_of(value, path)
        if rest or verb != "add":
            _known(head in entries)
        if rest:
            below, file, line = entries[head]
            entries[head] = _changed(below, tuple(rest), verb, entry, path), file, line
        elif verb == "remove":
            del entries[head]
        else:
            entries[head] = entry
        return made_map(entries)
    _known(isinstance(value, list))
    items = items_of(value, path)
    if not rest and verb == "add":
        items.insert(len(items) if head == "-" else _number(head, len(items) + 1), entry)
        return made_list(items)
    number = _number(head, len(items))
    if rest:
        below, file, line = items[number]
        items[number] = _changed(below, tuple(rest), verb, entry, path), file, line
    elif verb == "remove":
        del items[number]
    else:
        items[number] = entry
    return made_list(items)


def _number(token: str, count: int) -> int:
    _known(token.isascii() and token.isdecimal() and len(token) < 7 and int(token) < count)
    return int(token)


def _known(fits: bool) -> None:
    if not fits:
        raise BadPointerError
