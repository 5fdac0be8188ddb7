"""What the terminal at the other end can show: colour, width, characters."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TextIO

from msgspec import Struct

WIDTH = 100
"""Columns where nobody says otherwise."""


class Terminal(Struct, frozen=True):
    """Answers about one stream, from what the user said, then the environment, then the stream itself."""

    stream: TextIO | None
    environment: Mapping[str, str]

    def is_terminal(self) -> bool:
        return self.stream is not None and self.stream.isatty()

    def color(self, wish: str) -> bool:
        """Whether to colour: `wish` (`always`, `never`, `auto`), else NO_COLOR (https://no-color.org), else FORCE_COLOR
        (https://force-color.org), else whether this is a terminal that can."""
        if wish != "auto":
            return wish == "always"
        if self.environment.get("NO_COLOR"):
            return False
        if self.environment.get("FORCE_COLOR"):
            return True
        return self.is_terminal() and self.environment.get("TERM") != "dumb"

    def width(self) -> int:
        """Columns: COLUMNS, else the terminal's, else `WIDTH`."""
        said = self.environment.get("COLUMNS", "")
        if said.isascii() and said.isdigit() and int(said[:6]):
            return int(said[:6])
        if self.stream is not None and self.is_terminal():
            try:
                return os.get_terminal_size(self.stream.fileno()).columns or WIDTH
            except OSError:
                return WIDTH
        return WIDTH

    def encoding(self) -> str:
        """The encoding a person's text should have on this stream."""
        return getattr(self.stream, "encoding", None) or "utf-8"

    def unicode(self) -> bool:
        """Whether the stream takes any character."""
        return self.encoding().lower().replace("-", "").replace("_", "").startswith("utf")
