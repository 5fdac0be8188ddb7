"""`topoplan explore`: the report in the terminal, to walk through."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO, Unpack

import click

from topoplan.cli.options import EvidenceInputs, config_folder, evidence_options, input_options, paths_argument

if TYPE_CHECKING:
    from collections.abc import Mapping

    from topoplan.cli.diagnostics import ExitCode
    from topoplan.tui.source import ReportSource


@click.command()
@paths_argument
@click.option("--watch", is_flag=True, help="Analyse again when the inputs change.")
@click.option("--serve", is_flag=True, help="Show it in a browser instead, on this machine only.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port for --serve.  [default: any free one]")
@evidence_options
@input_options
def explore(paths: tuple[str, ...], watch: bool, serve: bool, port: int, **inputs: Unpack[EvidenceInputs]) -> ExitCode:
    """Walk through services, risks and gaps in the terminal.

    PATH is a folder or a file; several make one system. Without PATH the current folder is read. A file with a saved
    report (analyze -f json=FILE) is shown as it is. Press ? for help, q to leave.
    """
    from topoplan.cli.diagnostics import ExitCode
    from topoplan.tui.serving import is_served

    if serve and not is_served(os.environ):
        _serve(port)
        return ExitCode.FINE
    if not serve:
        require_terminal((sys.__stdin__, sys.__stdout__, sys.__stderr__), os.environ)
    from topoplan.tui.preferences import Preferences
    from topoplan.tui.running import explore as run

    return ExitCode(run(_source(paths, inputs), Preferences(config_folder(os.environ)), watch=watch))


def _serve(port: int) -> None:
    """Serve this very command: the process of a page sees that it is one, and shows the app."""
    from topoplan.tui.serving import LOOPBACK, serve

    command = (sys.executable, "-m", "topoplan", *sys.argv[1:])
    serve(command, LOOPBACK, port, tell=lambda address: click.echo(f"{address}\nCtrl-C ends it."))


def require_terminal(streams: tuple[TextIO | None, ...], environment: Mapping[str, str]) -> None:
    """Refuse where nobody could see the screens or press a key. Raises UsageError (`no-terminal`)."""
    from topoplan.errors import UsageError

    hint = "topoplan analyze and topoplan gaps print the same as text, JSON or Markdown"
    if environment.get("TERM") == "dumb":
        raise UsageError("explore needs a terminal that can move its cursor", slug="no-terminal", hint=hint)
    if not all(stream is not None and not stream.closed and stream.isatty() for stream in streams):
        raise UsageError("explore needs a terminal, not a pipe or a file", slug="no-terminal", hint=hint)


def _source(paths: tuple[str, ...], inputs: EvidenceInputs) -> ReportSource:
    from topoplan.cli.report_sources import AnalysedSource, SavedSource, is_saved_report
    from topoplan.cli.work import request

    if len(paths) == 1 and is_saved_report(paths[0]):
        return SavedSource(paths[0])
    return AnalysedSource(request(paths, inputs), inputs["pact_broker"])
