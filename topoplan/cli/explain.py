"""`topoplan explain`: everything that is known of the boundary between two services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from topoplan.cli.options import EvidenceInputs, evidence_options, input_options, manner_options, paths_argument

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode


@click.command()
@click.argument("consumer")
@click.argument("provider")
@paths_argument
@evidence_options
@input_options
@manner_options
def explain(
    consumer: str,
    provider: str,
    paths: tuple[str, ...],
    quiet: bool,
    color: str,
    width: int | None,
    **inputs: Unpack[EvidenceInputs],
) -> ExitCode:
    """Explain one boundary: its evidence, risk and tests.

    CONSUMER and PROVIDER may be ids, names or aliases of services, in any case. The consumer is the
    caller, or the receiver of messages.
    """
    from topoplan.cli.output import STDOUT, Look, write_text
    from topoplan.cli.selection import boundaries_between
    from topoplan.cli.work import analysed
    from topoplan.reporting.explain import write_explanation

    report, code = analysed(paths, inputs, quiet=quiet, pact_broker=inputs["pact_broker"])
    boundaries = boundaries_between(report.topology, consumer, provider)
    style = Look(color, width).style(STDOUT)
    write_text(STDOUT, lambda out: write_explanation(report, boundaries, out, style), person=True)
    return code
