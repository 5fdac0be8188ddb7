"""The export dialog: the view in front of a person becomes a file, and none is overwritten unasked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option
from textual.worker import Worker, WorkerState

from topoplan.errors import TopoplanError
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan.reporting.files import replacing
from topoplan.tui.screens.base import ReportScreen
from topoplan.tui.screens.dialogs import ChoiceDialog
from topoplan.tui.threads import in_thread
from topoplan.tui.views.exporting import FORMATS, SUMMARIES, Part, content, file_name, parts
from topoplan.tui.views.index import ReportIndex

if TYPE_CHECKING:
    from topoplan.tui.app import ExploreApp

_VIEWS = {"Gaps": (0, "gaps"), "Focus": (1, "svg"), "Boundary": (-1, "markdown")}
"""Title of a screen → the part and format that show the same, where it is not all as a picture."""


def open_export(explorer: ExploreApp) -> None:
    """Ask what of the present view is wanted. Before there is a report there is nothing to export."""
    view = explorer.screen
    if explorer.index is None or not isinstance(view, ReportScreen):
        explorer.notify("there is nothing to export yet", severity="warning", markup=False)
        return
    offered = parts(explorer.index, explorer.service, explorer.boundary)
    part, format_name = _VIEWS.get(view.TITLE_TEXT, (0, "svg"))
    picture = explorer.export_screenshot(title="topoplan")
    explorer.push_screen(
        ExportScreen(explorer.index, offered, offered[min(part, len(offered) - 1)], format_name, picture)
    )


class ExportScreen(ModalScreen[None]):
    """What, in which format, into which file. Enter writes; whether to overwrite a file is asked."""

    DEFAULT_CSS = """
    ExportScreen { align: center middle; background: $background 60%; }
    ExportScreen > .box { width: 96%; max-width: 110; height: auto; padding: 0 1; border: round $primary; }
    ExportScreen > .box { background: $surface; }
    ExportScreen Horizontal { height: 10; }
    ExportScreen .side { width: 1fr; height: 10; }
    ExportScreen .side:first-of-type { width: 3fr; padding-right: 2; }
    ExportScreen .side:last-of-type { width: 2fr; }
    ExportScreen OptionList { height: 1fr; border: none; background: $surface; }
    ExportScreen OptionList { text-wrap: nowrap; text-overflow: ellipsis; }
    ExportScreen #told { height: auto; min-height: 2; max-height: 4; color: $text-muted; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave", id="export.leave"),
    ]
    AUTO_FOCUS = "#formats"

    def __init__(
        self, found: ReportIndex, offered: Sequence[Part], part: Part, format_name: str, screenshot: str
    ) -> None:
        super().__init__()
        self._found = found
        self._offered = tuple(offered)
        self._part = part
        self._format = format_name
        self._screenshot = screenshot

    def compose(self) -> ComposeResult:
        with Vertical(classes="box") as box:
            box.border_title = "Export"
            with Horizontal():
                with Vertical(classes="side"):
                    yield Static(Text("Format", "bold"), markup=False)
                    yield OptionList(
                        *(Option(_line(name, SUMMARIES[name])) for name in FORMATS), id="formats", compact=True
                    )
                with Vertical(classes="side"):
                    yield Static(Text("What", "bold"), markup=False)
                    yield OptionList(*(Option(Text(part.name)) for part in self._offered), id="parts", compact=True)
            yield Static(Text("File", "bold"), markup=False)
            yield Input(file_name(self._part, self._format), compact=True, id="file")
            yield Static(id="told", markup=False)

    def on_mount(self) -> None:
        self.query_one("#formats", OptionList).highlighted = list(FORMATS).index(self._format)
        self.query_one("#parts", OptionList).highlighted = self._offered.index(self._part)
        self._tell("Enter writes the file, Tab goes on to the next field, Escape leaves.")

    @on(OptionList.OptionHighlighted)
    def _choose(self, event: OptionList.OptionHighlighted) -> None:
        before = file_name(self._part, self._format)
        if event.option_list.id == "formats":
            self._format = list(FORMATS)[event.option_index]
        else:
            self._part = self._offered[event.option_index]
        name = self.query_one("#file", Input)
        if name.value == before:
            name.value = file_name(self._part, self._format)

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def _submit(self) -> None:
        self._export()

    @work(exclusive=True, exit_on_error=False, group="export")
    async def _export(self) -> None:
        name = self.query_one("#file", Input).value.strip()
        if not name or not name.isprintable():
            self._tell("Name the file first.")
            return
        path = Path(name).expanduser()
        if os.path.exists(path) and not await self._may_overwrite(path):
            self._tell(f"{path} was left as it is.")
            return
        self._tell("Drawing and writing …")
        try:
            size = await in_thread(lambda: self._write(path), "topoplan-export")
        except TopoplanError as error:
            self._tell(f"{error.message}: {error.hint}" if error.hint else error.message)
            return
        self.dismiss()
        self.app.notify(f"{path.absolute()}, {size:,} bytes", title="Exported", markup=False)

    async def _may_overwrite(self, path: Path) -> bool:
        choices = (Text("No, keep the file"), Text("Yes, overwrite it"))
        return await self.app.push_screen_wait(ChoiceDialog(f"{path} exists", choices)) == 1

    def _write(self, path: Path) -> int:
        if self._format == "screen":
            made = self._screenshot.encode("utf-8", "backslashreplace")
        else:
            made = content(self._found.report, self._part, self._format, self.explorer.source.planning)
        with replacing(str(path)) as stream:
            stream.write(made)
        return len(made)

    @property
    def explorer(self) -> ExploreApp:
        """The app, with its own type."""
        from topoplan.tui.app import ExploreApp

        assert isinstance(self.app, ExploreApp)
        return self.app

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """What goes wrong is told."""
        if event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            self.explorer.tell(event.worker.error)

    def action_leave(self) -> None:
        """Leave without a file."""
        self.dismiss()

    def _tell(self, text: str) -> None:
        self.query_one("#told", Static).update(Text(clean(text, TEXT_LIMIT)))


def _line(name: str, summary: str) -> Text:
    return Text.assemble(f"{name:<9}", (summary, "dim"))
