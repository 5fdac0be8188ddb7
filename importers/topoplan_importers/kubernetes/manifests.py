"""One manifest of any kind, and safe ways into its untyped content."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from topoplan.importing.documents import Document
from topoplan.model.place import Where
from topoplan_importers.places import at

"""Starts a Helm action; what holds it has not been rendered."""
_MAX_LISTS = 4
"""Deepest nesting of `kind: List` followed; kubectl itself writes one."""


class Manifest(Struct, frozen=True):
    """One object. `namespace` is empty when not said; `deployed` is the name that a prefix or suffix makes of `name`,
    empty where none does."""

    api: str
    kind: str
    name: str
    namespace: str
    where: Where
    body: dict[str, Any]
    deployed: str = ""


def manifests(documents: Iterable[Document], path: str) -> Iterator[Manifest]:
    """The named objects of a file in order, those inside of lists included."""
    for document in documents:
        yield from _objects(document.value, path, "", _MAX_LISTS)


def mapping(value: object) -> dict[str, Any]:
    """The mapping, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def sequence(value: object) -> list[Any]:
    """The list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """The text of a string or number; empty for anything else."""
    if isinstance(value, str):
        return str(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def dig(value: object, *keys: str) -> Any:
    """The value under a path of keys, None where the path ends early."""
    for key in keys:
        value = mapping(value).get(key)
    return value


def texts(value: object) -> dict[str, str]:
    """The entries of a mapping that are texts, in order."""
    return {key: text(entry) for key, entry in mapping(value).items() if text(entry)}


def _objects(value: object, path: str, pointer: str, lists: int) -> Iterator[Manifest]:
    body = mapping(value)
    api, kind = text(body.get("apiVersion")), text(body.get("kind"))
    if not api or not kind:
        return
    if kind == "List":
        for number, item in enumerate(sequence(body.get("items")) if lists else ()):
            yield from _objects(item, path, f"{pointer}/items/{number}", lists - 1)
        return
    metadata = mapping(body.get("metadata"))
    name = text(metadata.get("name"))
    if name:
        where = at(Where(path, pointer=pointer), metadata, "name")
        yield Manifest(api, kind, name, text(metadata.get("namespace")), where, body)
