from __future__ import annotations

import pytest

from topoplan_importers.gateways import GatewaysImporter


@pytest.fixture
def importer() -> GatewaysImporter:
    return GatewaysImporter()
