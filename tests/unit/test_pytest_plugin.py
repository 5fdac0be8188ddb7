"""The pytest plugin, run by pytest within a test as in any project that has topoplan installed."""

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from topoplan.importing.contract import ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import ResultFact, Verdict
from topoplan.model.plan import Technique
from topoplan.pytest_plugin import MARKS
from topoplan_importers.test_reports import EvidenceImporter, JunitImporter

pytest_plugins = ["pytester"]


@pytest.fixture(autouse=True)
def alone(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave plugins out that only this project's own tests need: a user's project does not have them."""
    plugins = ("asyncio", "hypothesispytest", "syrupy", "textual-snapshot")
    monkeypatch.setenv("PYTEST_ADDOPTS", " ".join(f"-p no:{name}" for name in plugins))


EVERY_OUTCOME = """
import pytest

pytestmark = pytest.mark.boundary("gateway", "orders")

@pytest.mark.contract("gateway", "orders", operations=["POST /orders", "GET /orders/{id}"])
@pytest.mark.parametrize("n", [1, 2])
def test_numbers(n):
    assert n == 1

@pytest.mark.slice(journey="checkout", operations="*")
class TestCheckout:
    @pytest.mark.xfail
    def test_known_bug(self):
        assert 0

    @pytest.mark.skip
    def test_later(self):
        pass

    def test_without_fixture(self, nowhere):
        pass

@pytest.fixture
def leaves_a_mess():
    yield
    raise RuntimeError

def test_mess(leaves_a_mess):
    pass
"""
OUTCOMES = {
    "test_known_bug": "skipped",
    "test_later": "skipped",
    "test_without_fixture": "failed",
    "test_mess": "failed",
    "test_numbers[1]": "passed",
    "test_numbers[2]": "failed",
}


@pytest.fixture(autouse=True)
def strict(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1760000000")
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
    pytester.makeini(
        "[pytest]\naddopts = --strict-markers --strict-config -p no:cacheprovider\nfilterwarnings = error\n"
    )


def evidence(pytester: pytest.Pytester, *arguments: str) -> Any:
    pytester.runpytest_inprocess("--topoplan-evidence=out/evidence.json", *arguments)
    return json.loads((pytester.path / "out" / "evidence.json").read_text(encoding="utf-8"))


def outcomes(document: Any) -> dict[str, str]:
    return {test["name"]: test["outcome"] for test in document["tests"]}


def write_marked(pytester: pytest.Pytester, marks: Iterable[str]) -> None:
    """A file with one test for each mark, called `test_0` and so on: a run of pytest costs more than a test."""
    tests = (f"@pytest.mark.{mark}\ndef test_{number}():\n    pass\n" for number, mark in enumerate(marks))
    pytester.makepyfile(test_marked="import pytest\n\n" + "\n".join(tests))


def test_there_is_a_mark_for_every_technique() -> None:
    assert set(MARKS) == {technique.value for technique in Technique}


def test_marks_become_claims(pytester: pytest.Pytester) -> None:
    expected = {
        'contract("gateway", "orders")': {"contract": ["gateway -> orders"]},
        'schema("mail", provider="orders")': {"schema": ["mail -> orders"]},
        'boundary("gateway", "orders", operations=["POST /o"])': {"boundary": ["gateway -> orders : POST /o"]},
        'fault(consumer="gateway", provider="orders", operations="*")': {"fault": ["gateway -> orders : *"]},
        'in_process("orders", "orders-db")': {"in_process": ["orders -> orders-db"]},
        'slice("gateway", "orders", "payments")': {"slice": ["gateway -> orders -> payments"]},
        'e2e(journey="checkout", operations=["POST /o", "GET /o"])': {"e2e": ["journey checkout : POST /o; GET /o"]},
    }
    write_marked(pytester, expected)
    claims = {test["name"]: test["claims"] for test in evidence(pytester)["tests"]}
    assert claims == {f"test_{number}": claim for number, claim in enumerate(expected.values())}


def test_marks_of_module_class_and_test_add_up(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(EVERY_OUTCOME)
    claims = {test["name"]: test["claims"] for test in evidence(pytester)["tests"]}
    assert claims["test_later"] == {"boundary": ["gateway -> orders"], "slice": ["journey checkout : *"]}
    assert claims["test_numbers[2]"] == {
        "boundary": ["gateway -> orders"],
        "contract": ["gateway -> orders : POST /orders; GET /orders/{id}"],
    }


def test_wrong_use_is_a_usage_error_that_names_every_such_test(pytester: pytest.Pytester) -> None:
    wrong = (
        ('contract("gateway")', "missing 1 required positional argument: 'provider'"),
        ('contract("gateway", "orders", "payments")', "takes 2 positional arguments but 3 were given"),
        ('boundary("gateway", "orders", operation="*")', "got an unexpected keyword argument 'operation'"),
        ('boundary("gateway", 1)', "takes names as text, not 1"),
        ('boundary("gateway", " ")', "takes names as text, not ' '"),
        ('boundary("gateway", "orders", operations=7)', "operations is no list"),
        ('boundary("gateway", "orders", operations=[7])', "takes names as text, not 7"),
        ('boundary("gateway", "orders", operations=["GET /a; GET /b"])', "one line each"),
        ('boundary("a -> b", "c")', "one line each"),
        ('boundary("a", "b\\nc")', "one line each"),
        ('slice("gateway")', "needs two services or more, or a journey"),
        ('slice(operations=["*"])', "needs two services or more, or a journey"),
        ('slice("a", "b", journey="c")', "needs two services or more, or a journey"),
    )
    write_marked(pytester, (mark for mark, _ in wrong))
    result = pytester.runpytest_inprocess()
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    lines = [line.removeprefix("ERROR: ") for line in result.errlines if "test_marked" in line]
    assert len(lines) == len(wrong)
    for number, (line, (mark, told)) in enumerate(zip(lines, wrong, strict=True)):
        assert line.startswith(f"test_marked.py::test_{number}: @pytest.mark.{mark.partition('(')[0]}(")
        assert told in line


def test_wrong_use_fails_in_workers_too(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(
        test_wrong="import pytest\n\n@pytest.mark.slice('a')\ndef test_it():\n    pass\n\ndef test_fine():\n    pass\n"
    )
    result = pytester.runpytest_subprocess("-n1")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["test_wrong.py::test_it: @pytest.mark.slice(*): needs two services*"])


def test_a_mark_without_arguments_is_a_projects_own_label(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n\n@pytest.mark.e2e\ndef test_it():\n    pass\n")
    result = pytester.runpytest_inprocess("-m", "e2e", "--topoplan-evidence=e.json")
    result.assert_outcomes(passed=1)
    assert json.loads((pytester.path / "e.json").read_text())["tests"] == []


def test_outcomes_are_those_of_the_whole_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(EVERY_OUTCOME)
    assert outcomes(evidence(pytester)) == OUTCOMES


def test_the_file_is_the_same_in_any_order_and_with_workers(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile(test_one=EVERY_OUTCOME, test_two=EVERY_OUTCOME)
    file = pytester.path / "evidence.json"
    written = []
    for arguments in (["test_one.py", "test_two.py"], ["test_two.py", "test_one.py"], ["-n2"]):
        pytester.runpytest_subprocess(f"--topoplan-evidence={file}", *arguments)
        written.append(file.read_bytes())
        file.unlink()
    assert written[0] == written[1] == written[2]
    assert json.loads(written[0])["time"] == "2025-10-09T08:53:20Z"


def test_a_test_that_kills_its_worker_failed(pytester: pytest.Pytester) -> None:
    pytest.importorskip("xdist")
    pytester.makepyfile("import os, pytest\n\n@pytest.mark.fault('a', 'b')\ndef test_it():\n    os._exit(1)\n")
    pytester.runpytest_subprocess("-n1", "--topoplan-evidence=e.json")
    assert outcomes(json.loads((pytester.path / "e.json").read_text())) == {"test_it": "failed"}


def test_a_rerun_that_passes_is_flaky(pytester: pytest.Pytester) -> None:
    pytester.makeconftest(
        """
import pytest
from _pytest.runner import runtestprotocol

@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item, nextitem):
    # As pytest-rerunfailures does it.
    for attempt in range(2):
        for report in runtestprotocol(item, nextitem=nextitem, log=False):
            if report.failed and attempt == 0:
                report.outcome = "rerun"
                item.ihook.pytest_runtest_logreport(report=report)
                break
            item.ihook.pytest_runtest_logreport(report=report)
        else:
            break
        item._initrequest()
    return True

