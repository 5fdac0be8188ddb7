"""Options that several commands share, and how they become a request."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypedDict, TypeVar

import click

if TYPE_CHECKING:
    from pathlib import Path

    from topoplan.model.plan import Technique
    from topoplan.surveying import Request

Command = TypeVar("Command", bound=Callable[..., Any])

_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_LONGEST_DAYS = 36_500
_WORKING_HOURS = {"h": 1, "d": 8, "w": 40}


def period(text: str) -> int:
    """A span of time such as `12w`, in days. A month is 30 days, a year 365. Raises click.BadParameter."""
    match = re.fullmatch(r"([0-9]{1,6})([dwmy])", text)
    days = int(match[1]) * _DAYS[match[2]] if match else 0
    if not 1 <= days <= _LONGEST_DAYS:
        raise click.BadParameter(f"{text!r} is no period of 1 to {_LONGEST_DAYS} days: write 365d, 12w, 6m or 2y")
    return days


def working_hours(text: str) -> float:
    """A budget such as `40h`, in person-hours. A day is 8 hours, a week 5 days. Raises click.BadParameter."""
    match = re.fullmatch(r"([0-9]{1,6}(?:\.[0-9]{1,2})?)([hdw])", text)
    hours = float(match[1]) * _WORKING_HOURS[match[2]] if match else 0.0
    if not hours:
        raise click.BadParameter(f"{text!r} is no budget: write 40h, 5d (days of 8 h) or 2w (weeks of 5 days)")
    return hours


def risk_per_hour(text: str) -> float:
    """A value per hour such as `0.05`. Raises click.BadParameter."""
    # Not click.FloatRange, which lets nan through.
    if not re.fullmatch(r"0|1|0?\.[0-9]{1,9}", text):
        raise click.BadParameter(f"{text!r} is no risk per hour from 0 to 1, such as 0.05")
    return float(text)


def techniques(text: str) -> tuple[Technique, ...]:
    """Kinds of test such as `contract,in-process`, in the order given, each once. Raises click.BadParameter."""
    from topoplan.model.plan import Technique

    names = dict.fromkeys(name.strip().replace("-", "_") for name in text.split(","))
    unknown = [name for name in names if name not in list(Technique)]
    if unknown:
        raise click.BadParameter(f"{unknown[0]!r} is not one of {', '.join(Technique)}")
    return tuple(map(Technique, names))


class Inputs(TypedDict):
    """Values of `input_options`."""

    config: str
    importers: tuple[str, ...]
    exclude: tuple[str, ...]
    min_confidence: str | None
    since: int | None
    no_history: bool
    no_validate: bool
    no_source: bool
    no_cache: bool
    jobs: int
    engine: str


class EvidenceInputs(Inputs):
    """Values of `input_options` and `evidence_options`."""

    test_traces: tuple[str, ...]
    pact_broker: str | None


def format_option(formats: str, default: str) -> Callable[[Command], Command]:
    """`-f FORMAT[=FILE]`, repeatable; `formats` lists them in words. The command gets them as `wanted`."""
    return click.option(
        "-f",
        "--format",
        "wanted",
        multiple=True,
        default=(default,),
        metavar="FORMAT[=FILE]",
        help=f"{formats}, to a file or to standard output (repeatable).  [default: {default}]",
    )


def paths_argument(command: Command) -> Command:
    """PATH…: what to analyse."""
    return click.argument("paths", nargs=-1, metavar="[PATH]...")(command)


def input_options(command: Command) -> Command:
    """What to read, and how."""
    return _all(
        command,
        click.option(
            "-c",
            "--config",
            default="",
            metavar="FILE",
            help="Configuration file; - for none.  [default: topoplan.yaml of the first folder given, "
            "else of the current folder]",
        ),
        click.option(
            "--importer",
            "importers",
            multiple=True,
            metavar="NAME",
            help="Use only this importer (repeatable); see `topoplan importers`.",
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="GLOB",
            help="Leave out files that match (repeatable; gitignore syntax).",
        ),
        click.option(
            "--min-confidence",
            type=click.Choice(["high", "medium", "low"]),
            help="Leave out boundaries with weaker evidence only.  [default: medium]",
        ),
        click.option(
            "--since",
            type=period,
            metavar="PERIOD",
            help="How far to look back in version control: 365d, 12w, 6m, 2y.  [default: 365d]",
        ),
        click.option("--no-history", is_flag=True, help="Do not read version control."),
        click.option("--no-source", is_flag=True, help="Do not read source code."),
        click.option("--no-validate", is_flag=True, help="Do not validate specifications."),
        click.option("--no-cache", is_flag=True, help="Neither read nor write the cache."),
        jobs_option,
        click.option(
            "--engine",
            type=click.Choice(["auto", "dicts", "duckdb"]),
            default="auto",
            help="What joins the spans of traces: dicts in memory, duckdb on disk.  [default: by size]",
        ),
    )


def jobs_option(command: Command) -> Command:
    """How many processes read large inputs."""
    return click.option(
        "--jobs",
        type=click.IntRange(0, 64),
        default=0,
        metavar="N",
        help="Processes that read large traces.  [default: one for each processor, at most 8]",
    )(command)


def evidence_options(command: Command) -> Command:
    """Where to look for test evidence besides the paths."""
    return _all(
        command,
        click.option(
            "--test-traces",
            multiple=True,
            metavar="PATH",
            help="Traces of test runs: a file or folder (repeatable).",
        ),
        click.option(
            "--pact-broker",
            metavar="URL",
            help="Ask this Pact Broker for contracts and verifications; $PACT_BROKER_TOKEN is sent.",
        ),
    )


def quiet_option(command: Command) -> Command:
    """Say less on stderr."""
    return click.option("-q", "--quiet", is_flag=True, help="No progress and no warnings on stderr.")(command)


def manner_options(command: Command) -> Command:
    """How to talk to a person."""
    return _all(
        command,
        quiet_option,
        click.option(
            "--color",
            type=click.Choice(["auto", "always", "never"]),
            default="auto",
            help="Colour in text output.  [default: auto]",
        ),
        click.option(
            "--width",
            type=click.IntRange(60, 200),
            metavar="COLUMNS",
            help="Width of text output.  [default: the terminal's, else 100]",
        ),
    )


def request_of(paths: tuple[str, ...], inputs: Inputs, environment: Mapping[str, str] = os.environ) -> Request:
    """The request these options mean."""
    from topoplan.surveying import Request

    return Request(
        paths=paths or (".",),
        config=inputs["config"],
        importers=inputs["importers"],
        exclude=inputs["exclude"],
        min_confidence=inputs["min_confidence"] or "",
        history=False if inputs["no_history"] else None,
        since_days=inputs["since"],
        source=False if inputs["no_source"] else None,
        validate_specs=False if inputs["no_validate"] else None,
        cache_dir="" if inputs["no_cache"] else cache_folder(environment),
        test_traces=inputs.get("test_traces", ()),  # type: ignore[arg-type]
        jobs=inputs["jobs"],
        engine=inputs["engine"],
    )


def cache_folder(environment: Mapping[str, str]) -> str:
    """The folder for caches, made when it is not there; nothing when it cannot be written.

    $TOPOPLAN_CACHE_DIR, else topoplan in $XDG_CACHE_HOME (XDG Base Directory Specification), else in ~/.cache.
    """
    chosen = environment.get("TOPOPLAN_CACHE_DIR") or _xdg_folder("XDG_CACHE_HOME", ".cache", environment)
    try:
        os.makedirs(chosen, mode=0o700, exist_ok=True)
    except (OSError, ValueError):
        return ""
    return chosen if os.access(chosen, os.W_OK | os.X_OK) else ""


def config_folder(environment: Mapping[str, str]) -> Path:
    """The folder for what a person keeps between runs of `explore`: topoplan in $XDG_CONFIG_HOME, else in ~/.config."""
    from pathlib import Path

    return Path(_xdg_folder("XDG_CONFIG_HOME", ".config", environment))


def _xdg_folder(variable: str, below_home: str, environment: Mapping[str, str]) -> str:
    # The XDG specification tells to ignore a relative path.
    xdg = environment.get(variable, "")
    home = environment.get("HOME") or os.path.expanduser("~")
    return os.path.join(xdg if os.path.isabs(xdg) else os.path.join(home, below_home), "topoplan")


def _all(command: Command, *options: Callable[[Command], Command]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command
