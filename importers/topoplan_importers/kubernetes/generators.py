"""Config maps that a kustomization generates from literals, env files and files beside it."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.place import Where
from topoplan_importers.kubernetes.manifests import Manifest, dig, sequence, text
from topoplan_importers.places import at

_MAX_CHARS = 65_536
"""Characters of one file that are read."""
_MAX_SOURCES = 200


def generated(value: object, path: str, workspace: Workspace) -> Iterator[Manifest]:
    """The config maps of one kustomization, each at its place there. What its files say counts as if written there."""
    entries = sequence(dig(value, "configMapGenerator"))
    for number, entry in enumerate(entries):
        name = text(dig(entry, "name"))
        data: dict[str, str] = {}
        for literal in sequence(dig(entry, "literals"))[:_MAX_SOURCES]:
            key, mark, setting = text(literal).partition("=")
            data |= {key: setting.strip("\"'")} if mark else {}
        for written in [dig(entry, "env"), *sequence(dig(entry, "envs"))[:_MAX_SOURCES]]:
            data |= _settings(_content(path, text(written), workspace))
        for written in sequence(dig(entry, "files"))[:_MAX_SOURCES]:
            key, mark, file = text(written).rpartition("=")
            data |= {key if mark else posixpath.basename(file): _content(path, file, workspace)}
        if name and data:
            where = at(at(Where(path), value, "configMapGenerator"), entries, number)
            body = {"data": data, "behavior": text(dig(entry, "behavior"))}
            yield Manifest("v1", "ConfigMap", name, text(dig(value, "namespace")), where, body)


def _settings(content: str) -> dict[str, str]:
    lines = (line.strip().partition("=") for line in content.splitlines() if not line.lstrip().startswith("#"))
    return {key.strip(): setting.strip().strip("\"'") for key, mark, setting in lines if mark}


def _content(path: str, written: str, workspace: Workspace) -> str:
    shown = workspace.join(path, written) if written else None
    if shown is None or not workspace.is_file(shown):
        return ""
    try:
        return workspace.read_bytes(shown)[:_MAX_CHARS].decode("utf-8", "replace")
    except DocumentError:
        return ""
