"""Sorts the traces of test runs by test: what each test called, and how it ended.

The spans of a trace belong to the nearest span above them that names a test case; where a trace names only one, all of
them do. A trace that follows from a run's by a consumer's link and names no test itself belongs to that run. Traces of
no named test are one run for each operation they begin with. Calls are found by the one join of all traces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from msgspec import Struct, field

from topoplan.model.checks import Verdict
from topoplan.model.text import clean
from topoplan_importers.traces.ledger import Ledger
from topoplan_importers.traces.marks import Marks, TestMark
from topoplan_importers.traces.span import Role, Span, SpanId

Traces = dict[SpanId, list[Span]]

_CASE_VERDICTS = {
    "pass": Verdict.PASSED, "passed": Verdict.PASSED, "fail": Verdict.FAILED, "failed": Verdict.FAILED,
    "skip": Verdict.SKIPPED, "skipped": Verdict.SKIPPED,
}  # fmt: skip
_SUITE_VERDICTS = {
    "success": Verdict.PASSED, "skipped": Verdict.SKIPPED, "failure": Verdict.FAILED, "aborted": Verdict.FAILED,
    "timed_out": Verdict.FAILED,
}  # fmt: skip
_ORDER = (Verdict.UNKNOWN, Verdict.SKIPPED, Verdict.PASSED, Verdict.FAILED)


class RunKey(NamedTuple):
    """Identity of a run: a test by suite and case, a suite, or (`operation`) what its traces begin with."""

    suite: str
    case: str
    operation: str = ""


class Run(Struct):
    """The spans of one run, and what they say of it."""

    traces: list[list[Span]] = field(default_factory=list)
    marks: list[TestMark] = field(default_factory=list)
    suite_marks: list[TestMark] = field(default_factory=list)
    """Marks of its suite that name no case."""
    aside: bool = False
    """Only what stands outside of the tests of its traces: setting up, the runner's own spans."""

    @property
    def file(self) -> int:
        """Index of the first file with a span of it."""
        return min(span.file for spans in self.traces for span in spans)

    @property
    def time(self) -> int:
        """Unix seconds of its newest span."""
        return max(span.start for spans in self.traces for span in spans) // 1_000_000

    def verdict(self, key: RunKey) -> Verdict:
        """The newest word on the test itself, else its suite's: one that succeeded had no failing test, of one that
        failed nobody knows which did."""
        own = _newest((m.start, _CASE_VERDICTS.get(m.case_status)) for m in self.marks)
        if own is not None:
            return own
        suite = _newest((m.start, _SUITE_VERDICTS.get(m.suite_status)) for m in (*self.marks, *self.suite_marks))
        if suite is None or (key.case and suite is Verdict.FAILED):
            return Verdict.UNKNOWN
        return suite


def take_runs(ledger: Ledger, marks: Marks) -> dict[RunKey, Run]:
    """The runs, by key in order; their spans leave the ledger."""
    if not marks.traces:
        return {}
    return _Sorting(ledger.take(marks.traces), ledger, marks).runs()


class _Sorting:
    """Gives every trace of a test run to its run."""

    def __init__(self, taken: Traces, ledger: Ledger, marks: Marks) -> None:
        self._marks = marks
        self._found: dict[RunKey, Run] = {}
        self._open: Traces = {}
        """Traces that name no test, and no run has yet."""
        self._split: dict[RunKey, list[tuple[SpanId, list[Span]]]] = {}
        for trace, spans in taken.items():
            if any(mark.case or mark.suite for mark in marks.traces[trace]):
                for key, own in _by_test(spans, marks.traces[trace]).items():
                    self._split.setdefault(key, []).append((trace, own))
            else:
                self._open[trace] = spans
        self._followers = self._all_followers(taken, ledger)

    def _all_followers(self, taken: Traces, ledger: Ledger) -> dict[tuple[SpanId, SpanId], list[SpanId]]:
        """Traces that took messages from spans, by those spans' ids. All traces that do so, directly or in turn, leave
        the ledger, and are open."""
        effects: dict[SpanId, list[SpanId]] = {}
        for cause, trace in ledger.causes():
            effects.setdefault(cause, []).append(trace)
        waiting, reached = list(taken), set(taken)
        while waiting:
            for trace in effects.get(waiting.pop(), ()):
                if trace not in reached:
                    reached.add(trace)
                    waiting.append(trace)
        self._open |= ledger.take(reached - taken.keys())
        followers: dict[tuple[SpanId, SpanId], list[SpanId]] = {}
        for trace, spans in self._open.items():
            for span in spans:
                for target in span.links:
                    if target[0] in reached and target[0] != trace:
                        followers.setdefault(target, []).append(trace)
        return followers

    def runs(self) -> dict[RunKey, Run]:
        """Named tests first, then traces that follow from none, then those that follow in a circle."""
        for key, parts in sorted(self._split.items()):
            run = self._run(key)
            named = {mark.case for trace, _ in parts for mark in self._marks.traces[trace]}
            run.aside = not key.case and any(named)
            for trace, spans in parts:
                run.marks += _marks_of(key, self._marks.traces[trace])
                run.suite_marks += [m for m in self._marks.traces[trace] if not m.case and m.suite == key.suite]
                self._place(run, trace, spans)
        following = {trace for traces in self._followers.values() for trace in traces}
        beginning = sorted(self._open.keys() - following, key=str)
        for trace in (*beginning, *sorted(following, key=str)):
            if trace in self._open:
                spans = self._open.pop(trace)
                self._place(self._run(RunKey("", "", _beginning(spans))), trace, spans)
        return dict(sorted(self._found.items()))

    def _run(self, key: RunKey) -> Run:
        return self._found.setdefault(key, Run())

    def _place(self, run: Run, trace: SpanId, spans: list[Span]) -> None:
        """Give a trace to a run, and all open ones that follow from it."""
        waiting = [(trace, spans)]
        while waiting:
            trace, spans = waiting.pop()
            run.traces.append(spans)
            for span in spans:
                for follower in self._followers.get((trace, span.id), ()):
                    followed = self._open.pop(follower, None)
                    if followed:
                        waiting.append((follower, followed))


