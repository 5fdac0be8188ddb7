"""Reads Kubernetes manifests into facts: workloads, the names they answer to, what they run and whom they call."""

from __future__ import annotations

from topoplan_importers.kubernetes.importer import KubernetesImporter

__all__ = ["KubernetesImporter"]
