"""`topoplan analyze`: files in, scored boundaries and recommended tests out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from topoplan.cli.options import (
    EvidenceInputs,
    evidence_options,
    format_option,
    input_options,
    manner_options,
    paths_argument,
)

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode


@click.command()
@paths_argument
@format_option("text, json, markdown or html", "text")
@click.option(
    "--against", metavar="REVISION|FILE", help="Tell what changed since a git revision, or a saved report or graph."
)
@evidence_options
@input_options
@manner_options
def analyze(
    paths: tuple[str, ...],
    wanted: tuple[str, ...],
    against: str | None,
    quiet: bool,
    color: str,
    width: int | None,
    **inputs: Unpack[EvidenceInputs],
) -> ExitCode:
    """Report services, risky boundaries and tests worth writing.

    PATH is a folder or a file; several make one system. Without PATH the current folder is read. Inputs are Compose
    files, Kubernetes manifests, specifications, configuration, source code, traces, contracts and test reports.
    """
    from topoplan.cli.output import Look, check_targets, parse_target
    from topoplan.cli.work import analysed, write_targets
    from topoplan.reporting import REPORT_FORMATS

    targets = [parse_target(text, tuple(REPORT_FORMATS)) for text in wanted]
    check_targets(targets)
    report, code = analysed(paths, inputs, quiet=quiet, pact_broker=inputs["pact_broker"], against=against)
    write_targets(report, targets, REPORT_FORMATS, Look(color, width))
    return code
