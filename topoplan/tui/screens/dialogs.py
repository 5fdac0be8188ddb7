"""Small questions over the present screen: help, one line of text, one of a list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

_CSS = """
{kind} {{ align: center middle; background: $background 60%; }}
{kind} > .box {{ width: 90%; max-width: 100; height: auto; max-height: 90%; padding: 0 1; background: $surface;
                 border: round $primary; }}
"""


class TextDialog(ModalScreen[None]):
    """Text to read, which scrolls."""

    DEFAULT_CSS = _CSS.format(kind="TextDialog")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,question_mark,enter", "dismiss", "Close", id="dialog.close"),
    ]

    def __init__(self, title: str, text: Text) -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = Content(self._title)
            yield Static(self._text, markup=False)


class AskDialog(ModalScreen[str]):
    """One line of text; empty when none was given."""

    AUTO_FOCUS = "Input"
    DEFAULT_CSS = _CSS.format(kind="AskDialog")
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Leave", id="dialog.leave")]

    def __init__(self, title: str, value: str = "") -> None:
        super().__init__()
        self._title = title
        self._value = value

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = Content(self._title)
            yield Input(self._value, compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.dismiss(event.value.strip())

    def action_give_up(self) -> None:
        self.dismiss("")


class ChoiceDialog(ModalScreen[int]):
    """One of a list, by its place; -1 for none."""

    AUTO_FOCUS = "OptionList"
    DEFAULT_CSS = _CSS.format(kind="ChoiceDialog") + "ChoiceDialog OptionList { height: auto; border: none; }"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "give_up", "Leave", id="dialog.leave")]

    def __init__(self, title: str, choices: Sequence[Text]) -> None:
        super().__init__()
        self._title = title
        self._choices = tuple(choices)

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="box") as box:
            box.border_title = Content(self._title)
            yield OptionList(*(Option(choice) for choice in self._choices), compact=True)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(event.option_index)

    def action_give_up(self) -> None:
        self.dismiss(-1)
