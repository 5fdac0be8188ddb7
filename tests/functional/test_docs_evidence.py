"""What the page on test evidence shows does what the page says."""

import json
from pathlib import Path

import pytest
from pages import Block, blocks

from topoplan.config import load_settings
from topoplan.coverage.results import claim_by
from topoplan.importing.contract import Importer, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import ResultFact, Verdict
from topoplan.model.claims import Claimed, parse_claim
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.plan import Technique
from topoplan_importers.test_reports import EvidenceImporter, JunitImporter

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave plugins out that only this project's own tests need: a user's project does not have them."""
    monkeypatch.setenv("PYTEST_ADDOPTS", "-p no:asyncio")


ORDERS = ("gateway", "orders")


def example(language: str) -> Block:
    (found,) = [block for block in blocks("docs/howto/test-evidence.md") if block.language == language]
    return found


def claimed(importer: Importer, name: str, text: str, folder: Path) -> list[Claimed]:
    (folder / name).write_text(text)
    imported = importer.read([candidate(name, folder / name)], Workspace({".": folder}), ImportOptions())
    (check,) = imported.checks
    assert isinstance(check, ResultFact)
    assert check.verdict is Verdict.PASSED
    return [parse_claim(*entry) for entry in check.properties]


def test_marks(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        example("python").text.replace("TestOrdersTimeOut: ...", "TestOrdersTimeOut:\n    def test_it(self): ...")
    )
    pytester.runpytest_inprocess("--strict-markers", "--topoplan-evidence=e.json").assert_outcomes(passed=2)
    tests = json.loads((pytester.path / "e.json").read_text())["tests"]
    assert [test["claims"] for test in tests] == [
        {"boundary": ["gateway -> orders : POST /orders"], "fault": ["gateway -> orders : POST /orders"]},
        {"contract": ["gateway -> orders : POST /orders; GET /orders/{id}"]},
    ]


def test_properties(tmp_path: Path) -> None:
    assert claimed(JunitImporter(), "junit.xml", f"<testsuite>{example('xml').text}</testsuite>", tmp_path) == [
        Claimed(Technique.CONTRACT, ORDERS, operations=("POST /orders", "GET /orders/{id}")),
        Claimed(Technique.SLICE, journey="checkout"),
    ]


def test_an_evidence_file(tmp_path: Path) -> None:
    assert claimed(EvidenceImporter(), "e.json", example("json").text, tmp_path) == [
        Claimed(Technique.CONTRACT, ORDERS, operations=("POST /orders",))
    ]


def test_rules(tmp_path: Path) -> None:
    (tmp_path / "topoplan.yaml").write_text(example("yaml").text)
    contract, journey = load_settings("topoplan.yaml", tmp_path).coverage.tests
    evidence = Evidence("junit", Where("junit.xml"), Basis.OBSERVED, Confidence.HIGH)
    by_class = ResultFact("", "com.shop.orders.GatewayContractTest", "t", "", Verdict.PASSED, evidence)
    by_file = ResultFact("", "", "t", "tests/e2e/checkout.spec.ts", Verdict.PASSED, evidence)
    assert claim_by(contract, by_class) == Claimed(Technique.CONTRACT, ORDERS, operations=("*",))
    assert claim_by(journey, by_file) == Claimed(Technique.E2E, journey="checkout")
    assert claim_by(contract, by_file) is claim_by(journey, by_class) is None
