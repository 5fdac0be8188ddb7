"""What of a very large report a page holds in memory, so that it opens at once and never freezes."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, islice
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from topoplan.model.coverage import Coverage
from topoplan.model.facts import Source, SourceState
from topoplan.model.gaps import Gaps
from topoplan.model.phrases import counted
from topoplan.model.plan import Plan
from topoplan.model.report import Report
from topoplan.model.topology import Topology

MOST = 4_000
"""Boundaries, files, notices and differences that a page holds, each: it opens in about a second then, half of it
spent on reading. tests/benchmarks/bench_page.py measures it."""
_NEXT_TESTS = 50
"""Open tests, in the plan's order, that a page holds in any case."""

T = TypeVar("T")


class Reduction(Struct, frozen=True):
    """`shown` is `whole` where `told`, which says what was left out, is empty."""

    whole: Report
    shown: Report
    told: str = ""

    @property
    def lacks_boundaries(self) -> bool:
        return len(self.shown.topology.boundaries) < len(self.whole.topology.boundaries)


def reduced(report: Report, most: int = MOST) -> Reduction:
    """A report of at most `most` boundaries and files as it is; of a larger one the riskiest boundaries with their
    tests, gaps and coverage.

    Services, totals and changes stay those of the whole system, and every test that is kept has all its boundaries.
    """
    topology = report.topology
    if max(len(topology.boundaries), len(topology.sources)) <= most:
        return Reduction(report, report)
    found = _riskiest(report, most)
    left_out = frozenset(boundary.id for boundary in topology.boundaries) - found
    plan = _plan(report.plan, left_out)
    tests = frozenset(test.id for test in plan.tests)
    shown = replace(
        report,
        topology=_topology(topology, left_out, most),
        profiles=tuple(profile for profile in report.profiles if profile.boundary not in left_out),
        plan=plan,
        coverage=_coverage(report.coverage, left_out),
        gaps=_gaps(report.gaps, tests),
    )
    return Reduction(report, shown, _told(report, shown))


def _riskiest(report: Report, count: int) -> frozenset[str]:
    """By falling risk, after those of tests along journeys, of which a part would be of no use, and of the tests that
    are to be written next."""
    tests, gaps = report.plan.tests, frozenset(gap.test for gap in report.gaps.open)
    journeys = (test.boundaries for test in tests if len(test.boundaries) > 1)
    following = islice((test.boundaries for test in tests if test.id in gaps), _NEXT_TESTS)
    order = chain(
        chain.from_iterable(chain(journeys, following)),
        (profile.boundary for profile in report.profiles),
        (boundary.id for boundary in report.topology.boundaries),
    )
    return frozenset(islice(dict.fromkeys(order), count))


def _topology(topology: Topology, left_out: frozenset[str], most: int) -> Topology:
    return replace(
        topology,
        boundaries=tuple(boundary for boundary in topology.boundaries if boundary.id not in left_out),
        sources=_listed_sources(topology.sources, most),
        notices=topology.notices[:most],
        drift=tuple(islice((one for one in topology.drift if one.subject not in left_out), most)),
        suggestions=topology.suggestions[:most],
    )


def _listed_sources(sources: Iterable[Source], count: int) -> tuple[Source, ...]:
    """What failed before what was skipped before what was read, each in the order it was in."""
    order = (SourceState.FAILED, SourceState.SKIPPED, SourceState.ANALYSED)
    return tuple(sorted(sources, key=lambda source: order.index(source.state))[:count])


def _plan(plan: Plan, left_out: frozenset[str]) -> Plan:
    return replace(
        plan,
        tests=tuple(test for test in plan.tests if left_out.isdisjoint(test.boundaries)),
        skips=tuple(skip for skip in plan.skips if skip.subject not in left_out),
        carried=tuple(one for one in plan.carried if one.boundary not in left_out),
    )


def _coverage(coverage: Coverage, left_out: frozenset[str]) -> Coverage:
    return replace(
        coverage,
        boundaries=tuple(one for one in coverage.boundaries if one.boundary not in left_out),
        findings=tuple(one for one in coverage.findings if one.boundary not in left_out),
    )


def _gaps(gaps: Gaps, tests: frozenset[str]) -> Gaps:
    return replace(
        gaps,
        open=tuple(gap for gap in gaps.open if gap.test in tests),
        accepted=tuple(one for one in gaps.accepted if one.test in tests),
    )


def _told(whole: Report, shown: Report) -> str:
    parts = [
        f"{len(found):,} of {counted(len(every), noun)}"
        for found, every, noun in (
            (shown.topology.boundaries, whole.topology.boundaries, "boundary"),
            (shown.plan.tests, whole.plan.tests, "recommended test"),
            (shown.gaps.open, whole.gaps.open, "open gap"),
            (shown.topology.sources, whole.topology.sources, "file"),
        )
        if len(found) < len(every)
    ]
    which = "the riskiest " if Reduction(whole, shown).lacks_boundaries else ""
    return f"This system is too large for one page: its lists hold {which}{', '.join(parts)}."
