"""The Kubernetes importer: claimed files in; facts, sources and notices out."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.documents import Document
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Notice, ServiceFact, Source, SourceState
from topoplan.model.place import Confidence, Where
from topoplan_importers.kubernetes.charts import REMARK, Charts
from topoplan_importers.kubernetes.cluster import Cluster, rank
from topoplan_importers.kubernetes.facts import OUTSIDE, facts_of
from topoplan_importers.kubernetes.kustomize import generated
from topoplan_importers.kubernetes.manifests import TEMPLATE_MARK, Manifest, dig, manifests, sequence, text
from topoplan_importers.kubernetes.policies import POLICIES
from topoplan_importers.kubernetes.routes import ROUTES
from topoplan_importers.kubernetes.template_functions import UNKNOWN_TEXT
from topoplan_importers.kubernetes.workloads import Workload, is_workload, workload
from topoplan_importers.outcome import State, outcome

_MANIFEST = re.compile(rb"""^[#\s{"'-]*apiVersion["']?\s*:""", re.MULTILINE)
_KIND = re.compile(rb"""^[#\s{"'-]*kind["']?\s*:|["']kind["']\s*:""", re.MULTILINE)
_RULES = ROUTES | POLICIES | {OUTSIDE}
_KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "kustomization"})


class KubernetesImporter:
    """Kubernetes manifests in YAML or JSON, several to a file, with variants of one workload told apart."""

    name = "kubernetes"
    summary = "Kubernetes manifests (workloads, Services, config maps, routes)"

    def claims(self, candidate: Candidate) -> bool:
        if candidate.name in _KUSTOMIZATIONS:
            return True
        yaml_or_json = candidate.name.removesuffix(".gz").endswith((".yaml", ".yml", ".json"))
        if "/templates/" in candidate.path and candidate.name.endswith((".yaml", ".yml")):
            return TEMPLATE_MARK.encode() in candidate.head or bool(_MANIFEST.search(candidate.head))
        return yaml_or_json and bool(_MANIFEST.search(candidate.head)) and bool(_KIND.search(candidate.head))

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        return _Reading(workspace).read(sorted({c.path for c in candidates}))


class _Reading:
    """The state of one read: what was found and what became of each file."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._states: dict[str, State] = {}
        self._notices: list[Notice] = []
        self._found: dict[str, tuple[Manifest, ...]] = {}
        self._charts = Charts(workspace)
        self._rendered: dict[str, tuple[int, ...]] = {}

    def read(self, paths: Sequence[str]) -> Imported:
        patches: set[str] = set()
        for path in paths:
            if posixpath.basename(path).lower() in _KUSTOMIZATIONS:
                patches |= self._read_kustomization(path)
        for path in paths:
            if path in patches:
                self._states[path] = (SourceState.SKIPPED, "kustomize patch")
            elif path not in self._states:
                self._read_manifests(path)
        states = {path: self._states[path] for path in paths}
        facts = [self._placed(fact) for fact in facts_of(*self._cluster())]
        found = outcome(KubernetesImporter.name, states, facts, self._notices, self._workspace)
        return replace(found, sources=tuple(_remarked(source) for source in found.sources))

    def _placed(self, fact: ServiceFact | CallFact) -> ServiceFact | CallFact:
        """A fact of a rendered template at its line in the template, with no more than medium confidence."""
        where, trust = fact.evidence.where, fact.evidence.confidence
        lines = self._rendered.get(where.path)
        if lines is None:
            return fact
        line = lines[where.line - 1] if 0 < where.line <= len(lines) else 0
        confidence = min(trust, Confidence.MEDIUM, key=lambda c: c.rank)
        return replace(fact, evidence=replace(fact.evidence, where=Where(where.path, line), confidence=confidence))

    def _cluster(self) -> tuple[Cluster, list[Manifest]]:
        definitions: dict[str, list[Workload]] = {}
        for path, found in self._found.items():
            definitions[path] = [made for m in found if is_workload(m) and (made := workload(m)) is not None]
        paths = sorted(self._found, key=lambda p: (p in self._rendered, rank(p, len(definitions[p]))))
        everything = [m for path in paths for m in self._found[path]]
        services = [m for m in everything if m.kind == "Service" and not is_workload(m)]
        maps = [m for m in everything if m.kind == "ConfigMap"]
        cluster = Cluster([made for path in paths for made in definitions[path]], services, maps)
        return cluster, [m for m in everything if m.kind in _RULES]

    def _read_manifests(self, path: str) -> None:
        remark = ""
        rendered = self._charts.render(path) if self._is_template(path) else None
        if rendered is not None:
            documents: tuple[Document, ...] | None = rendered.documents
            self._rendered[path], remark = rendered.lines, REMARK
        else:
            documents = self._documents(path)
        if documents is None:
            return
        found = tuple(m for m in manifests(documents, path) if UNKNOWN_TEXT not in m.name)
        if rendered is not None and not found:
            self._states[path] = (SourceState.SKIPPED, "unrendered Helm template; values.yaml leaves nothing of it")
        elif any(TEMPLATE_MARK in m.name for m in found):
            self._states[path] = (SourceState.SKIPPED, "unrendered Helm template")
        elif not any(is_workload(m) or m.kind in ("Service", "ConfigMap", *_RULES) for m in found):
            self._states[path] = (SourceState.SKIPPED, "holds no workload, Service, config map, route or policy")
        else:
            self._states[path] = (SourceState.ANALYSED, remark)
            self._found[path] = found

    def _read_kustomization(self, path: str) -> set[str]:
        """Paths of the patches an overlay lays over its base. What overlays change is not applied."""
        documents = self._documents(path)
        if documents is None:
            return set()
        maps = tuple(made for document in documents for made in generated(document.value, path, self._workspace))
        if maps:
            self._found[path] = maps
        self._states[path] = (
            (SourceState.ANALYSED, "kustomization; only its generated config maps are read")
            if maps
            else (SourceState.SKIPPED, "kustomize overlay")
        )
        return {
            joined
            for document in documents
            for name in _patches(document.value)
            if (joined := self._workspace.join(path, name)) is not None
        }

    def _documents(self, path: str) -> tuple[Document, ...] | None:
        """The documents of a file, None (with the reason noted) when it cannot be read."""
        try:
            documents = self._workspace.documents(path)
        except DocumentError as error:
            template = error.slug == "yaml-malformed" and self._is_template(path)
            self._states[path] = (
                (SourceState.SKIPPED, "unrendered Helm template") if template else (SourceState.FAILED, error.reason)
            )
            return None
        self._notices += [notice for document in documents for notice in document.notices]
        return documents

    def _is_template(self, path: str) -> bool:
        try:
            return TEMPLATE_MARK.encode() in self._workspace.read_bytes(path)
        except DocumentError:
            return False


def _remarked(source: Source) -> Source:
    idle = source.state is SourceState.ANALYSED and not source.facts
    return replace(source, reason="says nothing that other files do not say") if idle else source


def _patches(value: object) -> Iterable[str]:
    for entry in sequence(dig(value, "patchesStrategicMerge")):
        yield text(entry)
    for group in ("patches", "patchesJson6902"):
        for entry in sequence(dig(value, group)):
            yield text(dig(entry, "path"))
