"""Builds what a kustomization stands for: its manifests with patches, names, labels and images laid over them.

Names stay those of the base, so that base and overlay are one thing; the name that a prefix or suffix makes is kept
beside it. Secrets are not generated at all. What does not fit is left out and said.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import Any

from msgspec.structs import replace

from topoplan.errors import DocumentError
from topoplan.importing.documents import Document, line_of, load_json, load_yaml_all
from topoplan.importing.workspace import Workspace
from topoplan_importers.kubernetes.generators import generated
from topoplan_importers.kubernetes.kustomization import Kustomization, inline
from topoplan_importers.kubernetes.manifests import Manifest, dig, mapping, sequence, text, texts
from topoplan_importers.kubernetes.overlays import environment
from topoplan_importers.kubernetes.patching import BadPointerError, merged, operated, removes
from topoplan_importers.kubernetes.placed import items_of, stamped
from topoplan_importers.kubernetes.transforms import imaged, labelled

_MAX_WORK = 20_000_000
"""Values that patches may pass over in one read; 1,000 workloads with ten patches each take a tenth of it."""
_MAX_SIZE = 100_000
"""Values of one manifest beyond which it is not patched."""
_MAX_STEPS = 20_000
"""Kustomizations laid over each other in one read, components each time they are taken."""
_MAX_DEPTH = 50
_CLUSTER_WIDE = frozenset({"Namespace", "CustomResourceDefinition"})
_PATTERN = re.compile(r"(?:[\w-]|\.\*|\\?\.|\*)+")
_TOO_MUCH = "too much to apply, the rest is left as it is"
Manifests = tuple[Manifest, ...]


class Builder:
    """Builds kustomizations; what several of them take is built once. `manifests_of` gives the manifests of a file.

    `remarks` says by kustomization what could not be applied, `laid` which patch files were applied by which.
    """

    def __init__(
        self, found: Mapping[str, Kustomization], manifests_of: Callable[[str], Manifests], workspace: Workspace
    ) -> None:
        self._found = found
        self._manifests_of = manifests_of
        self._workspace = workspace
        self._built: dict[str, Manifests] = {}
        self._open: list[str] = []
        self._work = self._steps = 0
        self.remarks: dict[str, dict[str, None]] = defaultdict(dict)
        self.laid: dict[str, str] = {}
        self.taken: dict[str, str] = {}
        """Every file and kustomization that was taken, by the first that takes it."""

    def build(self, path: str) -> Manifests:
        """The manifests one kustomization stands for. Two instances of one base under names of their own are two
        things, unless the names only tell environments apart."""
        by_identity: dict[tuple[str, str], set[str]] = defaultdict(set)
        built = self._resources(path)
        for one in built:
            affix = (one.deployed or one.name).replace(one.name, " ", 1)
            if not environment(affix):
                by_identity[one.kind, one.name].add(one.deployed or one.name)
        several = {name for (_, name), deployed in by_identity.items() if len(deployed) > 1}
        return tuple(replace(m, name=m.deployed or m.name, deployed="") if m.name in several else m for m in built)

    def _resources(self, path: str) -> Manifests:
        if path not in self._built:
            self._built[path] = self._over(path, {})
        return self._built[path]

    def _over(self, path: str, lower: dict[Any, Manifest]) -> Manifests:
        """One kustomization; a component goes over the manifests `lower`."""
        self._steps += 1
        if path in self._open or len(self._open) > _MAX_DEPTH or self._steps > _MAX_STEPS:
            self._remark(self._open[-1] if self._open else path, f"leads in a circle or too deep: {path}")
            return tuple(lower.values())
        self._open.append(path)
        one = self._found[path]
        made = dict(lower)
        for target in one.resources:
            self.taken.setdefault(target, path)
            known = target in self._found
            for manifest in self._resources(target) if known else self._manifests_of(target):
                made.setdefault(_identity(manifest), manifest)
        for target in one.components:
            self.taken.setdefault(target, path)
            if target in self._found:
                made = {_identity(m): m for m in self._over(target, made)}
        for config in generated(one.body, path, self._workspace):
            self._generate(config, made)
        built = list(made.values())
        for patch in self._patches(one):
            built = list(patch(built))
        self._open.pop()
        return tuple(self._transformed(one, manifest) for manifest in built)

    def _generate(self, config: Manifest, made: dict[Any, Manifest]) -> None:
        below = next((m for m in made.values() if m.kind == "ConfigMap" and m.name == config.name), None)
        if below is None:
            made[_identity(config)] = config
        elif dig(config.body, "behavior") == "merge":
            patch = stamped({"data": dig(config.body, "data")}, config.where.path, config.where.line)
            made[_identity(below)] = replace(below, body=merged(below.body, patch, below.where.path))
        else:
            made[_identity(below)] = replace(config, deployed=below.deployed)

    def _transformed(self, one: Kustomization, manifest: Manifest) -> Manifest:
        body, named = one.body, manifest
        namespace = text(body.get("namespace"))
        if namespace and manifest.kind not in _CLUSTER_WIDE:
            named = replace(named, namespace=namespace)
        prefix, suffix = text(body.get("namePrefix")), text(body.get("nameSuffix"))
        if (prefix or suffix) and manifest.kind not in _CLUSTER_WIDE:
            named = replace(named, deployed=f"{prefix}{named.deployed or named.name}{suffix}")
        return imaged(labelled(named, body), body)

    def _patches(self, one: Kustomization) -> Iterator[Callable[[list[Manifest]], Iterator[Manifest]]]:
        """The patches of one kustomization in order, each as what it makes of all manifests."""
        for group in ("patchesStrategicMerge", "patches", "patchesJson6902"):
            entries = sequence(one.body.get(group))
            for number, entry in enumerate(entries[:_MAX_STEPS]):
                target = mapping(entry).get("target")
                for content in self._contents(one, entries, number):
                    if isinstance(content, list):
                        yield partial(self._operate, one, content, target)
                    elif isinstance(content, dict):
                        yield partial(self._merge, one, content, target)

    def _contents(self, one: Kustomization, entries: list[Any], number: int) -> Iterator[Any]:
        """The documents of one patch, stamped with their places."""
        entry = entries[number]
        whole = not isinstance(entry, dict)
        written, file = text(entry) if whole else text(entry.get("patch")), text(dig(entry, "path"))
        if whole and not inline(entry):
            written, file = "", text(entry)
        try:
            if written:
                line = line_of(entries, number) if whole else line_of(entry, "patch")
                block = "\n" in written.strip() and not written.lstrip().startswith(("{", "[{"))
                for document in _parsed(written, one.path):
                    yield stamped(document.value, one.path, line if block else line - 1)
            elif file and (path := self._workspace.join(one.path, file)) is not None:
                documents = self._workspace.documents(path)
                self.laid.setdefault(path, one.path)
                for document in documents:
                    yield stamped(document.value, path)
        except DocumentError:
            self._remark(one.path, f"patch not read: {file[:120]}" if file else "patch not read")

    def _merge(
        self, one: Kustomization, patch: dict[str, Any], target: object, manifests: list[Manifest]
    ) -> Iterator[Manifest]:
        kind, name = text(patch.get("kind")), text(dig(patch, "metadata", "name"))
        for manifest in manifests:
            if not (self._meant(one, manifest, target) if target else _named(manifest, kind, name)):
                yield manifest
            elif not removes(patch) and self._affords(one, manifest, 1):
                body = merged(manifest.body, patch, manifest.where.path)
                yield replace(manifest, body=body)
            elif not removes(patch):
                yield manifest

    def _operate(
        self, one: Kustomization, operations: list[Any], target: object, manifests: list[Manifest]
    ) -> Iterator[Manifest]:
        steps = items_of(operations, one.path)
        for manifest in manifests:
            if target and self._meant(one, manifest, target) and self._affords(one, manifest, len(steps)):
                try:
                    body = operated(manifest.body, steps, manifest.where.path)
                    manifest = replace(manifest, body=body)
                except (BadPointerError, RecursionError):
                    self._remark(one.path, f"a JSON patch does not fit {manifest.kind} {manifest.name}")
            yield manifest

    def _meant(self, one: Kustomization, manifest: Manifest, target: object) -> bool:
        """Whether the target of a patch selects a manifest. Its patterns are untrusted, so only plain ones count."""
        api, _, version = manifest.api.rpartition("/")
        for key, values in (
            ("group", (api,)), ("version", (version,)), ("kind", (manifest.kind,)),
            ("name", (manifest.name, manifest.deployed)), ("namespace", (manifest.namespace,)),
        ):  # fmt: skip
            pattern = text(dig(target, key))
            if pattern and not any(_fits(pattern, value) for value in values):
                if not _is_plain(pattern):
                    self._remark(one.path, f"target of a patch not understood: {key}")
                return False
        for key, held in (("labelSelector", "labels"), ("annotationSelector", "annotations")):
            wanted = text(dig(target, key))
            have = texts(dig(manifest.body, "metadata", held))
            if not all(_holds(have, part) for part in wanted.split(",")[:20] if part.strip()):
                return False
        return True

    def _affords(self, one: Kustomization, manifest: Manifest, times: int) -> bool:
        size = _size(manifest.body)
        self._work += size * times
        if size > _MAX_SIZE or self._work > _MAX_WORK:
            self._remark(one.path, _TOO_MUCH)
            return False
        return True

    def _remark(self, path: str, remark: str) -> None:
        if len(self.remarks[path]) < 5:
            self.remarks[path][remark] = None


def _identity(manifest: Manifest) -> tuple[str, str, str, str]:
    return manifest.kind, manifest.name, manifest.deployed, manifest.namespace


def _named(manifest: Manifest, kind: str, name: str) -> bool:
    return manifest.kind == kind and name in (manifest.name, manifest.deployed)


def _parsed(written: str, path: str) -> Sequence[Document]:
    if written.lstrip()[:1] in ("{", "["):
        try:
            return (load_json(written.encode(), path),)
        except DocumentError:
            pass
    return load_yaml_all(written.encode(), path)


def _is_plain(pattern: str) -> bool:
    return all(_PATTERN.fullmatch(part) for part in _alternatives(pattern))


def _fits(pattern: str, value: str) -> bool:
    """Whether an anchored pattern of words, `.*` and alternatives fits."""
    plain = [part.replace(".*", "*").replace("\\.", ".") for part in _alternatives(pattern) if _PATTERN.fullmatch(part)]
    return any(fnmatchcase(value, part) for part in plain)


def _alternatives(pattern: str) -> list[str]:
    bare = pattern[:1000].removeprefix("^").removesuffix("$")
    return bare.removeprefix("(").removesuffix(")").split("|")[:50]


def _holds(have: Mapping[str, str], part: str) -> bool:
    """Whether labels fulfil one requirement of a selector: `a=b`, `a!=b`, `a` or `!a`."""
    key, mark, value = part.strip().replace("==", "=").partition("=")
    if mark:
        return (
            have.get(key.strip(" !")) != value.strip() if key.endswith("!") else have.get(key.strip()) == value.strip()
        )
    return key[1:] not in have if key.startswith("!") else key in have


def _size(body: object) -> int:
    """Values in a manifest, counted up to the bound."""
    count, waiting = 0, [body]
    while waiting and count <= _MAX_SIZE:
        value = waiting.pop()
        count += 1
        if isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return count
