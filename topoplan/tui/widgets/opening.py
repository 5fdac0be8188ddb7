"""Opens a place in the person's editor while the app stands aside, and copies text; both say what they did."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from textual.app import App, SuspendNotSupported

from topoplan.errors import TopoplanError
from topoplan.model.place import Where
from topoplan.tui.views.places import editor_command, editor_of, real_file


def open_place(app: App[Any], where: Where | None, roots: Mapping[str, Path]) -> None:
    """Open a file at its line; what stands in the way is told. No shell is involved."""
    if where is None:
        app.notify("This line has no place in a file.", severity="warning", markup=False)
        return
    try:
        path = real_file(where, roots)
        command = editor_command(editor_of(os.environ), path, where.line)
    except TopoplanError as error:
        told = f"{error}{f': {error.hint}' if error.hint else ''}"
        app.notify(told, title="Not opened", severity="error", markup=False)
        return
    try:
        with app.suspend():
            failed = run_editor(command)
    except SuspendNotSupported:
        app.notify("An editor needs a terminal of its own, and here is none.", title="Not opened", severity="error")
        return
    if failed:
        app.notify(failed, title="Not opened", severity="error", markup=False)


def run_editor(command: Sequence[str]) -> str:
    """Wait for the editor; what went wrong in words, empty when nothing did."""
    try:
        code = subprocess.run(command, check=False).returncode  # noqa: S603 - no shell; the person's own editor
    except (OSError, ValueError) as error:
        return f"{command[0]} could not be started: {getattr(error, 'strerror', None) or error}"
    return f"{command[0]} ended with exit code {code}" if code else ""


def copy(app: App[Any], text: str, what: str) -> None:
    """Put text on the terminal's clipboard (OSC 52) and say so."""
    app.copy_to_clipboard(text)
    app.notify(f"Copied {what} as Markdown.", timeout=3, markup=False)