def pytest_report_teststatus(report):
    if report.outcome == "rerun":
        return "rerun", "R", "RERUN"
"""
    )
    pytester.makepyfile(
        """
import pytest

pytestmark = pytest.mark.boundary("a", "b")
tries = []

def test_second_try():
    tries.append(1)
    assert len(tries) == 2

def test_never():
    assert 0

def test_first_try():
    pass
"""
    )
    tests = evidence(pytester)["tests"]
    assert {test["name"]: (test["outcome"], test["flaky"]) for test in tests} == {
        "test_first_try": ("passed", False),
        "test_never": ("failed", False),
        "test_second_try": ("passed", True),
    }


def test_tests_left_out_of_the_run_are_not_evidence(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(EVERY_OUTCOME)
    assert outcomes(evidence(pytester, "-k", "mess")) == {"test_mess": "failed"}


def test_collecting_alone_writes_nothing(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(EVERY_OUTCOME)
    pytester.runpytest_inprocess("--topoplan-evidence=e.json", "--collect-only")
    assert not (pytester.path / "e.json").exists()


def test_the_file_can_be_set_for_the_project(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\ntopoplan_evidence = reports/topoplan-evidence.json\n")
    pytester.makepyfile(EVERY_OUTCOME)
    result = pytester.runpytest_inprocess()
    file = pytester.path / "reports" / "topoplan-evidence.json"
    assert outcomes(json.loads(file.read_text())) == OUTCOMES
    result.stdout.fnmatch_lines([f"*topoplan evidence of 6 tests: {file}*"])


def test_a_file_that_cannot_be_written_is_told(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_it():\n    pass\n")
    (pytester.path / "taken").write_text("")
    result = pytester.runpytest_inprocess("--topoplan-evidence=taken/e.json")
    assert result.ret != 0
    result.stderr.fnmatch_lines(["*--topoplan-evidence: *taken*e.json: *"])


def read(importer: EvidenceImporter | JunitImporter, file: Path) -> list[ResultFact]:
    found = candidate(file.name, file)
    assert importer.claims(found)
    checks = importer.read([found], Workspace({".": file.parent}), ImportOptions()).checks
    return sorted((check for check in checks if isinstance(check, ResultFact)), key=lambda check: check.id)


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
def test_a_junit_report_and_the_evidence_file_say_the_same(pytester: pytest.Pytester, family: str) -> None:
    (pytester.mkdir("deep") / "test_it.py").write_text(EVERY_OUTCOME)
    document = evidence(pytester, "--junitxml=junit.xml", "-o", f"junit_family={family}", "-o", "junit_suite_name=all")
    from_evidence = read(EvidenceImporter(), pytester.path / "out" / "evidence.json")
    from_junit = {(c.id, c.verdict, c.properties) for c in read(JunitImporter(), pytester.path / "junit.xml")}
    assert {(check.id, check.verdict, check.properties) for check in from_evidence} == from_junit
    assert len(from_junit) == len(document["tests"]) == 6
    assert {check.time for check in from_evidence} == {1760000000}
    assert ("all > deep.test_it > test_mess", Verdict.FAILED) in {(check.id, check.verdict) for check in from_evidence}


def test_junit_reports_hold_the_claims_without_an_evidence_file(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("import pytest\n\n@pytest.mark.fault('a', 'b')\ndef test_it():\n    pass\n")
    pytester.runpytest_inprocess("--junitxml=junit.xml")
    properties = ElementTree.parse(pytester.path / "junit.xml").iter("property")
    assert [(p.get("name"), p.get("value")) for p in properties] == [("topoplan.fault", "a -> b")]


def test_marks_are_listed(pytester: pytest.Pytester) -> None:
    lines = pytester.runpytest_inprocess("--markers").outlines
    for name in MARKS:
        assert any(line.startswith(f"@pytest.mark.{name}(") for line in lines)


def test_a_project_that_does_not_use_it_pays_nothing(pytester: pytest.Pytester) -> None:
    """No module of topoplan but the plugin is loaded, and it has no part in running the tests."""
    pytester.makepyfile(
        """
import sys

def test_it(request):
    loaded = {name for name in sys.modules if name.split(".")[0] in ("topoplan", "topoplan_importers")}
    assert loaded == {"topoplan", "topoplan.pytest_plugin"}
    plugin = request.config.pluginmanager.get_plugin("topoplan")
    hooks = {name for name in dir(plugin) if name.startswith("pytest_")}
    assert hooks == {"pytest_addoption", "pytest_configure", "pytest_collection_modifyitems"}
    assert not request.config.pluginmanager.has_plugin("topoplan-evidence")
"""
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_loading_it_loads_nothing_but_pytest_and_the_standard_library() -> None:
    code = (
        "import sys, pytest; before = set(sys.modules); import topoplan.pytest_plugin; "
        "print(*sorted({n.split('.')[0] for n in set(sys.modules) - before} - set(sys.stdlib_module_names)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["topoplan"]
