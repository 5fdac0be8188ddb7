"""Which files may be manifests, charts or kustomizations, by their names and first bytes."""

from __future__ import annotations

import posixpath
import re

from topoplan.importing.contract import Candidate

CHART = "Chart.yaml"
KUSTOMIZATIONS = frozenset({"kustomization.yaml", "kustomization.yml", "kustomization"})
TEMPLATE_MARK = "{{"
_MANIFEST = re.compile(rb"""^[#\s{"'-]*apiVersion["']?\s*:""", re.MULTILINE)
_KIND = re.compile(rb"""^[#\s{"'-]*kind["']?\s*:|["']kind["']\s*:""", re.MULTILINE)


def claims(candidate: Candidate) -> bool:
    """Whether a file looks like one of Kubernetes'."""
    if candidate.name in KUSTOMIZATIONS or posixpath.basename(candidate.path) == CHART:
        return True
    yaml_or_json = candidate.name.removesuffix(".gz").endswith((".yaml", ".yml", ".json"))
    if "/templates/" in candidate.path and candidate.name.endswith((".yaml", ".yml")):
        return TEMPLATE_MARK.encode() in candidate.head or bool(_MANIFEST.search(candidate.head))
    return yaml_or_json and bool(_MANIFEST.search(candidate.head)) and bool(_KIND.search(candidate.head))
