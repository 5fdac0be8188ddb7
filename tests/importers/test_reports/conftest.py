import pytest

from topoplan.importing.contract import Importer
from topoplan_importers.test_reports import JunitImporter


@pytest.fixture
def importer() -> Importer:
    return JunitImporter()
