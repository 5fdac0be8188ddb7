from __future__ import annotations

import pytest

from topoplan_importers.kubernetes import KubernetesImporter


@pytest.fixture
def importer() -> KubernetesImporter:
    return KubernetesImporter()
