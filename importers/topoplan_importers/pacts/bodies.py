"""Names and types of the values in example bodies: what a consumer sends, and what it relies on."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections import deque
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from topoplan.errors import DocumentError
from topoplan.importing.documents import load_json
from topoplan.model.operation import Field, FieldPlace
from topoplan.model.text import clean
from topoplan_importers.pacts.rules import ITEM, Asked, rules_of

MAX_FIELD_DEPTH = 6
"""Levels of members that are listed."""
MAX_FIELDS = 300
"""Fields listed of one body, outer levels first."""
MAX_VISITS = 10_000
"""Values looked at in one body."""
MAX_TEXT = 2**20
"""Longest body, in bytes, that is read where it stands as text."""
MAX_ITEMS = 50
"""Items looked at in one list."""


class _Pending(NamedTuple):
    name: str
    value: object
    asked: Asked
    depth: int


def fields_of(part: Mapping[str, object], key: str, place: FieldPlace, *, wrapped: bool) -> tuple[Field, ...]:
    """Fields of the body under `key` of a request, response or message, sorted; none unless it is JSON.

    `wrapped`: the body stands in an object that tells its encoding, as since version 4.
    """
    body = part.get(key)
    value = _json(_unwrapped(body) if wrapped else body)
    found: dict[str, set[str]] = {}
    queue = deque([_Pending("", value, rules_of(part, sent=place is FieldPlace.REQUEST), 0)])
    for _ in range(MAX_VISITS):
        if not queue or len(found) >= MAX_FIELDS:
            break
        at = queue.popleft()
        name, kind = clean(at.name), at.asked.type_of(at.value)
        if name and not (at.name.endswith(ITEM) and kind in ("", "object")):
            found.setdefault(name, set()).add(kind)
        queue.extend(_below(at))
    return tuple(sorted(Field(place, name, _joined(types)) for name, types in found.items()))


def _below(at: _Pending) -> Iterator[_Pending]:
    if isinstance(at.value, list):
        asked = at.asked.below(ITEM)
        for item in at.value[:MAX_ITEMS]:
            yield _Pending(at.name + ITEM, _plain(item), asked, at.depth)
    elif isinstance(at.value, dict) and at.depth < MAX_FIELD_DEPTH and not at.asked.any_key:
        prefix = f"{at.name}." if at.name else ""
        for key, member in at.value.items():
            yield _Pending(prefix + key, _plain(member), at.asked.below(key), at.depth + 1)


def _joined(types: set[str]) -> str:
    """The types that one field has in the items of a list."""
    names = {name for kind in types for name in kind.split("|")} - {""}
    return "|".join(sorted(names - {"integer"} if "number" in names else names))


def _unwrapped(body: object) -> object:
    if not isinstance(body, dict):
        return None
    content, encoded = body.get("content"), body.get("encoded")
    if isinstance(content, str) and (encoded is True or str(encoded).lower() == "base64"):
        try:
            return b64decode(content, validate=False)
        except (binascii.Error, ValueError):
            return None
    return content


def _json(value: object) -> object:
    """The value, parsed where it is JSON that stands as text."""
    value = _plain(value)
    data = value.encode("utf-8", "replace") if isinstance(value, str) else value
    if not isinstance(data, bytes):
        return data
    if len(data) > MAX_TEXT or data.lstrip()[:1] not in (b"{", b"["):
        return None
    try:
        return load_json(data, "").value
    except DocumentError:
        return None


def _plain(value: object) -> object:
    """The example in a value that Ruby wrote with its matcher (`{"json_class": "Pact::Term", …}`)."""
    for _ in range(MAX_FIELD_DEPTH):
        kind = value.get("json_class") if isinstance(value, dict) else None
        if not isinstance(value, dict) or not isinstance(kind, str) or not kind.startswith("Pact::"):
            break
        data = value.get("data")
        inner = data.get("generate") if isinstance(data, dict) else value.get("contents")
        value = [inner] if kind == "Pact::ArrayLike" else inner
    return value
