"""The app: loads a report in a worker, switches screens, and keeps running whatever a worker meets."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from importlib import import_module
from typing import ClassVar

from textual import work
from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.filter import LineFilter, Monochrome
from textual.markup import escape
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from topoplan.errors import TopoplanError
from topoplan.tui.preferences import Preferences
from topoplan.tui.screens.base import ReportScreen
from topoplan.tui.source import ReportSource
from topoplan.tui.themes import NO_COLOUR, OFFERED, THEMES
from topoplan.tui.threads import in_thread
from topoplan.tui.views.index import ReportIndex, index
from topoplan.tui.widgets.summary import SummaryBar

SCREENS: dict[str, str] = {
    "gaps": "topoplan.tui.screens.gaps:GapsScreen",
    "focus": "topoplan.tui.screens.focus:FocusScreen",
    "matrix": "topoplan.tui.screens.matrix:MatrixScreen",
    "plan": "topoplan.tui.screens.plan:PlanScreen",
    "drift": "topoplan.tui.screens.drift:DriftScreen",
    "sources": "topoplan.tui.screens.sources:SourcesScreen",
}
"""Name → screen as `module:class`, in the order of the number keys; loaded when first shown."""

INTERRUPTED = 130
"""Exit code after Ctrl-C: 128 + SIGINT."""
WATCH_SECONDS = 2.0
"""Time between two looks at the inputs."""

_TEXTUALS_COMMANDS = ("Theme", "Quit")
_SCREEN_KEYS = Binding.Group("Screens", compact=True)


class ExploreApp(App[int]):
    """Walks through one report. `return_code` is the exit code of the command."""

    TITLE = "topoplan"
    CSS = "Toast { width: auto; max-width: 90%; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(
            Binding(str(number), f"open('{name}')", name.capitalize(), id=f"app.{name}", group=_SCREEN_KEYS)
            for number, name in enumerate(SCREENS, 1)
        ),
        Binding("question_mark", "help", "Help", id="app.help"),
        Binding("colon", "command_palette", "Palette", id="app.palette"),
        Binding("e", "export", "Export", id="app.export"),
        Binding("r", "reload", "Analyse again", show=False, id="app.reload"),
        Binding("q", "quit", "Quit", id="app.quit"),
        Binding("ctrl+c", "interrupt", "Interrupt", show=False, priority=True),
    ]

    def __init__(
        self, source: ReportSource, preferences: Preferences | None = None, *, watch: bool = False, first: str = "gaps"
    ) -> None:
        super().__init__()
        self.source = source
        self.preferences = preferences or Preferences(None)
        self.index: ReportIndex | None = None
        self.service: str = ""
        """Id of the service that screens last pointed at; empty at first."""
        self.boundary: str = ""
        """Id of the boundary that screens last pointed at."""
        self.crash: Exception | None = None
        """What ended the app, if anything did."""
        self.failure: Exception | None = None
        """Why the newest load gave no report; None when it did."""
        self._watch = watch
        self._first = first
        self._clashes: set[str] = set()

    def on_mount(self) -> None:
        for theme in THEMES:
            self.register_theme(theme)
        self._prefer()
        self.theme_changed_signal.subscribe(self, lambda theme: self._keep_theme(theme.name))
        self.action_open(self._first)
        self.action_reload()
        if self._watch:
            self.set_interval(WATCH_SECONDS, self._look)

    # Screens

    def action_open(self, name: str) -> None:
        """Show a screen by name; one that is there already comes back as it was left."""
        if not self.is_screen_installed(name):
            module, _, kind = SCREENS[name].partition(":")
            made: Callable[[], ReportScreen] = getattr(import_module(module), kind)
            self.install_screen(made(), name)
        while len(self.screen_stack) > 2:
            self.pop_screen()
        if len(self.screen_stack) == 2:
            self.switch_screen(name)
        else:
            self.push_screen(name)

    def open_boundary(self, boundary_id: str, among: Sequence[str] = ()) -> None:
        """Show everything about one boundary, over the present screen; `among` are the ids that it stands between."""
        from topoplan.tui.screens.boundary import BoundaryScreen

        self.boundary = boundary_id
        self.push_screen(BoundaryScreen(boundary_id, among))

    def action_help(self) -> None:
        """Tell of the focused widget and of every key that works now."""
        from topoplan.tui.screens.dialogs import TextDialog
        from topoplan.tui.views.help import Key, help_page

        found: dict[tuple[str, str], list[str]] = {}
        for active in self.screen.active_bindings.values():
            binding = active.binding
            if binding.description and not binding.system:
                keys = found.setdefault((binding.description, binding.id or ""), [])
                keys.append(self.get_key_display(binding))
        about = [getattr(self.focused, "help_text", ""), getattr(self.screen, "help_text", "")]
        rows = [Key(" ".join(keys), told, name) for (told, name), keys in found.items()]
        self.push_screen(TextDialog("Help", help_page(dict.fromkeys(about), rows)))

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: everything that a key does, and what has no key."""
        for name in SCREENS:
            yield SystemCommand(f"Screen: {name}", f"Show the {name} screen", partial(self.action_open, name))
        if self.source.can_reload:
            yield SystemCommand("Analyse again", "Read all inputs and analyse them anew", self.action_reload)
        yield SystemCommand("Export", "Make a file of the present view", self.action_export)
        if isinstance(screen, ReportScreen):
            for title, telling, action in screen.commands():
                # The palette takes both for markup.
                yield SystemCommand(escape(title), escape(telling), action)
        for name in OFFERED:
            yield SystemCommand(f"Theme: {name}", "Change the colours", partial(setattr, self, "theme", name))
        yield SystemCommand("Help", "The focused widget, its keys, and the signs", self.action_help)
        for command in super().get_system_commands(screen):
            if command.title in _TEXTUALS_COMMANDS:
                yield command

    def action_export(self) -> None:
        """Make a file of the present view."""
        from topoplan.tui.screens.export import open_export

        open_export(self)

    # The report

    def action_reload(self) -> None:
        """Analyse again, unless that is being done or there is nothing to analyse."""
        if self._is_busy("load"):
            return
        if self.index is None or self.source.can_reload:
            self.load()
        else:
            self.notify("a saved report is shown: there is nothing to analyse", markup=False)

    @work(exclusive=True, exit_on_error=False, group="load")
    async def load(self) -> ReportIndex:
        """Make and index the report."""
        loop, context = asyncio.get_running_loop(), copy_context()

        def say(step: str) -> None:
            with suppress(RuntimeError):  # the app has ended
                loop.call_soon_threadsafe(partial(self._say, step), context=context)

        def make() -> ReportIndex:
            found = index(self.source.load(say))
            # A report is many objects that live long: looking through them for garbage would stop the UI.
            gc.freeze()
            return found

        self._say("starting")
        return await in_thread(make, "topoplan-load")

    @work(exclusive=True, exit_on_error=False, group="watch")
    async def look(self) -> None:
        """Analyse again when the inputs look different."""
        if await in_thread(self.source.changed, "topoplan-watch"):
            self.load()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A finished load shows its report; a failed worker says why."""
        if event.worker.group == "load" and event.state is WorkerState.SUCCESS:
            self.index, self.failure = event.worker.result, None
            self._show()
        elif event.state is WorkerState.ERROR and isinstance(event.worker.error, Exception):
            if event.worker.group == "load":
                self.failure = event.worker.error
                self._show()
            self.tell(event.worker.error)

    def tell(self, error: Exception) -> None:
        """Say what went wrong and go on."""
        if isinstance(error, TopoplanError):
            hint = f"\n{error.hint}" if error.hint else ""
            self.notify(f"{error}{hint}", title="Error", severity="error", timeout=20, markup=False)
            return
        told = f"this is a bug in topoplan: {type(error).__name__}"
        self.notify(told, title="Error", severity="error", timeout=20, markup=False)

    def _show(self) -> None:
        for screen in self.screen_stack:
            if isinstance(screen, ReportScreen):
                screen.refresh_report(self.index)

    def _say(self, step: str) -> None:
        for screen in self.screen_stack:
            for bar in screen.query(SummaryBar):
                bar.say(step)

    def _look(self) -> None:
        if not self._is_busy("load", "watch"):
            self.look()

    def _is_busy(self, *groups: str) -> bool:
        return any(worker.group in groups and not worker.is_finished for worker in self.workers)

    # Preferences

    def save_filter(self, screen: str, text: str) -> None:
        """Ask for a name and keep the filter under it."""
        from topoplan.tui.screens.dialogs import AskDialog

        def save(name: str | None) -> None:
            if name:
                try:
                    self.preferences.save_filter(screen, name, text)
                except TopoplanError as error:
                    self.tell(error)
                else:
                    self.notify(f"filter {name} saved" if text else f"filter {name} forgotten", markup=False)

        title = f"Save {text} as" if text else "No filter is set: forget the saved filter named"
        self.push_screen(AskDialog(title), save)

    def saved_filters(self, screen: str) -> dict[str, str]:
        """Name → filter; none where the file is unusable, which is told."""
        try:
            return self.preferences.filters(screen)
        except TopoplanError as error:
            self.tell(error)
            return {}

    def _prefer(self) -> None:
        try:
            self.set_keymap(self.preferences.keys())
            theme = self.preferences.theme()
        except TopoplanError as error:
            self.tell(error)
            return
        if theme in self.available_themes:
            self.theme = theme

    def _keep_theme(self, name: str) -> None:
        try:
            if name != self.preferences.theme():
                self.preferences.save_theme(name)
        except TopoplanError as error:
            self.tell(error)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Without colours where the theme is so."""
        filters = super().get_line_filters()
        return [*filters, Monochrome()] if self.theme == NO_COLOUR else filters

    def handle_bindings_clash(self, clashed_bindings: set[Binding], node: DOMNode) -> None:
        """Say once which keys of keys.json have two meanings."""
        for key in {binding.key for binding in clashed_bindings} - self._clashes:
            self._clashes.add(key)
            self.notify(f"keys.json gives {key} two meanings", severity="warning", markup=False)

    # The end

    def action_interrupt(self) -> None:
        """Leave as an interrupted program does."""
        self.exit(return_code=INTERRUPTED)

    def _handle_exception(self, error: Exception) -> None:
        self.crash = self.crash or error
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual's own would print the values of local variables, which may be anything read from the inputs.
        self._close_messages_no_wait()
