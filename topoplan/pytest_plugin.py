"""The pytest plugin: marks by which tests say what they cover, written into test reports.

    @pytest.mark.contract("gateway", "orders", operations=["POST /orders"])
    @pytest.mark.slice("gateway", "orders", "payments")
    @pytest.mark.slice(journey="checkout")

Every project that has topoplan installed loads this module, so it imports nothing of topoplan before a mark is used,
and takes part in the running of tests only with `--topoplan-evidence`.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from topoplan.model.claims import Claimed

_PREFIX = "topoplan."
_PAIR = "(consumer, provider, operations=[])"
_PATH = "(*services, journey='', operations=[])"
MARKS = {
    "schema": (_PAIR, "checks the schema of the messages that consumer receives from provider"),
    "in_process": (_PAIR, "runs consumer in the test's process, with a real datastore or broker as provider"),
    "contract": (_PAIR, "checks what consumer expects of provider without running both"),
    "boundary": (_PAIR, "runs consumer and provider, all else replaced"),
    "fault": (_PAIR, "lets provider fail or answer late, and checks what consumer does"),
    "slice": (_PATH, "runs a path of services, or a journey of topoplan.yaml"),
    "e2e": (_PATH, "runs the whole system along a path of services, or a journey"),
}
"""Techniques by the name of their mark: arguments and meaning."""


def pytest_addoption(parser: pytest.Parser) -> None:
    text = "write what marked tests cover, and how they ended, to FILE (JSON), for topoplan to read"
    group = parser.getgroup("topoplan", "test evidence for topoplan")
    group.addoption("--topoplan-evidence", metavar="FILE", default=None, help=text)
    parser.addini("topoplan_evidence", text + "; relative to the project's root", default="")


def pytest_configure(config: pytest.Config) -> None:
    for name, (arguments, meaning) in MARKS.items():
        config.addinivalue_line("markers", f"{name}{arguments}: {meaning} (topoplan)")
    file = _evidence_file(config)
    if file and not hasattr(config, "workerinput") and not config.getoption("collectonly"):
        config.pluginmanager.register(_Recorder(config, file), "topoplan-evidence")


def _evidence_file(config: pytest.Config) -> Path | None:
    given = config.getoption("topoplan_evidence")
    if given:
        return config.invocation_params.dir / Path(given).expanduser()
    set_ = config.getini("topoplan_evidence")
    return config.rootpath / set_ if set_ else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Write the marks of every test into the properties its reports carry, once all are known."""
    wrong: dict[str, list[str]] = {}
    for item in items:
        told: set[tuple[str, str]] = set()
        for mark in item.iter_markers():
            # A mark without arguments is a label that many projects give their tests, for `-m e2e`.
            if mark.name in MARKS and (mark.args or mark.kwargs):
                try:
                    told.add(_property(mark))
                except ValueError as error:
                    message = f"{item.nodeid}: @pytest.mark.{mark.name}{MARKS[mark.name][0]}: {error}"
                    wrong.setdefault(item.nodeid, []).append(message)
        if told:
            item.user_properties.extend(sorted(told))
    if wrong and hasattr(config, "workerinput"):
        # A worker of pytest-xdist can only end in a crash; errors of collection reach the one who waits for it.
        items[:] = [item for item in items if item.nodeid not in wrong]
        for nodeid, messages in wrong.items():
            report = pytest.CollectReport(nodeid, "failed", "\n".join(messages), [])
            config.hook.pytest_collectreport(report=report)
    elif wrong:
        lines = [message for messages in wrong.values() for message in messages]
        raise pytest.UsageError("\n".join([*lines, "(marks of topoplan; -p no:topoplan switches its plugin off)"]))


def _property(mark: pytest.Mark) -> tuple[str, str]:
    """Name and value of the property that says the same. Raises ValueError with what is wrong."""
    from topoplan.model.claims import parse_claim, write_claim

    claimed = _claimed(mark)
    name, value = write_claim(claimed)
    if any(ord(character) < 32 for character in value) or parse_claim(name, value) != claimed:
        raise ValueError("names and operations are one line each, without '->', ': ' and ';', and not empty")
    return name, value


