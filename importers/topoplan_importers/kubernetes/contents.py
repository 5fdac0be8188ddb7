"""Addresses in the files that a config map holds: settings in several notations, and configuration of nginx."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.importing.documents import load_json, load_yaml_all
from topoplan.model.place import Where
from topoplan_importers.addresses import find_addresses
from topoplan_importers.gateways import nginx
from topoplan_importers.gateways.spring import properties
from topoplan_importers.gateways.tree import Tree
from topoplan_importers.variables import Reference, references

_MAX_CHARS = 65_536
"""Characters of one file that are looked at; many workloads may mount the same long one."""
_MAX_SETTINGS = 500


class Setting(Struct, frozen=True):
    """The addresses under one name. `routed`: requests are passed on to them."""

    name: str
    references: tuple[Reference, ...]
    routed: bool = False


def settings_of(key: str, value: str) -> Iterator[Setting]:
    """The settings in a file called `key` that name an address. Never raises: what cannot be read says nothing."""
    text, name = value[:_MAX_CHARS], key.lower()
    if "proxy_pass" in text or "grpc_pass" in text:
        found = nginx.read(text, key)
        for target in nginx.resolved(found, found.upstreams):
            named = (Reference(target.rule, a, True, False, False) for a in find_addresses(target.value))
            if "$" not in target.value:
                yield Setting(target.rule, tuple(named), True)
        return
    for count, (label, setting) in enumerate(_pairs(name, text)):
        made = tuple(references(label, setting)) if count < _MAX_SETTINGS else ()
        if made:
            yield Setting(label, made)


def _pairs(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name.endswith((".yaml", ".yml", ".json")):
        for root in _documents(name, text):
            yield from ((label, leaf.text) for label, leaf in root.leaves())
    elif name.endswith((".properties", ".env", ".ini", ".conf", ".cfg", ".toml")) or name == ".env":
        yield from ((label, value.strip("\"'")) for label, value, _ in properties(text, name))
    elif "\n" not in text.strip():
        yield name, text


def _documents(name: str, text: str) -> list[Tree]:
    try:
        data = text.encode()
        found = (load_json(data, name),) if name.endswith(".json") else load_yaml_all(data, name)
    except DocumentError:
        return []
    return [Tree(document.value, Where(name)) for document in found]
