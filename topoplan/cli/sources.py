"""`topoplan sources`: what became of every file, and which code belongs to which service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from topoplan.cli.options import Inputs, input_options, paths_argument, quiet_option

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode


@click.command()
@paths_argument
@click.option("--by-service", is_flag=True, help="Show which folders and files belong to which service, and why.")
@click.option("-f", "--format", "wanted", type=click.Choice(["text", "json"]), default="text", help="[default: text]")
@input_options
@quiet_option
def sources(paths: tuple[str, ...], by_service: bool, wanted: str, quiet: bool, **inputs: Unpack[Inputs]) -> ExitCode:
    """List the files: analysed, skipped and failed, with reasons.

    Nothing is drawn or scored. --by-service tells why calls in a file count as a service's calls.
    """
    from topoplan.cli.output import STDOUT, write_text
    from topoplan.cli.work import surveyed
    from topoplan.reporting import inventory

    topology, facts, code = surveyed(paths, inputs, quiet=quiet)
    homes = inventory.homes(topology, facts) if by_service else None
    write = inventory.write_json if wanted == "json" else inventory.write_text
    write_text(STDOUT, lambda out: write(topology, homes, out), person=wanted == "text")
    return code
