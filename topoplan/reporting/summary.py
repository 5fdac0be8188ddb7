"""Counts over a report that can be added over systems and runs: no ratios, no maxima."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from topoplan.model.coverage import State
from topoplan.model.facts import NodeKind, Severity, SourceState, Style
from topoplan.model.gaps import Urgency
from topoplan.model.plan import Technique
from topoplan.model.report import Report
from topoplan.reporting.standing import standings

BASES = ("both", "declared", "observed")
"""What a boundary rests on, as `Boundary.basis` says it."""

DRIFT_KINDS = ("never-observed", "not-declared", "undocumented-operation", "unused-operation")
"""Every `Drift.kind`, boundaries first."""

Counts = dict[str, dict[str, int]]


def summarize(report: Report) -> Counts:
    """Counts by group and key; every key of a group is always there, also with 0."""
    topology, tests = report.topology, report.plan.tests
    used = [operation for boundary in topology.boundaries for operation in boundary.operations]
    traffic = [boundary.stats for boundary in topology.boundaries if boundary.stats]
    return {
        "services": _tally(NodeKind, (s.kind for s in topology.services)),
        "boundaries": _tally(Style, (b.style for b in topology.boundaries)),
        "basis": _tally(BASES, (b.basis for b in topology.boundaries)),
        "operations": {
            "documented": sum(len(s.operations) for s in topology.services),
            "used": len(used),
            "used_undocumented": sum(operation.documented is False for operation in used),
        },
        "traffic": {"calls": sum(s.calls for s in traffic), "errors": sum(s.errors for s in traffic)},
        "sources": _tally(SourceState, (s.state for s in topology.sources)),
        "notices": _tally(Severity, (n.severity for n in topology.notices)),
        "drift": _tally(DRIFT_KINDS, (d.kind for d in topology.drift)),
        "tests": _tally(Technique, (t.technique for t in tests)),
        "cases": _tally(Technique, (t.technique for t in tests for _ in t.cases)),
        "states": _tally(State, (one.state for one in standings(report))),
        "gaps": _tally(Urgency, (gap.urgency for gap in report.gaps.open)),
    }


def _tally(keys: Iterable[str], found: Iterable[str]) -> dict[str, int]:
    counted = Counter(found)
    return {str(key): counted[key] for key in keys}
