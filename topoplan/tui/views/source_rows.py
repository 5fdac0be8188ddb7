"""The rows of the sources screen: what became of every file, and what was noticed on the way."""

from __future__ import annotations

from msgspec import Struct
from rich.text import Text

from topoplan.model.facts import Severity, SourceState
from topoplan.tui.views.filtering import Fields
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.signs import SEVERITY_CHIPS, SOURCE_CHIPS
from topoplan.tui.views.table import Column

_STATES: tuple[Severity | SourceState, ...] = (
    Severity.ERROR,
    SourceState.FAILED,
    Severity.WARNING,
    Severity.INFO,
    SourceState.ANALYSED,
    SourceState.SKIPPED,
)
"""What a person should look at first comes first."""


class SourceRow(Struct, frozen=True):
    """One file, or one notice."""

    key: str
    state: Severity | SourceState
    path: str
    by: str
    """The importer, or the name of the notice's section in the reference."""
    facts: int | None
    """None for a notice."""
    reason: str
    text: str
    """All that is looked through for words, case-folded."""


def source_rows(found: ReportIndex) -> list[SourceRow]:
    """Notices and files, those that failed first, then by path."""
    topology = found.report.topology
    rows = [
        _row(source.state, source.path, source.importer, source.facts, source.reason) for source in topology.sources
    ]
    rows += [
        _row(notice.severity, str(notice.where or ""), notice.slug, None, notice.message) for notice in topology.notices
    ]
    return sorted(rows, key=lambda row: (_STATES.index(row.state), row.path, row.by, row.reason))


def _row(state: Severity | SourceState, path: str, by: str, facts: int | None, reason: str) -> SourceRow:
    text = f"{state}\n{path}\n{by}\n{reason}"
    return SourceRow(text, state, path, by, facts, reason, text.casefold())


def _state(row: SourceRow) -> Text:
    state = row.state
    return Text(state.value, SEVERITY_CHIPS[state] if isinstance(state, Severity) else SOURCE_CHIPS[state])


COLUMNS: tuple[Column[SourceRow], ...] = (
    Column("State", _state, lambda row: (_STATES.index(row.state),), 8),
    Column("File", lambda row: Text(row.path), lambda row: (row.path,), least=24, share=3, most=70, tail=True),
    Column("By", lambda row: Text(row.by), lambda row: (row.by,), least=10, share=1, most=24),
    Column(
        "Facts",
        lambda row: Text(f"{row.facts:>5,}" if row.facts else "", "dim"),
        lambda row: (row.facts or 0,),
        least=5,
        falling=True,
    ),
    Column("Reason", lambda row: Text(row.reason), lambda row: (row.reason.casefold(),), least=20, share=4),
)

FIELDS: Fields[SourceRow] = Fields(
    text=lambda row: row.text,
    words={
        "state": lambda row: (row.state.value,),
        "file": lambda row: (row.path.casefold(),),
        "by": lambda row: (row.by.casefold(),),
        "reason": lambda row: (row.reason.casefold(),),
    },
    numbers={"facts": lambda row: row.facts},
    closed={"state": tuple(state.value for state in _STATES)},
)
