"""The rows of the drift screen: what is declared and never seen, or seen and not declared."""

from __future__ import annotations

from msgspec import Struct
from rich.text import Text

from topoplan.model.topology import Drift
from topoplan.reporting.digest import drift_groups
from topoplan.tui.views.filtering import Fields
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.table import Column


class DriftRow(Struct, frozen=True):
    """One difference."""

    key: str
    title: str
    """Its kind, in words."""
    drift: Drift
    text: str
    """All that is looked through for words, case-folded."""


def drift_rows(found: ReportIndex) -> list[DriftRow]:
    """Every difference, boundaries before operations."""
    return [
        DriftRow(
            f"{drift.kind} {drift.subject} {drift.operation}",
            title,
            drift,
            f"{title}\n{drift.subject}\n{drift.operation}\n{drift.message}".casefold(),
        )
        for title, group in drift_groups(found.report)
        for drift in group
    ]


COLUMNS: tuple[Column[DriftRow], ...] = (
    Column("Difference", lambda row: Text(row.title), lambda row: (row.title,), least=22, share=1, most=38),
    Column("Where", lambda row: Text(row.drift.subject), lambda row: (row.drift.subject.casefold(),), 24, 3, 70),
    Column(
        "Operation", lambda row: Text(row.drift.operation), lambda row: (row.drift.operation.casefold(),), 16, 2, 50
    ),
    Column("Told by", lambda row: Text(row.drift.message, "dim"), lambda row: (row.drift.message.casefold(),), 24, 3),
)

FIELDS: Fields[DriftRow] = Fields(
    text=lambda row: row.text,
    words={
        "kind": lambda row: (row.drift.kind,),
        "subject": lambda row: (row.drift.subject.casefold(),),
        "op": lambda row: (row.drift.operation.casefold(),),
    },
)
