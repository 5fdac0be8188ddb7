from __future__ import annotations

import pytest

from topoplan_importers.appconfig import AppConfigImporter


@pytest.fixture
def importer() -> AppConfigImporter:
    return AppConfigImporter()
