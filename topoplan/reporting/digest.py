"""What of a report a person is shown, in which order: shared by the formats meant for reading."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

from msgspec import Struct

from topoplan.model.facts import NodeKind, Notice, Severity, Source, SourceState
from topoplan.model.phrases import counted
from topoplan.model.plan import Recommendation, Skip, Technique
from topoplan.model.report import Report
from topoplan.model.risk import RiskProfile
from topoplan.model.topology import Boundary, Drift
from topoplan.reporting.figures import percent
from topoplan.reporting.summary import DRIFT_KINDS, Counts
from topoplan.risk.weighing import telling

TECHNIQUE_TITLES = {
    Technique.SCHEMA: "Message schema tests",
    Technique.IN_PROCESS: "In-process tests",
    Technique.CONTRACT: "Contract tests",
    Technique.BOUNDARY: "Boundary tests",
    Technique.FAULT: "Fault injection tests",
    Technique.SLICE: "Slice tests",
    Technique.E2E: "End-to-end tests",
}

DRIFT_TITLES = dict(
    zip(
        DRIFT_KINDS,
        (
            "Declared, never observed",
            "Observed, not declared",
            "Called, but in no spec",
            "Documented, but nobody seen calling it",
        ),
        strict=True,
    )
)

_OTHER_DRIFT = "Other differences"

BASIS_TITLES = {"both": "declared and observed", "declared": "declared only", "observed": "observed only"}

_KIND_NOUNS = {
    NodeKind.SERVICE: ("service", "services"),
    NodeKind.GATEWAY: ("gateway", "gateways"),
    NodeKind.DATASTORE: ("datastore", "datastores"),
    NodeKind.BROKER: ("broker", "brokers"),
    NodeKind.EXTERNAL: ("external system", "external systems"),
}

_SEVERITY_ORDER = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class Ranked(Struct, frozen=True):
    """A boundary with its risk, None where it was not scored."""

    boundary: Boundary
    profile: RiskProfile | None

    @property
    def via(self) -> str:
        """Protocol, and the channel of a message boundary."""
        return f"{self.boundary.protocol} {self.boundary.channel}".strip()

    @property
    def main_mode(self) -> str:
        """The riskiest mode; empty when nothing is known."""
        return str(self.profile.modes[0].mode) if self.profile and self.profile.modes else ""

    @property
    def main_reason(self) -> str:
        """The riskiest mode and the factor that adds most to it; empty when nothing is known."""
        if not self.profile or not self.profile.modes:
            return ""
        found = telling(self.profile.modes[0].factors)
        return f"{self.main_mode}: {found[0].reason}" if found else self.main_mode


class Group(Struct, frozen=True):
    """The recommended tests of one technique, each with its place in the plan, counted from 1."""

    technique: Technique
    tests: tuple[tuple[int, Recommendation], ...]

    @property
    def title(self) -> str:
        return TECHNIQUE_TITLES[self.technique]

    @property
    def hours(self) -> float:
        return sum(test.hours for _, test in self.tests)

    @property
    def seconds(self) -> float:
        return sum(test.seconds for _, test in self.tests)

    @property
    def risk_retired(self) -> float:
        return sum(test.risk_retired for _, test in self.tests)


def counted_services(counts: Counts) -> list[str]:
    """`4 services`, `1 gateway`, …: the kinds that are there."""
    found = counts["services"]
    return [counted(found[kind], *nouns) for kind, nouns in _KIND_NOUNS.items() if found[kind]] or ["none found"]


def counted_bases(counts: Counts) -> list[str]:
    """`3 declared only`, …: on what the boundaries rest."""
    found = counts["basis"]
    return [f"{found[basis]:,} {title}" for basis, title in BASIS_TITLES.items() if found[basis]] or ["none found"]


def looked_back(report: Report) -> str:
    """Which part of version control the change rates rest on, or why on none."""
    history = report.history
    if not history.available:
        return f"not used: {history.reason or 'no repository'}"
    first, last = (datetime.fromtimestamp(moment, UTC).date().isoformat() for moment in (history.since, history.until))
    return first if first == last else f"{first} to {last}"


def retired(report: Report) -> str:
    """The share of the risk that all recommended tests together retire."""
    plan = report.plan
    return percent(plan.total_risk - plan.residual_risk, plan.total_risk)


def ranked(report: Report) -> list[Ranked]:
    """All boundaries, riskiest first, those without a score last."""
    boundaries = {boundary.id: boundary for boundary in report.topology.boundaries}
    scored = [Ranked(boundaries.pop(p.boundary), p) for p in report.profiles if p.boundary in boundaries]
    return scored + [Ranked(boundary, None) for boundary in boundaries.values()]


def grouped_tests(report: Report) -> list[Group]:
    """Recommended tests by technique, in the plan's order: the group with the best test first."""
    found: dict[Technique, list[tuple[int, Recommendation]]] = {}
    for place, test in enumerate(report.plan.tests, 1):
        found.setdefault(test.technique, []).append((place, test))
    return [Group(technique, tuple(tests)) for technique, tests in found.items()]


def first_evidence(boundary: Boundary) -> str:
    """Its first evidence in words: what was read, by which rule, where."""
    for evidence in boundary.evidence:
        what = evidence.detail or evidence.rule or evidence.importer
        return f"{what} ({evidence.where})"
    return "no evidence"


def drift_groups(report: Report) -> list[tuple[str, list[Drift]]]:
    """Differences under the titles of their kinds, boundaries before operations; titles are never untrusted."""
    groups: dict[str, list[Drift]] = {title: [] for title in (*DRIFT_TITLES.values(), _OTHER_DRIFT)}
    for drift in report.topology.drift:
        groups[DRIFT_TITLES.get(drift.kind, _OTHER_DRIFT)].append(drift)
    return [(title, found) for title, found in groups.items() if found]


def skip_groups(report: Report) -> list[tuple[Skip, int]]:
    """What is not worth testing, each reason once: its first subject, and how many more it holds for."""
    firsts: dict[tuple[str, str], Skip] = {}
    held = Counter((skip.reason, skip.technique) for skip in report.plan.skips)
    for skip in report.plan.skips:
        firsts.setdefault((skip.reason, skip.technique), skip)
    return [(skip, held[key] - 1) for key, skip in firsts.items()]


def notices(report: Report) -> list[Notice]:
    """Notices, errors first, otherwise in the model's order."""
    return sorted(report.topology.notices, key=lambda notice: _SEVERITY_ORDER.index(notice.severity))


def failed_sources(report: Report) -> list[Source]:
    """Candidate files that could not be read."""
    return [source for source in report.topology.sources if source.state is SourceState.FAILED]


def skip_reasons(report: Report) -> list[tuple[str, int]]:
    """Why candidate files were left out, most frequent reason first."""
    counted = Counter(s.reason for s in report.topology.sources if s.state is SourceState.SKIPPED)
    return sorted(counted.items(), key=lambda item: (-item[1], item[0]))
