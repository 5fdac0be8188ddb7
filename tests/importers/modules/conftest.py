from __future__ import annotations

import pytest

from topoplan_importers.modules import ModulesImporter


@pytest.fixture
def importer() -> ModulesImporter:
    return ModulesImporter()
