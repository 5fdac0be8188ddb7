"""Which file a place means, and how each editor is told to open it at a line: no shell, nothing outside the roots."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from pathlib import Path, PurePath

from topoplan.errors import TopoplanError, UsageError
from topoplan.importing.workspace import Workspace
from topoplan.model.place import Where

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

_PLUS = ("vi", "vim", "nvim", "view", "gvim", "nano", "pico", "emacs", "emacsclient", "mg", "micro", "kak", "ne", "joe",
         "jed", "kate", "gedit", "gnome-text-editor")  # fmt: skip
_GOTO = ("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf")
_COLON = ("hx", "helix", "subl", "sublime_text", "zed", "zeditor", "atom", "lapce")
_LINE = ("idea", "pycharm", "webstorm", "goland", "rider", "clion", "phpstorm", "rubymine", "mate")


def editor_of(environment: Mapping[str, str]) -> str:
    """The editor a person chose: `VISUAL`, else `EDITOR`. Raises UsageError when there is none."""
    chosen = environment.get("VISUAL", "").strip() or environment.get("EDITOR", "").strip()
    if not chosen:
        raise UsageError("no editor is set", slug="no-editor", hint="set EDITOR, for example to vim or 'code --wait'")
    return chosen


def editor_command(editor: str, path: Path, line: int) -> tuple[str, ...]:
    """The arguments that open an absolute path at a line (0: unknown) in an editor given as in `EDITOR`, with options.

    An editor whose way to give a line is not known gets the file alone. Raises UsageError for unbalanced quotes.
    """
    try:
        words = shlex.split(editor)
    except ValueError:
        words = []
    if not words:
        raise UsageError(f"EDITOR cannot be read: {editor}", slug="no-editor", hint="check its quotes")
    name = PurePath(words[0]).name.lower().removesuffix(".exe")
    if not line:
        return (*words, str(path))
    if name in _PLUS:
        return (*words, f"+{line}", str(path))
    if name in _GOTO:
        return (*words, "--goto", f"{path}:{line}")
    if name in _COLON:
        return (*words, f"{path}:{line}")
    if name in _LINE:
        return (*words, "--line", str(line), str(path))
    return (*words, str(path))


def real_file(where: Where, roots: Mapping[str, Path]) -> Path:
    """The file that a place names below the roots (shown path → real folder or file), every link followed. Raises
    TopoplanError for a URL, a path outside the roots and anything that is no file."""
    if _URL.match(where.path):
        raise UsageError("is an address, not a file here", slug="outside-root", where=where.path)
    found = Workspace(roots).real(where.path)
    try:
        is_file = found.is_file()
    except OSError:
        is_file = False
    if not is_file:
        raise TopoplanError("is not there (any more)", slug="no-input", where=where.path)
    return found
