"""`-f FORMAT[=FILE]`: which formats of one run go where, and writing them there."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Sequence
from shutil import copyfileobj
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, TextIO, cast

import click
from msgspec import Struct

from topoplan.cli.diagnostics import PipeClosedError
from topoplan.cli.recording import current
from topoplan.cli.terminal import WIDTH, Terminal
from topoplan.errors import OutputError, UsageError
from topoplan.reporting.files import replacing

if TYPE_CHECKING:
    from topoplan.reporting import Style

STDOUT = "-"

_IN_MEMORY = 16_000_000
"""Most bytes for standard output that are held in memory until all of them are made; more go to a temporary file."""


class Target(Struct, frozen=True):
    """One wanted output: a format and the file it goes to (`-`: standard output)."""

    format: str
    file: str = STDOUT

    @property
    def place(self) -> str:
        """The real path it ends up at."""
        return STDOUT if self.file == STDOUT else os.path.realpath(self.file)


def parse_target(text: str, formats: Sequence[str]) -> Target:
    """`FORMAT[=FILE]` with one of `formats`. Raises click.BadParameter."""
    name, mark, file = text.partition("=")
    context = click.get_current_context(silent=True)
    if name not in formats:
        raise click.BadParameter(f"{name!r} is not one of {', '.join(formats)}", context, param_hint="'-f'")
    if mark and not file:
        raise click.BadParameter(f"no file after '{name}='", context, param_hint="'-f'")
    return Target(name, file or STDOUT)


def check_targets(targets: Sequence[Target], binary: Sequence[str] = ()) -> None:
    """Refuse, before any work, what could not come out whole: two outputs in one place, a file in no folder, a
    `binary` format on a terminal. Raises UsageError or OutputError."""
    taken: set[str] = set()
    for target in targets:
        place = target.place
        own_file = f"give it its own file: -f {target.format}=FILE"
        if place in taken:
            where = "standard output" if place == STDOUT else target.file
            raise UsageError(f"two formats cannot both go to {where}", slug="output-twice", hint=own_file)
        taken.add(place)
        if place == STDOUT:
            if target.format in binary and Terminal(sys.stdout, os.environ).is_terminal():
                raise UsageError(f"{target.format} does not go to a terminal", slug="output-binary", hint=own_file)
        elif os.path.isdir(place):
            raise OutputError("is a folder", slug="output-failed", where=target.file, hint="name a file in it")
        elif not os.path.isdir(os.path.dirname(place)):
            raise OutputError("its folder does not exist", slug="output-failed", where=target.file)


class Look(Struct, frozen=True):
    """What the user said of colour, width and groups."""

    color: str = "auto"
    width: int | None = None
    by_domain: bool = False

    def style(self, file: str) -> Style:
        """How a person's text should look in this place. A file is coloured only when asked for by name."""
        from topoplan.reporting import Style

        terminal = Terminal(sys.stdout, os.environ)
        if file != STDOUT:
            return Style(width=self.width or WIDTH, color=self.color == "always", by_domain=self.by_domain)
        width, color = self.width or terminal.width(), terminal.color(self.color)
        return Style(width, color, terminal.unicode(), self.by_domain)


def write_bytes(file: str, write: Callable[[BinaryIO], None]) -> None:
    """Give `write` a stream that ends up in `file`, or on standard output, whole or not at all.

    Raises OutputError, or PipeClosedError when the reader of standard output is gone.
    """
    if file != STDOUT:
        with replacing(file) as stream:
            write(stream)
        return
    if sys.stdout is None:
        raise OutputError("standard output is closed", slug="output-failed")
    with SpooledTemporaryFile(_IN_MEMORY) as made:
        try:
            write(cast(BinaryIO, made))
            made.seek(0)
        except OSError as error:
            message = f"standard output cannot be kept in a temporary file: {error.strerror or error}"
            raise OutputError(message, slug="output-failed") from None
        recording = current()
        if recording is not None:
            recording.printed(made)
        _copy_out(made)


def _copy_out(made: IO[bytes]) -> None:
    try:
        sys.stdout.flush()
        copyfileobj(made, sys.stdout.buffer)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise PipeClosedError from None
    except OSError as error:
        message = f"standard output cannot be written: {error.strerror or error}"
        raise OutputError(message, slug="output-failed") from None


def write_text(file: str, write: Callable[[TextIO], None], *, person: bool = False) -> None:
    """As `write_bytes`, for text: UTF-8 with plain newlines, whatever the locale. Only text for a `person` follows the
    encoding of standard output, since that person's terminal must show it."""
    encoding = Terminal(sys.stdout, os.environ).encoding() if person and file == STDOUT else "utf-8"

    def encode(stream: BinaryIO) -> None:
        # Paths on disk may hold bytes that are no UTF-8; they are shown, never a reason to fail.
        text = io.TextIOWrapper(stream, encoding=encoding, errors="backslashreplace", newline="\n")
        write(text)
        text.flush()
        text.detach()

    write_bytes(file, encode)
