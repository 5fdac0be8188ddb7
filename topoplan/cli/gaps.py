"""`topoplan gaps` and `topoplan baseline`: what is not tested as it should be, for a pipeline to act on."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Unpack

import click

from topoplan.cli.options import (
    EvidenceInputs,
    evidence_options,
    format_option,
    input_options,
    manner_options,
    paths_argument,
    quiet_option,
)

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode
    from topoplan.model.gaps import Gaps


def _a_number(context: click.Context, parameter: click.Parameter, value: float | None) -> float | None:
    """Not a number is under no limit, and click lets it pass as a float of any range."""
    if value is not None and math.isnan(value):
        raise click.BadParameter("nan is no number", context, parameter)
    return value


_FORMATS = "text, json, markdown, sarif, junit, github, gitlab or csv"


@click.command()
@paths_argument
@format_option(_FORMATS, "text")
@click.option(
    "--fail-on",
    type=click.Choice(["high", "medium", "low", "none"]),
    help="Exit with 1 when a gap is at least this urgent.  [default: high]",
)
@click.option(
    "--fail-under",
    type=click.FloatRange(0, 100),
    metavar="PERCENT",
    callback=_a_number,
    help="Exit with 1 when less of the risk is covered.",
)
@click.option(
    "--against", metavar="REVISION|FILE", help="Only gaps that a git revision or a saved report does not have."
)
@click.option("--baseline", default="", metavar="FILE", help="Known gaps to leave out; - for none.")
@click.option("--strict-baseline", is_flag=True, help="Exit with 1 when the baseline names gaps that are closed.")
@evidence_options
@input_options
@manner_options
def gaps(
    paths: tuple[str, ...], wanted: tuple[str, ...], fail_on: str | None, fail_under: float | None,
    against: str | None, baseline: str, strict_baseline: bool, quiet: bool, color: str, width: int | None,
    **inputs: Unpack[EvidenceInputs],
) -> ExitCode:  # fmt: skip
    """List the recommended tests that do not exist, or do not pass.

    Contracts, their verifications, test reports and traces of test runs are found in PATH with everything else. The
    exit code is 1 when a gap is urgent enough, 2 when a file failed to load: what was not read is not covered.
    """
    from topoplan.cli.diagnostics import ExitCode, say
    from topoplan.cli.output import Look, check_targets, parse_target
    from topoplan.cli.step_summary import append_summary
    from topoplan.cli.work import judged, write_targets
    from topoplan.reporting import GAP_FORMATS

    targets = [parse_target(text, tuple(GAP_FORMATS)) for text in wanted]
    check_targets(targets)
    report, settings, code = judged(paths, inputs, quiet=quiet, baseline=baseline, against=against)
    write_targets(report, targets, GAP_FORMATS, Look(color, width))
    if any(target.format == "github" for target in targets):
        append_summary(report, os.environ)
    if code is not ExitCode.FINE:
        return code
    reasons = _failures(
        report.gaps, fail_on or settings.fail_on, settings.fail_under if fail_under is None else fail_under
    )
    if strict_baseline and report.gaps.stale_baseline:
        count = len(report.gaps.stale_baseline)
        reasons.append(f"{count} of the baseline's gaps {'is' if count == 1 else 'are'} closed: write it anew")
    for reason in reasons:
        say(f"failed: {reason}")
    return ExitCode.GAPS if reasons else ExitCode.FINE


@click.command()
@paths_argument
@click.option(
    "-o", "--output", default="topoplan-baseline.json", metavar="FILE", help="[default: topoplan-baseline.json]"
)
@evidence_options
@input_options
@quiet_option
def baseline(paths: tuple[str, ...], output: str, quiet: bool, **inputs: Unpack[EvidenceInputs]) -> ExitCode:
    """Write down today's gaps, so that `topoplan gaps --baseline` tells of new ones only.

    Suppressed gaps are left out: they have a reason of their own. - writes to standard output.
    """
    from topoplan.cli.diagnostics import ExitCode, say
    from topoplan.cli.output import STDOUT, Target, check_targets, write_text
    from topoplan.cli.work import judged
    from topoplan.planning import known_gaps, write_baseline

    check_targets([Target("baseline", output)])
    report, _, code = judged(paths, inputs, quiet=quiet, baseline="-")
    if code is not ExitCode.FINE:
        return code
    entries = known_gaps(report.gaps)
    write_text(output, lambda out: write_baseline(entries, out))
    if output != STDOUT:
        say(f"wrote {output}: {len(entries)} known gaps")
    return code


def _failures(found: Gaps, fail_on: str, fail_under: float | None) -> list[str]:
    """Why the run fails; nothing when it does not."""
    from topoplan.model.gaps import Urgency
    from topoplan.model.phrases import counted

    reasons = []
    if fail_on != "none":
        least = Urgency(fail_on).rank
        urgent = sum(gap.urgency.rank >= least for gap in found.open)
        if urgent:
            reasons.append(f"{counted(urgent, 'gap')} of urgency {fail_on}{'' if fail_on == 'high' else ' or more'}")
    tally = found.all
    if fail_under is not None and tally.risk_retirable:
        share = 100 * tally.risk_retired / tally.risk_retirable
        if share < fail_under:
            # Rounded down: a figure that fails must not read as the limit.
            reasons.append(f"{math.floor(share * 10) / 10:g} % of the risk covered, under {fail_under:g} %")
    return reasons