def _claimed(mark: pytest.Mark) -> Claimed:
    from topoplan.model.claims import Claimed
    from topoplan.model.plan import Technique

    take = _path if MARKS[mark.name][0] is _PATH else _pair
    try:
        services, journey, operations = take(*mark.args, **mark.kwargs)
    except TypeError as error:
        raise ValueError(str(error).partition("() ")[2]) from None
    if isinstance(operations, str):
        operations = (operations,)
    if not isinstance(operations, Sequence):
        raise ValueError("operations is no list")
    if bool(services) == bool(journey) or len(services) == 1:
        raise ValueError("needs two services or more, or a journey")
    texts = tuple(_text(value) for value in (*services, *operations))
    return Claimed(
        Technique(mark.name), texts[: len(services)], _text(journey) if journey else "", texts[len(services) :]
    )


def _pair(consumer: object, provider: object, *, operations: object = ()) -> tuple[tuple[object, ...], object, object]:
    return (consumer, provider), "", operations


def _path(
    *services: object, journey: object = "", operations: object = ()
) -> tuple[tuple[object, ...], object, object]:
    return services, journey, operations


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"takes names as text, not {value!r:.80}")
    return value.strip()


@dataclass(slots=True)
class _Test:
    """One test while it runs: what it says it covers, and how it ended so far."""

    file: str
    claims: list[tuple[str, str]] = field(default_factory=list)
    outcome: str = "unknown"
    failed_before: bool = False

    def take(self, report: pytest.TestReport) -> None:
        """One phase. What failed once stays so until a plugin reruns the test."""
        if str(report.outcome) == "rerun":
            self.outcome, self.failed_before = "unknown", True
        elif report.failed:
            self.outcome = "failed"
        elif self.outcome != "failed" and (report.skipped or report.when == "call"):
            self.outcome = "skipped" if report.skipped else "passed"


@dataclass(eq=False)
class _Recorder:
    """Collects the results of marked tests, in the process that reports, and writes them when the run ends."""

    config: pytest.Config
    file: Path
    tests: dict[str, _Test] = field(default_factory=dict)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        test = self.tests.get(report.nodeid)
        if test is None:
            if not _claims(report):
                return
            test = self.tests[report.nodeid] = _Test(report.location[0])
        test.claims = _claims(report) or test.claims
        test.take(report)

    def pytest_sessionfinish(self) -> None:
        suite = _junit_suite(self.config)
        document = {
            "format": "topoplan/evidence",
            "format_version": 1,
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(_now())),
            "tests": [_written(nodeid, test, suite) for nodeid, test in sorted(self.tests.items())],
        }
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        except OSError as error:
            raise pytest.UsageError(f"--topoplan-evidence: {self.file}: {error.strerror}") from None

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        count = "1 test" if len(self.tests) == 1 else f"{len(self.tests)} tests"
        terminalreporter.write_sep("-", f"topoplan evidence of {count}: {self.file}")


def _claims(report: pytest.TestReport) -> list[tuple[str, str]]:
    properties = ((str(name), str(value)) for name, value in report.user_properties)
    return [(name, value) for name, value in dict.fromkeys(properties) if name.startswith(_PREFIX)]


def _written(nodeid: str, test: _Test, suite: str) -> dict[str, object]:
    """A test as the evidence file holds it, under the names that pytest's JUnit report gives it."""
    path, bracket, parameters = nodeid.partition("[")
    file, *inside = path.split("::")
    *groups, name = [file.replace("/", ".").removesuffix(".py"), *inside]
    claims: dict[str, list[str]] = {}
    for technique, value in sorted(test.claims):
        claims.setdefault(technique.removeprefix(_PREFIX), []).append(value)
    return {
        "suite": suite,
        "classname": ".".join(groups),
        "name": name + bracket + parameters,
        "file": test.file.replace(os.sep, "/"),
        "outcome": test.outcome,
        "flaky": test.failed_before and test.outcome == "passed",
        "claims": claims,
    }


def _junit_suite(config: pytest.Config) -> str:
    try:
        return str(config.getini("junit_suite_name"))
    except ValueError:  # `-p no:junitxml`
        return "pytest"


def _now() -> int:
    """The time of the run, or the one that a reproducible build sets."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(epoch) if epoch.isascii() and epoch.isdigit() else int(time.time())
