"""Search by name: a field and what it finds, over the present screen; the answer is a service's id, or None."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from topoplan.model.phrases import counted
from topoplan.tui.views.focus_columns import MOST_FOUND, kind_of, matching, sign_of
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.page import DIM, Line, Piece
from topoplan.tui.widgets.reading import Reading


class FindService(ModalScreen[str | None]):
    """Type a part of a name, choose with the arrows, Enter."""

    DEFAULT_CSS = """
    FindService { align: center middle; }
    FindService > Vertical { width: 70%; min-width: 40; height: 70%; border: round $primary; background: $surface; }
    FindService Static { height: 1; padding: 0 2; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", "Close"),
        Binding("down", "move(1)", "Down", priority=True, show=False),
        Binding("up", "move(-1)", "Up", priority=True, show=False),
    ]

    def __init__(self, found: ReportIndex) -> None:
        super().__init__()
        self._index = found
        self._names: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Input(placeholder="part of a service's name", compact=True)
            yield Static(markup=False)
            yield Reading()

    def on_mount(self) -> None:
        self._find("")
        self.set_focus(self.query_one(Input))

    def on_input_changed(self, event: Input.Changed) -> None:
        self._find(event.value)

    def on_input_submitted(self) -> None:
        self.on_reading_chosen()

    def on_reading_chosen(self) -> None:
        cursor = self.query_one(Reading).cursor
        if cursor < len(self._names):
            self.dismiss(self._names[cursor])

    def action_move(self, step: int) -> None:
        self.query_one(Reading).action_move(step)

    def _find(self, text: str) -> None:
        names = matching(self._index, text)
        self._names = names[:MOST_FOUND]
        shown = f", the first {MOST_FOUND} shown" if len(names) > MOST_FOUND else ""
        self.query_one(Static).update(counted(len(names), "service") + shown)
        services = self._index.services
        self.query_one(Reading).read(
            [
                Line(
                    (Piece(name), Piece(kind_of(services.get(name)), DIM)),
                    lead=(Piece(f"{sign_of(services.get(name))} "),),
                )
                for name in self._names
            ]
        )
