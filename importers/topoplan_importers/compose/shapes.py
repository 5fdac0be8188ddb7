"""Reads one service mapping, in any of the forms its attributes may take, into a `Layer`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from topoplan.importing.documents import tag_of
from topoplan.importing.workspace import Workspace
from topoplan.model.place import Where
from topoplan_importers.compose.layers import (
    LISTS,
    REPLACED,
    SCALARS,
    Build,
    Entry,
    EnvFile,
    Fill,
    Layer,
    command,
    pairs,
    strings,
    text_of,
)
from topoplan_importers.places import at

_TAGGED = ("!reset", "!override")


def read_service(raw: dict[str, object], where: Where, folder: str, fill: Fill, workspace: Workspace) -> Layer:
    """The layer of one service. `folder` is what its relative paths start from. Values of a wrong type are passed
    over, never raised."""
    mappings: dict[str, dict[str, Entry]] = {}
    removed: set[tuple[str, str]] = set()
    for group, source in (("environment", "environment"), ("labels", "labels"), ("extra_hosts", "extra_hosts")):
        if source in raw:
            separators = ":=" if group == "extra_hosts" else "="
            mappings[group] = _mapping(group, pairs(raw[source], at(where, raw, source), fill, separators), removed)
    for group, entries in (
        ("depends_on", _dependencies(raw, where, fill)),
        ("links", _links(raw, "links", where, fill)),
        ("external_links", _links(raw, "external_links", where, fill)),
        ("aliases", _aliases(raw, where, fill)),
        ("build_args", _build_args(raw, where, fill)),
    ):
        mappings[group] = _mapping(group, entries, removed)
    deploy = raw.get("deploy")
    if isinstance(deploy, dict) and "labels" in deploy:
        entries = pairs(deploy["labels"], at(where, deploy, "labels"), fill)
        mappings["labels"] = {**_mapping("labels", entries, removed), **mappings.get("labels", {})}
    return Layer(
        where,
        {k: e for k in SCALARS for e in _scalar(raw, k, where, fill)},
        mappings,
        dict(_lists(raw, where, folder, fill, workspace)),
        _build(raw.get("build"), raw.get("dockerfile"), folder, fill, workspace),
        frozenset(str(k) for k, v in raw.items() if tag_of(v) in _TAGGED),
        frozenset(removed),
    )


def _mapping(group: str, entries: Iterator[tuple[str, Entry, str]], removed: set[tuple[str, str]]) -> dict[str, Entry]:
    made: dict[str, Entry] = {}
    for key, entry, tag in entries:
        if tag == "!reset":
            removed.add((group, key))
        elif key:
            made[key] = entry
    return made


def _scalar(raw: dict[str, object], key: str, where: Where, fill: Fill) -> Iterator[Entry]:
    text = text_of(raw.get(key))
    if text is not None and tag_of(raw[key]) != "!reset":
        yield Entry(fill(text).strip(), at(where, raw, key))


def _lists(
    raw: dict[str, object], where: Where, folder: str, fill: Fill, workspace: Workspace
) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    for key in (*REPLACED, *LISTS):
        value = raw.get(key)
        if value is None or tag_of(value) == "!reset":
            continue
        place = at(where, raw, key)
        if key == "healthcheck":
            if isinstance(value, dict):
                yield from _health_test(value, place, fill)
        elif key in REPLACED:
            yield key, command(value, place, fill)
        elif key == "ports":
            yield key, tuple(_ports(value, place, fill))
        elif key == "env_file":
            yield key, tuple(_env_files(value, place, folder, fill))
        elif key == "volumes":
            yield key, tuple(_mounts(value, place, folder, fill, workspace))
        elif key in ("configs", "secrets"):
            yield key, tuple(_sources(value, place, fill))
        else:
            yield key, tuple(strings(value, place, fill))


def _health_test(raw: dict[str, object], where: Where, fill: Fill) -> Iterator[tuple[str, tuple[Entry, ...]]]:
    """The command line of a health check, empty where the check is switched off."""
    if text_of(raw.get("disable")) == "true":
        yield "healthcheck", ()
    elif raw.get("test") is not None and tag_of(raw["test"]) != "!reset":
        line = command(raw["test"], at(where, raw, "test"), fill)
        marked = bool(line) and line[0].text in ("CMD", "CMD-SHELL", "NONE")
        yield "healthcheck", line[1:] if marked else line


def _ports(value: object, where: Where, fill: Fill) -> Iterator[Entry]:
    """Ports in the short form, long ones rewritten to it."""
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        place = at(where, value, index) if isinstance(value, list) else where
        if isinstance(item, dict):
            target, published = text_of(item.get("target")), text_of(item.get("published"))
            if target:
                yield Entry(fill(f"{published}:{target}" if published else target), place)
        elif text := text_of(item):
            yield Entry(fill(text), place)


def _env_files(value: object, where: Where, folder: str, fill: Fill) -> Iterator[EnvFile]:
    for index, item in enumerate(value if isinstance(value, list) else [value]):
        place = at(where, value, index) if isinstance(value, list) else where
        long = item if isinstance(item, dict) else {"path": item}
        path = text_of(long.get("path"))
        if path:
            required = text_of(long.get("required")) not in ("false", "no", "off")
            yield EnvFile(fill(path), place, folder, long.get("format") == "raw", required)


def _mounts(value: object, where: Where, folder: str, fill: Fill, workspace: Workspace) -> Iterator[Entry]:
    """Shown paths of the files and folders of the project that are bind-mounted."""
    for index, item in enumerate(value if isinstance(value, list) else []):
        written = item.get("source") if isinstance(item, dict) and item.get("type") == "bind" else item
        source = fill(text_of(written) or "").partition(":")[0]
        shown = workspace.join(folder + "/", source) if "/" in source or source.startswith(".") else None
        if shown is not None and (workspace.is_file(shown) or workspace.is_dir(shown)):
            yield Entry(shown, at(where, value, index))


def _sources(value: object, where: Where, fill: Fill) -> Iterator[Entry]:
    for index, item in enumerate(value if isinstance(value, list) else []):
        text = text_of(item.get("source") if isinstance(item, dict) else item)
        if text:
            yield Entry(fill(text), at(where, value, index))


def _dependencies(raw: dict[str, object], where: Where, fill: Fill) -> Iterator[tuple[str, Entry, str]]:
    """depends_on; the text of an entry is its condition."""
    value = raw.get("depends_on")
    place = at(where, raw, "depends_on")
    if isinstance(value, dict):
        for key, item in value.items():
            condition = text_of(item.get("condition")) if isinstance(item, dict) else ""
            yield str(key), Entry(condition or "", at(place, value, key)), tag_of(item)
    else:
        for entry in strings(value, place, fill):
            yield entry.text or "", Entry("", entry.where), ""


def _links(raw: dict[str, object], key: str, where: Where, fill: Fill) -> Iterator[tuple[str, Entry, str]]:
    """`target:alias`, told as alias → target."""
    for entry in strings(raw.get(key), at(where, raw, key), fill):
        target, _, alias = (entry.text or "").partition(":")
        yield alias or target, Entry(target, entry.where), ""


def _aliases(raw: dict[str, object], where: Where, fill: Fill) -> Iterator[tuple[str, Entry, str]]:
    networks = raw.get("networks")
    for name, network in networks.items() if isinstance(networks, dict) else ():
        if isinstance(network, dict):
            place = at(at(where, networks, name), network, "aliases")
            for entry in strings(network.get("aliases"), place, fill):
                yield entry.text or "", entry, ""


def _build_args(raw: dict[str, object], where: Where, fill: Fill) -> Iterator[tuple[str, Entry, str]]:
    build = raw.get("build")
    if isinstance(build, dict):
        yield from pairs(build.get("args"), at(where, build, "args"), fill)


def _build(value: object, dockerfile: object, folder: str, fill: Fill, workspace: Workspace) -> Build | None:
    raw = value if isinstance(value, dict) else {"context": value, "dockerfile": dockerfile}
    if value is None or tag_of(value) == "!reset":
        return None
    context = fill(text_of(raw.get("context")) or ".")
    if "://" in context or context.startswith(("git@", "github.com/")):
        return None
    shown = workspace.join(folder + "/", context)
    file = fill(text_of(raw.get("dockerfile")) or "")
    return Build(shown, posixpath.normpath(file) if file else "")
