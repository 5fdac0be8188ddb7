"""One kustomization file: what it leads to, and what of it lies out of reach."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from msgspec import Struct

from topoplan.importing.workspace import Workspace
from topoplan_importers.kubernetes.manifests import dig, sequence, text
from topoplan_importers.kubernetes.recognise import KUSTOMIZATIONS

_REMOTE = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*::?//|[\w.-]+@|[\w-]+(?:\.[\w-]+)*\.(?:com|org|io|net|dev)[/:])|\?ref=", re.I
)
_MAX_ENTRIES = 2_000
"""Entries of one list that are followed."""
_UNAPPLIED = ("replacements", "vars", "helmCharts", "helmChartInflationGenerator", "transformers", "generators")


class Kustomization(Struct, frozen=True):
    """`resources` and `components` are shown paths of manifests and of other kustomizations, in order, `patches` those
    of patch files. `unread` says what else it names, each with the reason."""

    path: str
    body: Mapping[str, Any]
    resources: tuple[str, ...]
    components: tuple[str, ...]
    patches: tuple[str, ...]
    unread: tuple[str, ...]

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path)

    @property
    def is_component(self) -> bool:
        return text(self.body.get("kind")) == "Component"


def kustomization(path: str, body: Mapping[str, Any], workspace: Workspace, known: Collection[str]) -> Kustomization:
    """`known`: the manifests and kustomizations that may be read."""
    unread: dict[str, None] = {}

    def found(*keys: str) -> Iterator[str]:
        for key in keys:
            for entry in sequence(body.get(key))[:_MAX_ENTRIES]:
                target, reason = _target(path, text(entry), workspace, known)
                if target:
                    yield target
                elif reason:
                    unread[reason] = None

    resources = tuple(dict.fromkeys(found("resources", "bases")))
    components = tuple(dict.fromkeys(found("components")))
    patches = [workspace.join(path, name) for name in _patch_files(body)]
    unread |= {f"{key} not applied": None for key in _UNAPPLIED if body.get(key)}
    return Kustomization(
        path, body, resources, components, tuple(dict.fromkeys(p for p in patches if p is not None)), tuple(unread)
    )


def inline(entry: object) -> bool:
    """Whether an entry of `patchesStrategicMerge` is the patch itself rather than its path."""
    return "\n" in text(entry) or text(entry).lstrip().startswith("{")


def _patch_files(body: Mapping[str, Any]) -> Iterator[str]:
    named = [entry for entry in sequence(body.get("patchesStrategicMerge"))[:_MAX_ENTRIES] if not inline(entry)]
    for group in ("patches", "patchesJson6902"):
        named += [dig(entry, "path") for entry in sequence(body.get(group))[:_MAX_ENTRIES]]
    yield from filter(None, map(text, named))


def _target(path: str, written: str, workspace: Workspace, known: Collection[str]) -> tuple[str, str]:
    """The manifest or kustomization an entry names, else the reason why it is not read."""
    if not written:
        return "", ""
    if _REMOTE.search(written):
        return "", f"remote base not read: {_bare(written)}"
    shown = workspace.join(path, written)
    if shown is None:
        return "", f"outside the analysed folders: {_bare(written)}"
    if workspace.is_dir(shown):
        inside = (posixpath.join(shown, name) for name in workspace.names(shown) if name.lower() in KUSTOMIZATIONS)
        target = next(iter(inside), "")
        return (
            (posixpath.normpath(target), "") if target in known else ("", f"no kustomization read in {_bare(written)}")
        )
    return (shown, "") if shown in known else ("", "" if workspace.is_file(shown) else f"not found: {_bare(written)}")


def _bare(written: str) -> str:
    """The text of a reference without user, password and query, of bounded length."""
    plain = re.sub(r"^[a-z][a-z0-9+.-]*::?//", "", written.partition("?")[0][:300], flags=re.I)
    return plain.rpartition("@")[2].partition("#")[0][:120]
