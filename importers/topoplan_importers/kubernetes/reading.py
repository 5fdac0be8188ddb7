"""Manifests to facts: what is built, rendered and laid over, and what became of each file."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.documents import Document
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Notice, ServiceFact, Source, SourceState
from topoplan.model.place import Confidence, Where
from topoplan_importers.kubernetes.calls import IMPORTER
from topoplan_importers.kubernetes.charts import REMARK, Charts
from topoplan_importers.kubernetes.cluster import Cluster, rank
from topoplan_importers.kubernetes.dependencies import dependency_facts
from topoplan_importers.kubernetes.facts import OUTSIDE, facts_of
from topoplan_importers.kubernetes.generators import generated
from topoplan_importers.kubernetes.kustomization import Kustomization, kustomization
from topoplan_importers.kubernetes.kustomize import Builder
from topoplan_importers.kubernetes.manifests import Manifest, manifests
from topoplan_importers.kubernetes.mentions import Mentions
from topoplan_importers.kubernetes.overlays import role_of, systems
from topoplan_importers.kubernetes.policies import POLICIES
from topoplan_importers.kubernetes.recognise import CHART, KUSTOMIZATIONS, TEMPLATE_MARK
from topoplan_importers.kubernetes.routes import ROUTES
from topoplan_importers.kubernetes.template_functions import UNKNOWN_TEXT
from topoplan_importers.kubernetes.workloads import Workload, is_workload, workload
from topoplan_importers.outcome import State, outcome

_RULES = ROUTES | POLICIES | {OUTSIDE}


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    paths = sorted({c.path for c in candidates})
    return _Reading(workspace, paths, options).read(paths)


class _Reading:
    """The state of one read: what was found and what became of each file."""

    def __init__(self, workspace: Workspace, paths: Sequence[str], options: ImportOptions) -> None:
        self._workspace = workspace
        self._main_files = options.main_files
        self._mentions = Mentions(workspace, options.files if options.read_source else ())
        self._states: dict[str, State] = {}
        self._notices: list[Notice] = []
        self._found: dict[str, tuple[Manifest, ...]] = {}
        self._variants: set[str] = set()
        """Files that only variants take; what they say counts less than what others do."""
        self._charts = Charts(workspace, paths, options.main_files)
        self._rendered: dict[str, tuple[int, ...]] = {}

    def read(self, paths: Sequence[str]) -> Imported:
        known = frozenset(paths)
        written = [path for path in paths if posixpath.basename(path).lower() in KUSTOMIZATIONS]
        kustomizations = {path: one for path in written if (one := self._kustomization(path, known)) is not None}
        patches = {patch: path for path, one in kustomizations.items() for patch in one.patches}
        for path in paths:
            if posixpath.basename(path) == CHART:
                if self._documents(path) is not None:
                    self._states[path] = (SourceState.ANALYSED, "Helm chart")
            elif path not in self._states and path not in kustomizations and path not in patches:
                self._read_manifests(path)
        laid = self._build(kustomizations)
        for path in known.intersection(patches):
            told = (SourceState.ANALYSED, f"patch of {laid[path]}") if path in laid else None
            self._states[path] = told or (SourceState.SKIPPED, f"patch of a variant, {patches[path]}")
        states = {path: self._states[path] for path in paths}
        cluster, rules = self._cluster()
        stores = tuple(dependency_facts(self._charts.tree, cluster))
        facts = [self._placed(fact) for fact in facts_of(cluster, rules, stores, self._mentions)]
        found = outcome(IMPORTER, states, facts, self._notices, self._workspace)
        return replace(found, sources=tuple(_remarked(source) for source in found.sources))

    def _kustomization(self, path: str, known: frozenset[str]) -> Kustomization | None:
        documents = self._documents(path)
        if documents is None:
            return None
        body = next((d.value for d in documents if isinstance(d.value, dict)), {})
        return kustomization(path, body, self._workspace, known)

    def _build(self, kustomizations: Mapping[str, Kustomization]) -> Mapping[str, str]:
        """Puts what the main kustomizations stand for in the place of the files they take; gives the patch files that
        were applied, each with the kustomization that names it."""
        plain = {path: found for path, found in self._found.items() if path not in self._rendered}
        builder = Builder(kustomizations, lambda path: plain.get(path, ()), self._workspace)
        every = systems(kustomizations, self._main_files)
        built: dict[str, list[Manifest]] = defaultdict(list)
        for main in (system.main for system in every if system.main):
            for manifest in builder.build(main):
                built[manifest.where.path].append(manifest)
        mains = {system.main for system in every}
        self._found |= {path: () for path in builder.taken if path in plain}
        self._found |= {path: tuple(manifests) for path, manifests in built.items()}
        for system in every:
            for path in system.members:
                one = kustomizations[path]
                if path not in mains and path not in builder.taken:
                    self._found[path] = tuple(generated(one.body, path, self._workspace))
                    self._variants |= {path, *one.resources} - builder.taken.keys()
                role = role_of(path, system, builder.taken)
                reason = "; ".join((role, *one.unread, *builder.remarks.get(path, ())))
                self._states[path] = (SourceState.ANALYSED, reason)
        return builder.laid

    def _placed(self, fact: ServiceFact | CallFact) -> ServiceFact | CallFact:
        """A fact of a rendered template at its line in the template; like one of a variant, it has no more than medium
        confidence."""
        where, trust = fact.evidence.where, fact.evidence.confidence
        lines = self._rendered.get(where.path)
        if lines is None and where.path not in self._variants:
            return fact
        if lines is not None:
            where = Where(where.path, lines[where.line - 1] if 0 < where.line <= len(lines) else 0)
        confidence = min(trust, Confidence.MEDIUM, key=lambda c: c.rank)
        return replace(fact, evidence=replace(fact.evidence, where=where, confidence=confidence))

    def _cluster(self) -> tuple[Cluster, list[Manifest]]:
        definitions: dict[str, list[Workload]] = {}
        for path, found in self._found.items():
            definitions[path] = [made for m in found if is_workload(m) and (made := workload(m)) is not None]
        paths = sorted(
            self._found, key=lambda p: (p in self._variants, p in self._rendered, rank(p, len(definitions[p])))
        )
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
            self._rendered[path], remark = rendered.lines, rendered.remark
        else:
            documents = self._documents(path)
        if documents is None:
            return
        deployed = rendered.released if rendered is not None else {}
        found = tuple(
            replace(m, deployed=deployed.get(m.name, ""))
            for m in manifests(documents, path)
            if UNKNOWN_TEXT not in m.name
        )
        if rendered is not None and not found:
            self._states[path] = (SourceState.SKIPPED, "unrendered Helm template; values.yaml leaves nothing of it")
        elif any(TEMPLATE_MARK in m.name for m in found):
            self._states[path] = (SourceState.SKIPPED, "unrendered Helm template")
        elif not any(is_workload(m) or m.kind in ("Service", "ConfigMap", *_RULES) for m in found):
            self._states[path] = (SourceState.SKIPPED, "holds no workload, Service, config map, route or policy")
        else:
            self._states[path] = (SourceState.ANALYSED, remark)
            self._found[path] = found

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
    idle = (
        source.state is SourceState.ANALYSED
        and not source.facts
        and (not source.reason or source.reason.startswith(REMARK))
    )
    return replace(source, reason="says nothing that other files do not say") if idle else source
