"""What commands have in common once their options are read: analyse, say what failed, write."""

from __future__ import annotations

import os
import posixpath
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from topoplan.cli.broker import evidence_mounts
from topoplan.cli.diagnostics import ExitCode, failed_sources, say
from topoplan.cli.options import EvidenceInputs, Inputs, request_of
from topoplan.cli.output import Look, Target, write_bytes, write_text
from topoplan.cli.progress import progress
from topoplan.errors import NoInputError
from topoplan.looking import UNSURE
from topoplan.model.facts import Fact, SourceState
from topoplan.model.topology import Topology
from topoplan.surveying import Request, inventory, settings_of, survey

if TYPE_CHECKING:
    from topoplan.config import GapSettings
    from topoplan.model.plan import Choice
    from topoplan.model.report import Report
    from topoplan.reporting import Format


def analysed(
    paths: tuple[str, ...],
    inputs: Inputs,
    *,
    quiet: bool,
    pact_broker: str | None = None,
    against: str | None = None,
) -> tuple[Report, ExitCode]:
    """The whole analysis of these inputs, with what changed since `against` where it is given, and the exit code its
    failed files ask for."""
    from topoplan import analysis

    work = analysis.analyse
    if against is not None:
        from topoplan.comparing import analyse_changes

        work = partial(analyse_changes, before=against)
    with evidence_mounts(pact_broker) as mounts, progress(quiet=quiet) as line:
        report = work(replace(request(paths, inputs), mounts=mounts), progress=line)
    return report, _told(report.topology, paths, quiet=quiet)


def planned(paths: tuple[str, ...], inputs: EvidenceInputs, choice: Choice, *, quiet: bool) -> tuple[Report, ExitCode]:
    """As `analysed`, with the plan that `choice` asks for, tests that exist counted first."""
    from topoplan import analysis

    with evidence_mounts(inputs["pact_broker"]) as mounts, progress(quiet=quiet) as line:
        report = analysis.plan(replace(request(paths, inputs), mounts=mounts), choice, line)
    return report, _told(report.topology, paths, quiet=quiet)


def judged(
    paths: tuple[str, ...], inputs: EvidenceInputs, *, quiet: bool, baseline: str, against: str | None = None
) -> tuple[Report, GapSettings, ExitCode]:
    """The whole analysis with gaps judged as of today, what the configuration says of them, and the exit code that
    failed files ask for: any failed file makes the result unusable, since what it held is not covered."""
    from topoplan import analysis

    asked = replace(request(paths, inputs), baseline=baseline)
    work = analysis.analyse
    if against is not None:
        from topoplan.comparing import analyse_against

        work = partial(analyse_against, before=against)
    with evidence_mounts(inputs["pact_broker"]) as mounts, progress(quiet=quiet) as line:
        report = work(replace(asked, mounts=mounts), progress=line)
    _require_services(report.topology)
    failed = tuple(source.path for source in report.topology.sources if source.state is SourceState.FAILED)
    code = _told(report.topology, failed, quiet=quiet)
    return report, settings_of(asked).gaps, code


def _require_services(topology: Topology) -> None:
    """Tests of a system nobody tells of leave no gap, but prove nothing either. Raises NoInputError."""
    if not topology.services:
        hint = "give the folders with Compose files, manifests, specifications or traces beside the test evidence"
        raise NoInputError(
            "what was read tells of no service, so no test can be missing", slug="no-services", hint=hint
        )


def request(paths: tuple[str, ...], inputs: Inputs) -> Request:
    """What these options ask for, as of today."""
    return replace(request_of(paths, inputs), today=today(os.environ))


def today(environment: Mapping[str, str]) -> str:
    """The day suppressions are judged on, in UTC: of $SOURCE_DATE_EPOCH where it is set, so that a run can be repeated
    to the byte."""
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    seconds = int(epoch) if epoch.isascii() and epoch.isdigit() and len(epoch) <= 11 else time.time()
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()


def joined(paths: tuple[str, ...], inputs: Inputs, *, quiet: bool) -> tuple[Report, ExitCode]:
    """As `analysed`, but the topology only: no history, risk or plan."""
    with progress(quiet=quiet) as line:
        report = survey(request(paths, inputs), line)
    return report, _told(report.topology, paths, quiet=quiet)


def surveyed(paths: tuple[str, ...], inputs: Inputs, *, quiet: bool) -> tuple[Topology, tuple[Fact, ...], ExitCode]:
    """The topology, the facts it was joined from, and the exit code its failed files ask for."""
    with progress(quiet=quiet) as line:
        report, facts = inventory(request(paths, inputs), line)
    return report.topology, facts, _told(report.topology, paths, quiet=quiet)


def write_targets(report: Report, targets: Sequence[Target], formats: Mapping[str, Format], look: Look) -> None:
    """Write the report to every target, in the order given."""
    for target in targets:
        made = formats[target.format]
        write = partial(made.write, report, style=look.style(target.file))
        if made.binary:
            write_bytes(target.file, write)
        else:
            write_text(target.file, write, person=target.format == "text")


def _told(topology: Topology, paths: tuple[str, ...], *, quiet: bool) -> ExitCode:
    text, code = failed_sources(topology.sources, [posixpath.normpath(path.replace("\\", "/")) for path in paths])
    if text:
        sys.audit(UNSURE)  # what could not be read may be readable the next time
    if text and (code is not ExitCode.FINE or not quiet):
        say(text)
    return code
