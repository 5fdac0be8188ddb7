"""`topoplan graph`: the dependency graph alone, for other tools and for pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click
from click.core import ParameterSource

from topoplan.cli.options import (
    EvidenceInputs,
    evidence_options,
    format_option,
    input_options,
    paths_argument,
    quiet_option,
)

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode

_WITHOUT_CHANGES = ("json", "graphml", "csv")
"""Formats that have no place for what changed."""


@click.command()
@paths_argument
@format_option("json, dot, svg, png, pdf, mermaid, graphml or csv", "json")
@click.option(
    "--risk", is_flag=True, help="Show risk, tests and gaps where the format can; pictures and mermaid always do."
)
@click.option("--focus", metavar="SERVICE", help="Only what lies around this service.")
@click.option(
    "--depth",
    type=click.IntRange(1),
    default=1,
    metavar="N",
    help="How many boundaries away from --focus.  [default: 1]",
)
@click.option("--journey", metavar="NAME", help="Only the boundaries that this journey runs through.")
@click.option("--only-gaps", is_flag=True, help="Only boundaries with an open gap.")
@click.option(
    "--highlight-diff",
    "against",
    metavar="BASE",
    help="Mark what is new and gone since a saved report or graph, or a git revision.",
)
@click.option(
    "--by",
    type=click.Choice(("owner", "domain")),
    default="owner",
    help="What groups services first, where it is known.  [default: owner]",
)
@click.option("--by-source", is_flag=True, help="Print what each importer and rule contributed instead of a graph.")
@evidence_options
@input_options
@quiet_option
@click.pass_context
def graph(
    context: click.Context,
    paths: tuple[str, ...],
    wanted: tuple[str, ...],
    risk: bool,
    focus: str | None,
    depth: int,
    journey: str | None,
    only_gaps: bool,
    against: str | None,
    by: str,
    by_source: bool,
    quiet: bool,
    **inputs: Unpack[EvidenceInputs],
) -> ExitCode:
    """Print services and boundaries as data or as a picture.

    The JSON form is itself an input: `topoplan analyze graph.json`. svg, png and pdf need Graphviz; of a system too
    large for one picture they are an overview, with a picture of each group beside the file.
    """
    from topoplan.cli.diagnostics import say
    from topoplan.cli.graph_part import Wanted, chosen
    from topoplan.cli.output import STDOUT, Look, check_targets, parse_target, write_text
    from topoplan.cli.pictures import write_graphs
    from topoplan.cli.work import analysed, joined
    from topoplan.reporting import GRAPH_FORMATS, PICTURE_FORMATS

    def given(name: str) -> bool:
        return context.get_parameter_source(name) is not ParameterSource.DEFAULT

    if by_source:
        if any(map(given, ("wanted", "risk", "focus", "depth", "journey", "only_gaps", "against", "by"))):
            raise click.UsageError(
                "--by-source is a table of its own and takes no option that chooses or shapes a graph"
            )
        from topoplan.reporting.inventory import write_contributions

        report, code = joined(paths, inputs, quiet=quiet)
        write_text(STDOUT, lambda out: write_contributions(report.topology, out), person=True)
        return code
    if given("depth") and focus is None:
        raise click.UsageError("--depth needs --focus SERVICE")

    targets = [parse_target(text, tuple(GRAPH_FORMATS)) for text in wanted]
    check_targets(targets, binary=[name for name, made in GRAPH_FORMATS.items() if made.binary])
    blind = [target.format for target in targets if target.format in _WITHOUT_CHANGES]
    if against is not None and blind:
        raise click.UsageError(f"{blind[0]} cannot show --highlight-diff: use dot, mermaid, svg, png or pdf")
    asked = Wanted(focus, depth, journey, only_gaps)
    known = any(target.format in PICTURE_FORMATS for target in targets) or inputs["pact_broker"]
    if risk or known or journey is not None or only_gaps or against is not None:
        report, code = analysed(paths, inputs, quiet=quiet, pact_broker=inputs["pact_broker"], against=against)
    else:
        report, code = joined(paths, inputs, quiet=quiet)
    if by == "domain" and not quiet and not any(service.domain for service in report.topology.services):
        say("no service's domain is known, so --by domain changes nothing")
    write_graphs(chosen(report, asked), targets, Look(by_domain=by == "domain"), quiet=quiet)
    return code
