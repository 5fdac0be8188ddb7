"""`topoplan graph`: the dependency graph alone, for other tools and for pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from topoplan.cli.options import Inputs, input_options, paths_argument, quiet_option

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode


@click.command()
@paths_argument
@click.option(
    "-f",
    "--format",
    "wanted",
    multiple=True,
    default=("json",),
    metavar="FORMAT[=FILE]",
    help="json, dot, svg, png, mermaid, graphml or csv, to a file or to standard output (repeatable).  [default: json]",
)
@click.option("--risk", is_flag=True, help="Score boundaries too, and show risk where the format can.")
@input_options
@quiet_option
def graph(
    paths: tuple[str, ...], wanted: tuple[str, ...], risk: bool, quiet: bool, **inputs: Unpack[Inputs]
) -> ExitCode:
    """Print services and boundaries as data or as a picture.

    The JSON form is itself an input: `topoplan analyze graph.json`. svg and png need Graphviz.
    """
    from topoplan.cli.output import Look, check_targets, parse_target
    from topoplan.cli.work import analysed, joined, write_targets
    from topoplan.reporting import GRAPH_FORMATS

    targets = [parse_target(text, tuple(GRAPH_FORMATS)) for text in wanted]
    check_targets(targets, binary=[name for name, made in GRAPH_FORMATS.items() if made.binary])
    report, code = (analysed if risk else joined)(paths, inputs, quiet=quiet)
    write_targets(report, targets, GRAPH_FORMATS, Look())
    return code
