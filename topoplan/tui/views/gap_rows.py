"""The rows of the gaps screen: every boundary with its risk, change, state per technique and what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from msgspec import Struct
from rich.text import Text

from topoplan.model.change import ServiceHistory
from topoplan.model.coverage import BoundaryCoverage, State
from topoplan.model.facts import Style
from topoplan.model.gaps import Gap, Urgency
from topoplan.model.plan import Technique
from topoplan.model.topology import Boundary
from topoplan.reporting.digest import ranked
from topoplan.reporting.gap_digest import pair_of
from topoplan.reporting.signs import COLUMN_TECHNIQUES, LETTERS
from topoplan.tui.views.filtering import Fields
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.signs import URGENCY_CHIPS, chips, risk_bar
from topoplan.tui.views.table import Column


class GapRow(Struct, frozen=True):
    """One boundary."""

    key: str
    """Its id."""
    pair: str
    """`gateway → orders`."""
    boundary: Boundary
    score: int | None
    """Risk, 0–100; None where it was not scored."""
    commits: int | None
    """Commits to both its services in the period looked at; None where version control tells nothing."""
    breaking: int
    """Breaking changes of the provider's interface in that period."""
    coverage: BoundaryCoverage | None
    gaps: tuple[Gap, ...]
    """Most open risk first."""
    owners: tuple[str, ...]
    """Of both services, case-folded."""
    text: str
    """All that is looked through for words, case-folded."""

    @property
    def urgency(self) -> Urgency | None:
        """Of its most urgent gap."""
        return max((gap.urgency for gap in self.gaps), key=lambda urgency: urgency.rank, default=None)

    @property
    def open_risk(self) -> float:
        """What closing all its gaps would retire."""
        return sum(gap.open_risk for gap in self.gaps)


def gap_rows(found: ReportIndex) -> list[GapRow]:
    """Every boundary, riskiest first."""
    histories = {history.service: history for history in found.report.history.services}
    return [
        _row(found, histories, one.boundary, one.profile.score if one.profile else None) for one in ranked(found.report)
    ]


def _row(found: ReportIndex, histories: Mapping[str, ServiceHistory], boundary: Boundary, score: int | None) -> GapRow:
    gaps = found.gaps.get(boundary.id, ())
    ends = (boundary.consumer, boundary.provider)
    owners = {found.services[end].owner for end in ends if end in found.services}
    told = [history for end in dict.fromkeys(ends) if (history := histories.get(end))]
    rates = [rate.commits for history in told for rate in (history.code, history.interface) if rate]
    provider = histories.get(boundary.provider)
    words = (boundary.id, pair_of(boundary), boundary.channel, *owners, *(gap.next_step for gap in gaps))
    return GapRow(
        key=boundary.id,
        pair=pair_of(boundary),
        boundary=boundary,
        score=score,
        commits=sum(rates) if rates else None,
        breaking=len(provider.breaking) if provider else 0,
        coverage=found.coverage.get(boundary.id),
        gaps=gaps,
        owners=tuple(sorted(owner.casefold() for owner in owners if owner)),
        text="\n".join(words).casefold(),
    )


def _pair(row: GapRow) -> Text:
    text = Text(row.pair)
    via = row.boundary.channel or row.boundary.protocol
    return text.append(f" {via}", "dim") if via else text


def _change(row: GapRow) -> Text:
    text = Text("-" if row.commits is None else f"{row.commits:,}", "dim" if not row.commits else "")
    return text.append(f" !{row.breaking}", "bold") if row.breaking else text


def _next(row: GapRow) -> Text:
    if not row.gaps:
        return Text("nothing open", "dim")
    first = row.gaps[0]
    more = f" (+{len(row.gaps) - 1})" if len(row.gaps) > 1 else ""
    return (
        Text().append(LETTERS[first.technique], URGENCY_CHIPS[first.urgency])
        .append(f" {first.urgency.value}: {first.next_step}{more}")
    )  # fmt: skip


def _states(row: GapRow) -> tuple[float, ...]:
    """How much is not covered: the number of techniques in each state, worst states first."""
    if row.coverage is None:
        return (0.0,) * len(State)
    states = [one.state for one in row.coverage.techniques]
    worst_first = (
        State.FAILING,
        State.UNCOVERED,
        State.UNKNOWN,
        State.UNVERIFIED,
        State.STALE,
        State.PARTIAL,
        State.COVERED,
    )
    return tuple(float(states.count(state)) for state in worst_first)


COLUMNS: tuple[Column[GapRow], ...] = (
    Column("Boundary", _pair, lambda row: (row.pair.casefold(), row.key), least=28, share=3, most=70),
    Column(
        "Risk", lambda row: risk_bar(row.score), lambda row: (-1 if row.score is None else row.score,), 9, falling=True
    ),
    Column("Tests", lambda row: chips(row.coverage, {gap.technique for gap in row.gaps}), _states, 14, falling=True),
    Column("Next test", _next, lambda row: (row.open_risk,), least=17, share=4, falling=True),
    Column("Change", _change, lambda row: (row.breaking, -1 if row.commits is None else row.commits), 8, falling=True),
)
"""Change comes last: it is what a narrow screen can do without."""


def _techniques(row: GapRow) -> tuple[str, ...]:
    return tuple(gap.technique.value for gap in row.gaps)


def _state_of(technique: Technique, row: GapRow) -> tuple[str, ...]:
    found = row.coverage.of(technique) if row.coverage else None
    return (found.state.value,) if found else ()


_STATES = tuple(state.value for state in State)
_ALL_TECHNIQUES = tuple(technique.value for technique in LETTERS)

FIELDS: Fields[GapRow] = Fields(
    text=lambda row: row.text,
    words={
        "consumer": lambda row: (row.boundary.consumer.casefold(),),
        "provider": lambda row: (row.boundary.provider.casefold(),),
        "service": lambda row: (row.boundary.consumer.casefold(), row.boundary.provider.casefold()),
        "owner": lambda row: row.owners,
        "op": lambda row: [operation.id.casefold() for operation in row.boundary.operations],
        "protocol": lambda row: (row.boundary.protocol.casefold(),),
        "channel": lambda row: (row.boundary.channel.casefold(),),
        "style": lambda row: (row.boundary.style.value,),
        "technique": _techniques,
        "urgency": lambda row: tuple(gap.urgency.value for gap in row.gaps),
        "state": lambda row: [one.state.value for one in row.coverage.techniques] if row.coverage else (),
        **{technique.value: partial(_state_of, technique) for technique in COLUMN_TECHNIQUES},
    },
    numbers={
        "risk": lambda row: row.score,
        "gaps": lambda row: len(row.gaps),
        "commits": lambda row: row.commits,
        "breaking": lambda row: row.breaking,
    },
    closed={
        "style": tuple(style.value for style in Style),
        "technique": _ALL_TECHNIQUES,
        "urgency": tuple(urgency.value for urgency in Urgency),
        "state": _STATES,
        **dict.fromkeys((technique.value for technique in COLUMN_TECHNIQUES), _STATES),
    },
)
"""`technique:contract` is an open gap of that technique; `contract:failing` the technique's state."""
