"""Pact files of public projects; runs where TOPOPLAN_DATA names the folder that holds them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from topoplan.importing.contract import ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import ContractFact
from topoplan.model.facts import SourceState
from topoplan_importers.pacts import PactImporter, PactVerificationImporter

DATA = Path(os.environ.get("TOPOPLAN_DATA", ""))
pytestmark = pytest.mark.skipif(
    "TOPOPLAN_DATA" not in os.environ, reason="TOPOPLAN_DATA names no folder of real pacts"
)  # fmt: skip
NO_PACTS = {"invalid-publish-contract-body.json"}
"""The request that publishes pacts to a broker, with the pacts in base64."""
EMPTY = 4


def test_every_pact_is_read() -> None:
    root = DATA / "pacts"
    found = [candidate(p.relative_to(root).as_posix(), p) for p in sorted(root.rglob("*.json"))]
    importer = PactImporter()
    claimed = [one for one in found if importer.claims(one)]
    assert {one.name for one in found if one not in claimed} == NO_PACTS
    assert not [one.path for one in found if PactVerificationImporter().claims(one)]
    imported = importer.read(claimed, Workspace({".": root}), ImportOptions())
    assert {(source.state, source.reason) for source in imported.sources} == {
        (SourceState.ANALYSED, ""), (SourceState.ANALYSED, "the pact has no interactions"),
    }  # fmt: skip
    contracts = [check for check in imported.checks if isinstance(check, ContractFact)]
    assert len(contracts) == len(claimed) > 200
    assert sum(not contract.interactions for contract in contracts) == EMPTY
    assert all(one.method and one.where.pointer for contract in contracts for one in contract.interactions)
