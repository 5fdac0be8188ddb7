"""Test cases of a JUnit report, whatever its runner's dialect: Surefire's reruns, nested suites, statuses, properties.

No standard says what JUnit's XML is. Read is what runners agree on, and each runner's own elements where they tell how
a test ended. An element that nobody knows is passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cached_property

from msgspec import Struct, field

from topoplan.errors import DocumentError
from topoplan.model.checks import ResultFact, Verdict
from topoplan.model.claims import is_claim
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.test_reports.moments import moment
from topoplan_importers.test_reports.runs import told

MAX_TESTS = 500_000
"""Tests read of one report; each takes about a kilobyte."""
_MAX_PROPERTIES = 200
_MAX_OUTPUT = 2**20
"""Characters of one test's output that are searched for properties."""

_CHILDREN = {
    "failure": Verdict.FAILED, "error": Verdict.FAILED, "rerunFailure": Verdict.FAILED, "rerunError": Verdict.FAILED,
    "skipped": Verdict.SKIPPED, "ignored": Verdict.SKIPPED, "disabled": Verdict.SKIPPED,
    "warning": Verdict.UNKNOWN,
}  # fmt: skip
"""What an element within a test case says of it. PHPUnit's `warning` may be that the test tests nothing."""
_FLAKY = frozenset({"flakyFailure", "flakyError"})
"""An attempt that failed before one that passed (Surefire, nextest)."""
_WORDS = {
    word: verdict
    for verdict, words in {
        Verdict.PASSED: "run passed pass ok success successful succeeded completed",
        Verdict.FAILED: "failed fail failure error errored broken timeout timedout aborted panicked interrupted",
        Verdict.SKIPPED: "notrun skipped skip disabled pending ignored suppressed todo inconclusive",
    }.items()
    for word in words.split()
}
"""What the attributes `status` and `result` say (GoogleTest, CTest, Ginkgo, …); any other word tells nothing."""
_WORST_FIRST = (Verdict.FAILED, Verdict.SKIPPED, Verdict.UNKNOWN, Verdict.PASSED)

_MACHINE = frozenset({"java.version", "java.home"})
"""Properties of a suite that show them to be the settings of a whole Java process (Surefire, Ant)."""
_SECRETIVE = re.compile(r"password|passwd|secret|token|credential|api.?key|private.?key|authorization", re.IGNORECASE)
_PRINTED = "[[PROPERTY|"
"""How a test prints a property where its runner's reports have none: `[[PROPERTY|name=value]]`."""


class _Property(Struct):
    owner: _Suite | _Case
    name: str
    pieces: list[str] = field(default_factory=list)


class _Output(Struct):
    case: _Case
    pieces: list[str] = field(default_factory=list)
    left: int = _MAX_OUTPUT


class _Suite(Struct, dict=True):
    above: _Suite | None
    name: str
    file: str
    time: int
    said: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def path(self) -> str:
        names = (self.above.path if self.above else "", self.name)
        return clean(" > ".join(name for name in names if name), TEXT_LIMIT)

    @cached_property
    def properties(self) -> tuple[tuple[str, str], ...]:
        machine = any(name in _MACHINE for name, _ in self.said)
        own = (entry for entry in self.said if is_claim(entry[0]) or not machine)
        return (*(self.above.properties if self.above else ()), *own)


class _Case(Struct):
    suite: _Suite
    line: int
    name: str
    classname: str
    file: str
    time: int
    verdict: Verdict
    flaky: bool = False
    said: list[tuple[str, str]] = field(default_factory=list)


_Frame = _Suite | _Case | _Property | _Output | None
"""What an open element is to us."""


