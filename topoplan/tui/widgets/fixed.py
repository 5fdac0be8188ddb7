"""A table whose rows have one order that means something, and are not sorted by others."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.tui.views.table import Column
from topoplan.tui.widgets.table import Row, RowTable

_SORTING = ("sort_next", "sort_reverse")


class FixedTable(RowTable[Row]):
    """A RowTable without sorting."""

    def __init__(self, columns: Sequence[Column[Row]], *, help_text: str = "", id: str) -> None:  # noqa: A002
        super().__init__(columns, sorted_by=-1, help_text=help_text)
        self.id = id

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Sorting is no action of this table."""
        return action not in _SORTING and super().check_action(action, parameters)

    def show_column_sort(self, place: int) -> None:
        """A click on the header changes nothing."""
