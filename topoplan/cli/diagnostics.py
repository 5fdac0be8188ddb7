"""The one place that turns what went wrong into words on stderr and an exit code."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from typing import TYPE_CHECKING

import click

from topoplan.cli.recording import current
from topoplan.errors import OutputError, TopoplanError

if TYPE_CHECKING:
    from topoplan.model.facts import Source

MESSAGE_LIMIT = 2000
"""Longest message shown, in characters."""

_FILES_NAMED = 3
_HELP = frozenset(("-h", "--help"))
"""Needs nothing but click."""


class ExitCode(IntEnum):
    """What the process tells its caller."""

    FINE = 0
    GAPS = 1
    """A gap at or over the threshold, or less coverage than asked for."""
    UNUSABLE = 2
    """Wrong usage or configuration, an input named on the command line failed, nothing could be read, or the result
    could not be written."""
    BUG = 3
    INTERRUPTED = 130
    """128 + SIGINT."""
    PIPE_CLOSED = 141
    """128 + SIGPIPE, as a tool killed by it would return: the reader did not get everything, so this is no success."""


class PipeClosedError(Exception):
    """The reader of standard output is gone. Not a BrokenPipeError, which click would turn into exit code 1."""


def run(app: click.Command, args: Sequence[str] | None) -> ExitCode:
    """Run a click application whose commands return an exit code or None; what it answered before it need not find
    again."""
    given = sys.argv[1:] if args is None else list(args)
    if not _HELP.isdisjoint(given):
        return guarded(lambda: _code(app, given))
    from topoplan.cli.answers import answered

    return guarded(lambda: answered(given, os.environ, lambda: _code(app, given)))


def _code(app: click.Command, args: Sequence[str]) -> ExitCode:
    return ExitCode(app.main(args, prog_name="topoplan", standalone_mode=False) or ExitCode.FINE)


def guarded(action: Callable[[], ExitCode]) -> ExitCode:
    """Run `action`, print what it raises, and give the exit code that belongs to it."""
    try:
        code = action()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except TopoplanError as error:
        return _tell(error)
    except click.ClickException as error:
        _tell_click(error)
        return ExitCode.UNUSABLE
    except (KeyboardInterrupt, click.Abort):
        say("interrupted")
        return ExitCode.INTERRUPTED
    except (PipeClosedError, BrokenPipeError):
        _silence_stdout()
        return ExitCode.PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the last door: whatever comes here is a bug, and is shown as one
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            _silence_stdout()
            return _tell(OutputError("cannot write the output: no space left", slug="output-failed"))
        return _tell_bug(error)
    return code


def say(line: str) -> None:
    """One line to stderr, free of control characters."""
    recording = current()
    if recording is not None:
        recording.said(line)
    click.echo(_plain(line), err=True)


def failed_sources(sources: Iterable[Source], named: Iterable[str]) -> tuple[str, ExitCode]:
    """What to say on stderr about files that failed to load, and the exit code of the run.

    The rest was analysed and is worth reporting, so failures alone keep code 0; they are in the report too. A file that
    the user gave by name (`named`, as shown paths) must not fail unheard: that is code 2.
    """
    from topoplan.model.facts import SourceState

    read = [source for source in sources if source.state is not SourceState.SKIPPED]
    failed = sorted(source.path for source in read if source.state is SourceState.FAILED)
    if not failed:
        return "", ExitCode.FINE
    shown = ", ".join(failed[:_FILES_NAMED])
    more = f" and {len(failed) - _FILES_NAMED} more" if len(failed) > _FILES_NAMED else ""
    files = "file" if len(read) == 1 else "files"
    text = f"{len(failed)} of {len(read)} {files} failed to load ({shown}{more}) [failed-sources]"
    if set(named) & set(failed):
        return f"error: {text}", ExitCode.UNUSABLE
    return f"warning: {text}", ExitCode.FINE


def _tell(error: TopoplanError) -> ExitCode:
    say(f"error: {error}")
    if error.hint:
        say(f"hint: {error.hint}")
    return ExitCode.UNUSABLE


def _tell_click(error: click.ClickException) -> None:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return
    say(f"error: {error.format_message()} [usage]")
    context = error.ctx if isinstance(error, click.UsageError) else None
    if context is not None:
        say(f"hint: see {context.command_path} --help")


def _tell_bug(error: Exception) -> ExitCode:
    import traceback

    for part in traceback.format_exception(error):
        for line in part.splitlines():
            click.echo(_plain(line, strip=False), err=True)
    say("error: this is a bug in topoplan; please report it with the lines above [internal-error]")
    return ExitCode.BUG


def _plain(line: str, *, strip: bool = True) -> str:
    from topoplan.model.text import clean

    text = clean(line, MESSAGE_LIMIT)
    return text if strip else " " * (len(line) - len(line.lstrip(" "))) + text


def _silence_stdout() -> None:
    """Point stdout at nothing, so that the interpreter's own flush at exit cannot fail again."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError, AttributeError):
        return  # not a real file (captured), or closed: nothing will be flushed
