"""`topoplan graph`: the dependency graph alone, for other tools and for pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click
from click.core import ParameterSource

from topoplan.cli.options import Inputs, format_option, input_options, paths_argument, quiet_option

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode


@click.command()
@paths_argument
@format_option("json, dot, svg, png, mermaid, graphml or csv", "json")
@click.option("--risk", is_flag=True, help="Score boundaries too, and show risk where the format can.")
@click.option("--by-source", is_flag=True, help="Print what each importer and rule contributed instead of a graph.")
@input_options
@quiet_option
@click.pass_context
def graph(
    context: click.Context,
    paths: tuple[str, ...],
    wanted: tuple[str, ...],
    risk: bool,
    by_source: bool,
    quiet: bool,
    **inputs: Unpack[Inputs],
) -> ExitCode:
    """Print services and boundaries as data or as a picture.

    The JSON form is itself an input: `topoplan analyze graph.json`. svg and png need Graphviz.
    """
    from topoplan.cli.output import STDOUT, Look, check_targets, parse_target, write_text
    from topoplan.cli.work import analysed, joined, write_targets
    from topoplan.reporting import GRAPH_FORMATS
    from topoplan.reporting.inventory import write_contributions

    if by_source:
        if risk or context.get_parameter_source("wanted") is not ParameterSource.DEFAULT:
            raise click.UsageError("--by-source is a table of its own and takes neither --format nor --risk")
        report, code = joined(paths, inputs, quiet=quiet)
        write_text(STDOUT, lambda out: write_contributions(report.topology, out), person=True)
        return code

    targets = [parse_target(text, tuple(GRAPH_FORMATS)) for text in wanted]
    check_targets(targets, binary=[name for name, made in GRAPH_FORMATS.items() if made.binary])
    report, code = (analysed if risk else joined)(paths, inputs, quiet=quiet)
    write_targets(report, targets, GRAPH_FORMATS, Look())
    return code