class Report:
    """Takes the elements of one report as they come (an `XmlHandler`)."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._frames: list[_Frame] = [_Suite(None, "", "", 0)]
        self._cases: list[_Case] = []

    def results(self) -> list[ResultFact]:
        """One result a test case, in the order of the file, once it was read to its end."""
        return [self._result(case) for case in self._cases]

    def start(self, tag: str, attributes: Mapping[str, str], line: int) -> None:
        inside = self._frames[-1]
        frame: _Frame = None
        if isinstance(inside, _Suite):
            frame = self._in_suite(inside, tag, attributes, line)
        elif isinstance(inside, _Case):
            frame = self._in_case(inside, tag, attributes)
        self._frames.append(frame)

    def text(self, text: str) -> None:
        frame = self._frames[-1]
        if isinstance(frame, _Property):
            frame.pieces.append(text)
        elif isinstance(frame, _Output) and frame.left > 0:
            frame.pieces.append(text[: frame.left])
            frame.left -= len(text)

    def end(self, tag: str) -> None:
        frame = self._frames.pop()
        if isinstance(frame, _Property):
            _say(frame.owner, frame.name, "".join(frame.pieces))
        elif isinstance(frame, _Output):
            for name, value in _printed("".join(frame.pieces)):
                _say(frame.case, name, value)

    def _in_suite(self, suite: _Suite, tag: str, attributes: Mapping[str, str], line: int) -> _Frame:
        if tag in ("testsuites", "testsuite"):
            name = clean(attributes.get("name", "")) if tag == "testsuite" else ""
            file = attributes.get("file") or attributes.get("filepath") or ""
            return _Suite(suite, name, file or suite.file, moment(attributes.get("timestamp", "")) or suite.time)
        if tag == "testcase":
            return self._case(suite, attributes, line)
        return _property(suite, attributes) if tag == "property" else suite

    def _case(self, suite: _Suite, attributes: Mapping[str, str], line: int) -> _Case:
        if len(self._cases) == MAX_TESTS:
            message = f"holds more than {MAX_TESTS:,} tests"
            raise DocumentError(message, slug="xml-too-large", where=self._path)
        case = _Case(
            suite,
            line,
            clean(attributes.get("name", "")),
            clean(attributes.get("classname", "")),
            clean(attributes.get("file") or suite.file, TEXT_LIMIT),
            moment(attributes.get("timestamp", "")) or suite.time,
            _worst(_word(attributes.get(key, "")) for key in ("status", "result")),
        )
        self._cases.append(case)
        return case

    def _in_case(self, case: _Case, tag: str, attributes: Mapping[str, str]) -> _Frame:
        if tag == "property":
            return _property(case, attributes)
        if tag == "system-out":
            return _Output(case)
        if tag in _CHILDREN:
            case.verdict = _worst((case.verdict, _CHILDREN[tag]))
        case.flaky = case.flaky or tag in _FLAKY
        return case if tag == "properties" else None

    def _result(self, case: _Case) -> ResultFact:
        suite = case.suite
        return ResultFact(
            suite.path,
            case.classname,
            case.name or ("" if case.classname else "(unnamed)"),
            case.file,
            case.verdict,
            Evidence("junit", Where(self._path, case.line), Basis.OBSERVED, Confidence.HIGH, "junit-case"),
            (*suite.properties, *case.said) if case.said else suite.properties,
            case.time,
            case.flaky and case.verdict is Verdict.PASSED,
        )


def _worst(verdicts: Iterator[Verdict] | tuple[Verdict, ...]) -> Verdict:
    return min(verdicts, key=_WORST_FIRST.index)


def _word(word: str) -> Verdict:
    word = re.sub(r"[\s_-]", "", word).lower()
    return _WORDS.get(word, Verdict.UNKNOWN) if word else Verdict.PASSED


def _property(owner: _Suite | _Case, attributes: Mapping[str, str]) -> _Frame:
    """A property whose value is an attribute is done; else it is the element's text."""
    name = attributes.get("name", "")
    if "value" not in attributes:
        return _Property(owner, name)
    _say(owner, name, attributes["value"])
    return None


def _say(owner: _Suite | _Case, name: str, value: str) -> None:
    if name and len(owner.said) < _MAX_PROPERTIES and (is_claim(name) or not _SECRETIVE.search(name)):
        owner.said.append(told(name, value))


def _printed(output: str) -> Iterator[tuple[str, str]]:
    """Claims that a test printed."""
    for piece in output.split(_PRINTED)[1:]:
        entry, closed, _ = piece.partition("]]")
        name, given, value = entry.partition("=")
        if closed and given and is_claim(name):
            yield name, value
