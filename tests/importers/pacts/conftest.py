"""Reads one pact, or one result, as an analysis would."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from topoplan.importing.contract import Imported, Importer, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan_importers.pacts import PactImporter, PactVerificationImporter

Json = dict[str, Any]
Reading = Callable[[Json | str | bytes], Imported]


def _reading(importer: Importer, folder: Path) -> Reading:
    def read(content: Json | str | bytes) -> Imported:
        data = json.dumps(content) if isinstance(content, dict) else content
        path = folder / "x.json"
        path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
        found = candidate("x.json", path)
        assert importer.claims(found)
        return importer.read([found], Workspace({".": folder}), ImportOptions())

    return read


@pytest.fixture
def pact(tmp_path: Path) -> Reading:
    return _reading(PactImporter(), tmp_path)


@pytest.fixture
def replayed(tmp_path: Path) -> Reading:
    return _reading(PactVerificationImporter(), tmp_path)
