"""The Kubernetes importer: claimed files in; facts, sources and notices out."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.kubernetes.recognise import claims


class KubernetesImporter:
    """Kubernetes manifests in YAML or JSON, several to a file, with variants of one workload told apart."""

    name = "kubernetes"
    summary = "Kubernetes manifests (workloads, Services, config maps, routes)"

    def claims(self, candidate: Candidate) -> bool:
        return claims(candidate)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.kubernetes.reading import read

        return read(candidates, workspace, options)