def _by_test(spans: list[Span], marks: list[TestMark]) -> dict[RunKey, list[Span]]:
    """The spans of one trace by the test they belong to; what stands outside of several tests is their suite's."""
    suites = {mark.suite for mark in marks if mark.suite}
    suite = suites.pop() if len(suites) == 1 else ""
    keys = {mark.span: RunKey(mark.suite or suite, mark.case) for mark in sorted(marks, key=_mark_order) if mark.case}
    if len(set(keys.values())) < 2:
        return {next(iter(keys.values()), RunKey(suite, "", "" if suite else _beginning(spans))): spans}
    parents: dict[SpanId, SpanId | None] = {}
    for span in sorted(spans, key=lambda s: (str(s.parent), s.signature)):
        parents.setdefault(span.id, span.parent)
    outside = RunKey(suite, "", "" if suite else _beginning(spans))
    found: dict[RunKey, list[Span]] = {}
    for span in spans:
        passed: dict[SpanId, None] = {}
        current: SpanId | None = span.id
        while current is not None and current not in keys and current not in passed:
            passed[current] = None
            current = parents.get(current)
        key = keys.get(current, outside) if current is not None else outside
        keys |= dict.fromkeys(passed, key)
        found.setdefault(key, []).append(span)
    for key, own in found.items():
        for span in own:
            if span.parent is not None and keys.get(span.parent) != key:
                span.parent = None  # the suite's span is no caller of what the test calls
    return found


def _marks_of(key: RunKey, marks: Iterable[TestMark]) -> list[TestMark]:
    return [m for m in marks if m.case and m.case == key.case and m.suite in ("", key.suite)]


def _mark_order(mark: TestMark) -> tuple[str, str, str]:
    return str(mark.span), mark.suite, mark.case


def _beginning(spans: list[Span]) -> str:
    """The operation a trace begins with: that of its earliest span without a parent, with its service."""
    present = {span.id for span in spans}
    roots = [span for span in spans if span.parent not in present] or spans
    first = min(roots, key=lambda s: (s.start, str(s.id), s.signature))
    said = first.signature
    verb = {Role.PUBLISH: "PUBLISH", Role.RECEIVE: "RECEIVE"}.get(said.role, said.method)
    return clean(" ".join(part for part in (said.service, verb, said.path or said.channel) if part)) or "trace"


def _newest(words: Iterable[tuple[int, Verdict | None]]) -> Verdict | None:
    """The newest verdict; of several at one time the one to worry about."""
    known = [(start, _ORDER.index(verdict)) for start, verdict in words if verdict is not None]
    return _ORDER[max(known)[1]] if known else None


def shown_names(keys: Mapping[RunKey, Run]) -> Iterator[tuple[RunKey, str]]:
    """What each run is called: its test case, with its suite where another suite has a case of that name."""
    suites: dict[str, set[str]] = {}
    for key in keys:
        suites.setdefault(key.case, set()).add(key.suite)
    for key in keys:
        alone = key.case and len(suites[key.case]) == 1
        parts = (key.operation, "" if alone else key.suite, key.case)
        yield key, clean(" > ".join(part for part in parts if part))
