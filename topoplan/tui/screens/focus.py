"""Walk along the graph: who uses a service, the service, what it uses; one step at a time, and back."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Static

from topoplan.model.phrases import counted
from topoplan.tui.screens.base import ReportScreen
from topoplan.tui.screens.find_service import FindService
from topoplan.tui.threads import in_thread
from topoplan.tui.views.boxes import MOST_BOXES
from topoplan.tui.views.focus_columns import (
    MOST_NEIGHBOURS,
    Neighbour,
    Surroundings,
    Trail,
    middle_lines,
    neighbour_lines,
    neighbourhood,
    neighbours,
    start,
    surroundings,
)
from topoplan.tui.views.index import ReportIndex
from topoplan.tui.views.page import Line, markdown
from topoplan.tui.widgets.opening import copy, open_place
from topoplan.tui.widgets.reading import Reading

_COLUMNS = ("callers", "middle", "callees")
_NOT_DRAWN = f"Boxes are drawn of 1 to {MOST_BOXES} services, and here are too many or none"


class FocusScreen(ReportScreen):
    """Three columns that move along as one steps to a neighbour."""

    TITLE_TEXT = "Focus"
    DEFAULT_CSS = """
    FocusScreen #columns { height: 1fr; }
    FocusScreen #columns > Vertical { width: 1fr; border-top: solid $foreground 30%; padding-right: 1; }
    FocusScreen #columns > Vertical { border-title-color: $foreground; }
    FocusScreen #columns > Vertical:focus-within { border-top: heavy $primary; border-title-style: bold; }
    FocusScreen #boxes { display: none; height: 1fr; }
    FocusScreen.drawn #boxes { display: block; }
    FocusScreen.drawn #columns { display: none; }
    FocusScreen #trail { height: 1; background: $panel; color: $text-muted; padding: 0 1; }
    """
    HELP_TEXT = (
        "Left: who uses the service, right: what it uses, riskiest first. Left and right step from column to column, "
        "and on to the neighbour under the cursor. □ service, ◇ gateway, ≡ datastore, » broker, △ external, # channel."
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,h", "step(-1)", "To callers", show=False, id="focus.left"),
        Binding("right,l", "step(1)", "To callees", show=False, id="focus.right"),
        Binding("d", "detail", "Boundary", id="focus.boundary"),
        Binding("slash", "find", "Find", id="focus.find"),
        Binding("backspace,left_square_bracket", "back", "Back", id="focus.back"),
        Binding("right_square_bracket", "forward", "Forward", id="focus.forward"),
        Binding("b", "boxes", "Boxes", id="focus.boxes"),
        Binding("o", "open_place", "Open file", show=False, id="focus.open"),
        Binding("y", "copy", "Copy", show=False, id="focus.copy"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._trail = Trail()
        self._around = Surroundings()
        self._found: ReportIndex | None = None
        self._sides: dict[str, tuple[Neighbour, ...]] = {"callers": (), "callees": ()}
        self._middle: tuple[Line, ...] = ()

    def body(self) -> ComposeResult:
        with Horizontal(id="columns"):
            for name in _COLUMNS:
                with Vertical(id=f"{name}-column"):
                    yield Reading(id=name)
        yield Reading(id="boxes")
        yield Static(id="trail", markup=False)

    def focus_first(self) -> Widget | None:
        return self._column("middle")

    def show(self, found: ReportIndex) -> None:
        self._found = found
        self._around = Surroundings()
        wanted = self.explorer.service or self._trail.here
        self._trail = self._trail.to(wanted if wanted in found.services else start(found))
        self._shown()
        if not isinstance(self.focused, Reading):
            self._column("callees" if self._sides["callees"] else "middle").focus()
        self._measure(found)

    def on_screen_resume(self) -> None:
        """Another screen may have pointed at another service meanwhile."""
        super().on_screen_resume()
        if self._found and self.explorer.service in self._found.services:
            self._go(self._trail.to(self.explorer.service))

    @work(exclusive=True, exit_on_error=False)
    async def _measure(self, found: ReportIndex) -> None:
        self._around = await in_thread(lambda: surroundings(found), "topoplan-focus")
        self._show_middle(self._column("middle").cursor)

    def on_reading_chosen(self, event: Reading.Chosen) -> None:
        """A neighbour becomes the middle; a place in the middle is opened."""
        if event.reading.id in self._sides:
            self._walk(event.reading.id)
        elif event.reading.id == "boxes":
            self._walk_from_boxes(event.index)
        elif event.reading.line and event.reading.line.where:
            self.action_open_place()

    def action_step(self, step: int) -> None:
        """To the next column; from an outer column on to the neighbour the cursor is on."""
        if self.has_class("drawn"):
            return
        here = self._here
        if (step < 0 and here == "callers") or (step > 0 and here == "callees"):
            self._walk(here)
        else:
            self._column(_COLUMNS[_COLUMNS.index(here) + step]).focus()

    def action_back(self) -> None:
        self._go(self._trail.back())

    def action_forward(self) -> None:
        self._go(self._trail.forward())

    def action_detail(self) -> None:
        """Everything about the boundary under the cursor; next and previous are the others of its column."""
        side = self._here if self._here in self._sides else "callees" if self._sides["callees"] else "callers"
        found = self._sides[side]
        cursor = self._column(side).cursor
        if cursor >= min(len(found), MOST_NEIGHBOURS):
            self.notify("Nothing here has a boundary.", severity="warning")
            return
        listed = [boundary.id for one in found for boundary in one.boundaries]
        self.explorer.open_boundary(found[cursor].boundaries[0].id, listed)

    async def action_find(self) -> None:
        """Search by name; what is typed at once goes to the search."""
        if self._found:
            await self.app.push_screen(FindService(self._found), self._chosen)

    def action_boxes(self) -> None:
        """The neighbourhood as boxes, or the columns again."""
        if self.has_class("drawn"):
            self.remove_class("drawn")
            self._column("middle").focus()
        elif self._show_boxes():
            self.add_class("drawn")
            self.query_one("#boxes", Reading).focus()
        else:
            self.notify(f"{_NOT_DRAWN}.", severity="warning")

    def action_open_place(self) -> None:
        line = self._column("middle").line if self._here == "middle" else None
        open_place(self.explorer, line.where if line else None, self.explorer.source.roots)

    def action_copy(self) -> None:
        """The column the cursor is in."""
        names = {"callers": "the callers", "middle": "the service", "callees": "the callees"}
        lines = self._middle if self._here == "middle" else self._side_lines(self._here)
        copy(self.explorer, markdown(lines), names[self._here])

    def _chosen(self, service: str | None) -> None:
        if service:
            self._go(self._trail.to(service))

    def _walk(self, side: str) -> None:
        found = self._sides[side]
        cursor = self._column(side).cursor
        if cursor >= min(len(found), MOST_NEIGHBOURS):
            return
        self._go(self._trail.to(found[cursor].service))

    def _walk_from_boxes(self, index: int) -> None:
        listed = [one.service for side in self._sides.values() for one in side]
        if 0 < index <= len(listed):
            self._go(self._trail.to(listed[index - 1]))

    def _go(self, trail: Trail) -> None:
        """Show where the trail is now; the column the cursor is in stays, unless it is empty there."""
        if trail.here == self._trail.here:
            return
        self._trail = trail
        self._shown()
        here = self._here
        if not self.has_class("drawn") and here in self._sides and not self._sides[here]:
            self._column("middle").focus()

    def _shown(self) -> None:
        found, service = self._found, self._trail.here
        if found is None:
            return
        self.explorer.service = service
        for side in self._sides:
            self._sides[side] = neighbours(found, service, callers=side == "callers")
            self._column(side).read(self._side_lines(side))
        titles = {
            "callers": f"Used by {len(self._sides['callers']):,}",
            "middle": service,
            "callees": f"Uses {len(self._sides['callees']):,}",
        }
        for name, title in titles.items():
            self.query_one(f"#{name}-column").border_title = Text(title, no_wrap=True, overflow="ellipsis")
        self._show_middle(0)
        if self.has_class("drawn") and not self._show_boxes():
            self.action_boxes()
        before = f"{counted(len(self._trail.past), 'step')} back" if self._trail.past else ""
        after = f"{counted(len(self._trail.future), 'step')} forward" if self._trail.future else ""
        told = " · ".join(part for part in (service, before, after) if part)
        self.query_one("#trail", Static).update(Text(told, no_wrap=True, overflow="ellipsis"))

    def _side_lines(self, side: str) -> tuple[Line, ...]:
        return neighbour_lines(self._found, self._sides[side]) if self._found else ()

    def _show_middle(self, cursor: int) -> None:
        if self._found:
            self._middle = middle_lines(self._found, self._around, self._trail.here)
            self._column("middle").read(self._middle, cursor)

    def _show_boxes(self) -> bool:
        """Draw the neighbourhood, its neighbours listed below; false where it cannot be drawn."""
        drawing = neighbourhood(self._found, self._trail.here) if self._found else None
        if drawing is None:
            return False
        lines = [Line((), drawing=drawing), *(line for side in self._sides for line in self._side_lines(side))]
        self.query_one("#boxes", Reading).read(lines)
        return True

    def _column(self, name: str) -> Reading:
        return self.query_one(f"#{name}", Reading)

    @property
    def _here(self) -> str:
        """The column the cursor is in."""
        name = self.focused.id if self.focused else None
        return name if name in _COLUMNS else "middle"
