"""Tells what spans say of tests: that a test made them, which one, how it ended, and faults put in on purpose.

A trace is of a test run when the user says so of its file, when a resource of it says that its environment is one for
tests, or when any span of it names a test case or suite. Names follow OpenTelemetry's registry (`test.*`,
`deployment.environment.name`). Environments that people share before production (`staging`, `qa`, `uat`, `dev`) are
not for tests alone, and so are none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

import msgspec
from msgspec import Struct

from topoplan.model.text import clean
from topoplan_importers.traces.span import Attributes, SpanId, id_text, span_id
from topoplan_importers.vocabulary import words

_CASE, _SUITE = "test.case.name", "test.suite.name"
_CASE_STATUS, _SUITE_STATUS = "test.case.result.status", "test.suite.run.status"
_ENVIRONMENT = ("deployment.environment.name", "deployment.environment")
_FLAGS = ("fault.injected", "chaos.injected")
"""Set by whoever puts in the fault; no convention names one yet, these are what chaos tools and demos write."""
_ENVOY_FLAGS = "response_flags"
_HEADERS = tuple(
    f"http.request.header.x-envoy-fault-{what}"
    for what in ("delay-request", "abort-request", "abort-grpc-request", "throughput-response")
)
_FAULTS = frozenset({*_FLAGS, _ENVOY_FLAGS, *_HEADERS})

MARKS = frozenset({_CASE, _SUITE, _CASE_STATUS, _SUITE_STATUS, *_ENVIRONMENT, *_FAULTS})
"""Attribute keys, of spans and resources, that are looked at here."""

NAMING_TEST = (_CASE, _SUITE)
TELLING = (*NAMING_TEST, *_ENVIRONMENT)
"""Those that tell whether a trace is of a test run."""

_ENVIRONMENTS = words("test tests testing ci it e2e integration acceptance functional")
_ENDS = words("test tests testing ci e2e")
_WORD = re.compile(r"[^a-z0-9]+")
_NO = frozenset({"", "0", "false", "no", "none", "null"})


class TestMark(Struct, frozen=True, gc=False):
    """What one span says of the test it is part of."""

    span: SpanId
    case: str
    suite: str
    case_status: str
    suite_status: str
    start: int
    """Microseconds since the epoch, 0 unknown."""


class Marks:
    """What is known of tests, gathered while files are read."""

    def __init__(self) -> None:
        self.traces: dict[SpanId, list[TestMark]] = {}
        """Traces of test runs; those of environments and of files have no marks."""
        self.faults: set[tuple[SpanId, SpanId]] = set()
        """(trace, span) ids of spans that met a fault or delay put in on purpose."""

    def see(self, trace: SpanId, span: SpanId, start: int, found: Attributes, about: Mapping[str, str]) -> None:
        """Take what a span (`found`) and its resource (`about`, from `resource_marks`) say of tests out of `found`, so
        that tests do not tell descriptions of spans apart."""
        said = {**about, **{key: str(found.pop(key)) for key in MARKS.intersection(found)}}
        if any(_is_fault(key, said[key]) for key in _FAULTS.intersection(said)):
            self.faults.add((trace, span))
        case, suite = clean(said.get(_CASE, "")), clean(said.get(_SUITE, ""))
        if case or suite:
            mark = TestMark(
                span, case, suite, clean(said.get(_CASE_STATUS, "")).lower(),
                clean(said.get(_SUITE_STATUS, "")).lower(), start,
            )  # fmt: skip
            self.traces.setdefault(trace, []).append(mark)
        elif any(is_test_environment(said.get(key, "")) for key in _ENVIRONMENT):
            self.traces.setdefault(trace, [])

    def claim(self, trace: SpanId) -> None:
        """Note a trace of a file that holds test runs."""
        self.traces.setdefault(trace, [])

    def told(self) -> ToldMarks:
        """All of them in a form that can be written."""
        traces = {
            id_text(trace): [(id_text(mark.span), *msgspec.structs.astuple(mark)[1:]) for mark in marks]
            for trace, marks in self.traces.items()
        }
        return ToldMarks(traces, [(id_text(trace), id_text(span)) for trace, span in sorted(self.faults, key=str)])

    def join(self, told: ToldMarks) -> None:
        """Add what another has seen. Raises ValueError where an id is empty."""
        for trace, marks in told.traces.items():
            own = self.traces.setdefault(_known(trace), [])
            own += [TestMark(_known(mark[0]), *mark[1:]) for mark in marks]
        self.faults.update((_known(trace), _known(span)) for trace, span in told.faults)


class ToldMarks(Struct):
    """What `Marks` hold, ids as text."""

    traces: dict[str, list[tuple[str, str, str, str, str, int]]] = {}
    faults: list[tuple[str, str]] = []


def _known(text: str) -> SpanId:
    own = span_id(text)
    if own is None:
        raise ValueError("a mark without trace or span id")
    return own


def tells_of_test(said: Mapping[str, str]) -> bool:
    """Whether these values of `TELLING`, of a span and its resource, make a trace one of a test run."""
    named = any(clean(said.get(key, "")) for key in NAMING_TEST)
    return named or any(is_test_environment(said.get(key, "")) for key in _ENVIRONMENT)


def resource_marks(found: Attributes) -> dict[str, str]:
    """What a resource says of tests; empty when it is of none."""
    said = {key: str(found[key]) for key in MARKS.intersection(found)}
    telling = said.keys() - set(_ENVIRONMENT) or any(is_test_environment(said.get(key, "")) for key in _ENVIRONMENT)
    return said if telling else {}


@lru_cache(maxsize=1024)
def is_test_environment(name: str) -> bool:
    """Whether an environment of this name is for tests alone: `test`, `CI`, `integration-tests`, `pr-7-e2e`."""
    parts = [part for part in _WORD.split(name[:200].lower()) if part]
    if not parts:
        return False
    return parts[0] in _ENDS or parts[-1] in _ENDS or (len(parts) == 1 and parts[0] in _ENVIRONMENTS)


def _is_fault(key: str, value: str) -> bool:
    if key == _ENVOY_FLAGS:  # DI delay injected, FI fault injected, of a list such as `DI,UF`
        return not {"DI", "FI"}.isdisjoint(value[:200].split(","))
    return value.strip().lower() not in _NO
