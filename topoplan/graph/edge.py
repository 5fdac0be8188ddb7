"""A boundary while its facts are being gathered, and the adding up of its traffic."""

from __future__ import annotations

from msgspec import Struct, field
from msgspec.structs import replace

from topoplan.graph.entity import Entity
from topoplan.model.facts import CallFact, Style
from topoplan.model.place import Basis, Evidence
from topoplan.model.stats import Stats

SUMMARY = "dependency-link"
"""Rule of facts that a tracing back end summed up from spans, whichever importer tells."""
_PASSED_OVER = "a sum that is not added to what spans show"


class Edge(Struct):
    """All that facts say of one boundary.

    Traffic of spans adds up. A back end's summary speaks of the same traffic once more: it counts only where no span
    shows the boundary, and of several summaries the largest.
    """

    evidence: set[Evidence] = field(default_factory=set)
    uses: dict[tuple[str, str], tuple[Basis, Stats | None]] = field(default_factory=dict)
    brokers: set[Entity] = field(default_factory=set)
    _spans: Stats | None = None
    _summary: Stats | None = None

    @property
    def stats(self) -> Stats | None:
        """The traffic of the boundary; None where none was observed."""
        return self._summary if self._spans is None else self._spans

    @property
    def is_summary(self) -> bool:
        """Whether nothing but summaries tells of it."""
        return {e.rule for e in self.evidence} == {SUMMARY}

    def told(self) -> set[Evidence]:
        """All evidence; that of a summary says so where its figures were passed over."""
        if self._spans is None:
            return self.evidence
        return {_passed_over(e) if e.rule == SUMMARY else e for e in self.evidence}

    def add(self, fact: CallFact, broker: Entity | None) -> None:
        """Take in one more fact about this boundary."""
        self.evidence.add(fact.evidence)
        if broker is not None:
            self.brokers.add(broker)
        if fact.evidence.rule == SUMMARY:
            self._summary = _larger(self._summary, fact.stats)
        else:
            self._spans = added(self._spans, fact.stats)
        for use in fact.uses:
            self._use((use.method, use.path), fact.evidence.basis, use.stats)

    def absorb(self, other: Edge) -> None:
        """Take in all of an edge that proved to be about the same boundary."""
        self.evidence |= other.evidence
        self.brokers |= other.brokers
        self._spans = added(self._spans, other._spans)
        self._summary = _larger(self._summary, other._summary)
        for key, (basis, stats) in other.uses.items():
            self._use(key, basis, stats)

    def _use(self, key: tuple[str, str], basis: Basis, stats: Stats | None) -> None:
        known_basis, known = self.uses.get(key, (basis, None))
        self.uses[key] = (Basis.OBSERVED if Basis.OBSERVED in (basis, known_basis) else basis, added(known, stats))


EdgeKey = tuple[Entity, Entity, Style, str, str]
"""Consumer, provider, style, protocol, channel."""
Edges = dict[EdgeKey, Edge]


def added(one: Stats | None, other: Stats | None) -> Stats | None:
    """The sum of what is known; None where nothing is."""
    if one is None or other is None:
        return other if one is None else one
    return one + other


def _larger(one: Stats | None, other: Stats | None) -> Stats | None:
    known = [stats for stats in (one, other) if stats is not None]
    return max(known, key=lambda stats: (stats.calls, stats.errors), default=None)


def _passed_over(evidence: Evidence) -> Evidence:
    return replace(evidence, detail=f"{evidence.detail}, {_PASSED_OVER}" if evidence.detail else _PASSED_OVER)
