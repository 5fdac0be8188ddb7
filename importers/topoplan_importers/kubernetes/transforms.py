"""What a kustomization lays over all its manifests: labels and images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from topoplan_importers.kubernetes.manifests import Manifest, dig, mapping, sequence, text, texts
from topoplan_importers.kubernetes.patching import merged
from topoplan_importers.kubernetes.placed import stamped
from topoplan_importers.kubernetes.workloads import is_workload, pod_path

_MAX_IMAGES = 500


def labelled(manifest: Manifest, body: Mapping[str, Any]) -> Manifest:
    """With `commonLabels`, and those of `labels` that reach selectors or templates."""
    selecting = texts(body.get("commonLabels"))
    plain: dict[str, str] = {}
    for entry in sequence(body.get("labels")):
        pairs = texts(dig(entry, "pairs"))
        if dig(entry, "includeSelectors") is True:
            selecting |= pairs
        elif dig(entry, "includeTemplates") is True:
            plain |= pairs
    if not selecting and not plain:
        return manifest
    if is_workload(manifest):
        return _laid(manifest, (*pod_path(manifest), "metadata", "labels"), selecting | plain)
    if manifest.kind == "Service" and texts(dig(manifest.body, "spec", "selector")):
        return _laid(manifest, ("spec", "selector"), selecting)
    return manifest


def imaged(manifest: Manifest, body: Mapping[str, Any]) -> Manifest:
    """With the images that `images` puts in the place of others. Tags and digests tell nothing and stay."""
    renamed = {
        text(dig(entry, "name")): text(dig(entry, "newName"))
        for entry in sequence(body.get("images"))[:_MAX_IMAGES]
        if text(dig(entry, "newName"))
    }
    if not renamed or not is_workload(manifest):
        return manifest
    path = (*pod_path(manifest), "spec")
    changed = {
        group: containers
        for group in ("containers", "initContainers")
        if (containers := _renamed(dig(manifest.body, *path, group), renamed))
    }
    return _laid(manifest, path, changed) if changed else manifest


def _renamed(containers: object, renamed: Mapping[str, str]) -> list[dict[str, str]]:
    found = []
    for item in sequence(containers):
        image = text(mapping(item).get("image"))
        bare = image.partition("@")[0]
        tag = bare.rpartition("/")[2].partition(":")[1:]
        name = bare.removesuffix("".join(tag))
        if name in renamed and text(mapping(item).get("name")):
            found.append({"name": text(mapping(item).get("name")), "image": renamed[name] + "".join(tag)})
    return found


def _laid(manifest: Manifest, path: tuple[str, ...], value: object) -> Manifest:
    for key in reversed(path):
        value = {key: value}
    return replace(manifest, body=merged(manifest.body, stamped(value, manifest.where.path), manifest.where.path))
