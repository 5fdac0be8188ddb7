"""`topoplan plan`: which tests to write next within a budget, in which order, and what risk stays."""

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
    risk_per_hour,
    techniques,
    working_hours,
)

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode
    from topoplan.model.plan import Technique


@click.command()
@paths_argument
@click.option("--budget", type=working_hours, metavar="TIME", help="Most time for writing: 40h, 5d (8 h each), 2w.")
@click.option(
    "--max-ci-seconds",
    type=click.IntRange(min=1),
    metavar="N",
    help="Most seconds one run of all planned tests may take.",
)
@click.option(
    "--min-value",
    type=risk_per_hour,
    metavar="RISK",
    help="Least risk that an hour of writing must retire.  [default: 0.02, with --budget or --max-ci-seconds 0]",
)
@click.option(
    "--techniques",
    "wanted_techniques",
    type=techniques,
    metavar="LIST",
    help="Only these kinds of test: contract,boundary.  [default: all]",
)
@click.option("--pin", "pins", multiple=True, metavar="ID|GLOB", help="Take these tests first (repeatable).")
@click.option(
    "--without",
    "excluded",
    multiple=True,
    metavar="ID|GLOB",
    help="Never take these tests (repeatable); files are left out with --exclude.",
)
@click.option("--exact", is_flag=True, help="Solve to the optimum, or prove how far from it the plan can be.")
@format_option("text, json, markdown, csv or svg", "text")
@evidence_options
@input_options
@manner_options
def plan(
    paths: tuple[str, ...], budget: float | None, max_ci_seconds: int | None, min_value: float | None,
    wanted_techniques: tuple[Technique, ...] | None, pins: tuple[str, ...], excluded: tuple[str, ...], exact: bool,
    wanted: tuple[str, ...], quiet: bool, color: str, width: int | None,
    **inputs: Unpack[EvidenceInputs],
) -> ExitCode:  # fmt: skip
    """Choose the tests to write next, best value first.

    Tests that exist count first, as far as they are proven; the plan is what to write beside them. Without a limit it
    holds every test that is worth its hours.
    """
    from topoplan.cli.output import Look, check_targets, parse_target
    from topoplan.cli.selection import require_pins
    from topoplan.cli.work import planned, write_targets
    from topoplan.model.plan import Choice
    from topoplan.reporting import PLAN_FORMATS

    targets = [parse_target(text, tuple(PLAN_FORMATS)) for text in wanted]
    check_targets(targets)
    choice = Choice(
        hours=budget,
        seconds=None if max_ci_seconds is None else float(max_ci_seconds),
        min_value=min_value,
        techniques=wanted_techniques or (),
        pins=pins,
        excluded=excluded,
        exact=exact,
    )
    report, code = planned(paths, inputs, choice, quiet=quiet)
    require_pins(report.plan.tests, pins)
    write_targets(report, targets, PLAN_FORMATS, Look(color, width))
    return code
