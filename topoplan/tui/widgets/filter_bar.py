"""The line a filter is typed into: there only while it is used."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input

PAUSE_SECONDS = 0.08
"""Time without a key after which the rows follow."""


class FilterBar(Input):
    """Tells of a filter when typing pauses. Escape takes it away, Enter goes back to the rows."""

    DEFAULT_CSS = """
    FilterBar, FilterBar:focus { height: 1; border: none; padding: 0 1; background: $surface; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "drop", "Clear", id="filter.clear"),
        Binding("enter", "done", "Back to the rows", id="filter.done"),
        Binding("down", "done", "Back to the rows", show=False),
    ]
    help_text = (
        "Words are looked for anywhere; -word leaves out; key:value looks in one field, key:a,b for either, "
        "* stands for anything; numbers compare: risk:>60. All terms must hold."
    )

    class Asked(Message):
        """Rows are wanted for another filter."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Left(Message):
        """The rows are to have the keys again."""

    def __init__(self, keys: tuple[str, ...]) -> None:
        super().__init__(placeholder=f"/ words, or {' '.join(f'{key}:' for key in keys)}", compact=True)
        self._waiting: Timer | None = None
        self.display = False

    def open(self) -> None:
        """Show the line and type into it."""
        self.display = True
        # At once: what is typed next is the filter.
        self.screen.set_focus(self)

    def put(self, text: str) -> None:
        """Use this filter."""
        self.value = text
        self._hide_unused()

    def action_drop(self) -> None:
        self.put("")
        self.post_message(self.Left())

    def action_done(self) -> None:
        self.post_message(self.Left())

    def watch_value(self, value: str) -> None:
        """Ask once typing pauses."""
        if self._waiting is not None:
            self._waiting.stop()
        self._waiting = self.set_timer(PAUSE_SECONDS, lambda: self.post_message(self.Asked(value)))

    def on_blur(self) -> None:
        self._hide_unused()

    def _hide_unused(self) -> None:
        self.display = bool(self.value)
