"""Turns runs into checks: joins the spans of each like those of any trace, and tells calls apart by what they prove."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from topoplan.model.checks import RunCall, RunFact
from topoplan.model.facts import Notice, Party, Severity
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan_importers.traces.forest import Flaw, Placed
from topoplan_importers.traces.ledger import Ledger, Page
from topoplan_importers.traces.runs import Run, RunKey, shown_names
from topoplan_importers.traces.span import SpanId
from topoplan_importers.traces.tally import BoundaryKey, Operation, Rule

RUN_LIMIT = 10_000
"""Runs kept of one read, those first by name."""
CALL_LIMIT = 500
"""Kinds of calls kept of one run, those first in order."""


class _Seen(Struct):
    """What is remembered of equal calls."""

    failed: bool = False
    injected: bool = False


class _RunLedger(Ledger):
    """Joins the spans of one run. Keeps with each kind of call what its caller saw of it."""

    def __init__(self, faults: set[tuple[SpanId, SpanId]]) -> None:
        super().__init__()
        self._faults = faults
        self._kinds: dict[tuple[BoundaryKey, Operation | None, bool], _Seen] = {}
        """Calls by boundary, operation, and whether the provider was there."""

    def _count(self, page: Page, timed: Placed, span: Placed, failed: bool, weight: float) -> None:
        account = page.account
        real = account.rule <= Rule.PARENT_CHILD
        seen = self._kinds.setdefault((account.key, account.operation, real), _Seen())
        seen.failed = seen.failed or timed.failed
        # Who waits for an answer sees what was put in on either side.
        seen.injected = seen.injected or any((s.trace, s.id) in self._faults for s in (timed, span))

    def calls(self) -> Iterator[RunCall]:
        """Every kind of call of the run."""
        for (key, operation, real), seen in self._kinds.items():
            method, path = operation or ("", "")
            yield RunCall(
                Party(key.consumer), key.provider, key.style, method, path, key.channel, seen.failed, seen.injected,
                real,
            )  # fmt: skip


def run_facts(
    runs: Mapping[RunKey, Run], faults: set[tuple[SpanId, SpanId]], importer: str, paths: Sequence[str],
    flaws: Counter[tuple[int, Flaw]],
) -> tuple[list[RunFact], list[Notice]]:  # fmt: skip
    """The runs by name, with notices on what was cut and on runs without calls; flaws of their spans join `flaws`. Lets
    the spans go on the way."""
    facts: list[RunFact] = []
    notices: list[Notice] = []
    empty: Counter[str] = Counter()
    left = 0
    for key, name in sorted(shown_names(runs), key=lambda item: (item[1], item[0])):
        run = runs[key]
        path = paths[run.file]
        time, traces = run.time, len(run.traces)
        ledger = _RunLedger(faults)
        for spans in run.traces:
            for span in spans:
                ledger.add(span)
        run.traces.clear()
        ledger.close()
        flaws.update(ledger.flaws)
        calls = sorted(ledger.calls(), key=_order)
        if not calls:
            empty[path] += not run.aside
        elif len(facts) >= RUN_LIMIT:
            left += 1
        else:
            if len(calls) > CALL_LIMIT:
                text = f"{len(calls) - CALL_LIMIT:,} of {len(calls):,} kinds of calls of {name} are left out"
                notices.append(Notice(Severity.WARNING, "test-run-cut", text, Where(path)))
            detail = f"{traces} trace{'' if traces == 1 else 's'}"
            evidence = Evidence(importer, Where(path), Basis.OBSERVED, Confidence.HIGH, "test-run", detail)
            facts.append(RunFact(name, run.verdict(key), tuple(calls[:CALL_LIMIT]), evidence, time))
    for path, count in sorted((+empty).items()):
        text = f"{count:,} test run{'' if count == 1 else 's'} without a call between services: nothing is proved"
        notices.append(Notice(Severity.INFO, "test-runs-empty", text, Where(path)))
    if left:
        notices.append(
            Notice(Severity.WARNING, "test-runs-cut", f"{left:,} test runs beyond {RUN_LIMIT:,} are left out")
        )
    return facts, notices


def _order(call: RunCall) -> tuple[object, ...]:
    provider = call.provider
    return (
        call.consumer.name, provider.name, str(provider.kind or ""), provider.technology, call.style, call.channel,
        call.method, call.path, call.provider_real,
    )  # fmt: skip
