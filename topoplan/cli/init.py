"""`topoplan init`: a first topoplan.yaml, written from what was found."""

from __future__ import annotations

import click


@click.command()
@click.argument("path", default=".")
@click.option(
    "-o",
    "--output",
    default="",
    metavar="FILE",
    help="Where to write; - for standard output.  [default: PATH/topoplan.yaml]",
)
@click.option("--force", is_flag=True, help="Replace the file when it is there.")
def init(path: str, output: str, force: bool) -> None:
    """Write a first topoplan.yaml from what is found in PATH.

    Nothing in it is switched on but the system's name: uncomment what you want to say differently.
    """
    from pathlib import Path

    from topoplan.cli.diagnostics import say
    from topoplan.cli.output import STDOUT, Target, check_targets, write_text
    from topoplan.cli.progress import progress
    from topoplan.config import CONFIG_NAMES
    from topoplan.errors import UsageError
    from topoplan.model.phrases import counted
    from topoplan.model.text import clean
    from topoplan.reporting.starter import starter_config
    from topoplan.surveying import Request, survey

    folder = Path(path) if Path(path).is_dir() else Path(path).parent
    file = output or str(folder / CONFIG_NAMES[0])
    check_targets([Target("yaml", file)])
    if file != STDOUT and not force and Path(file).exists():
        raise UsageError("the file is there already", slug="config-exists", where=file, hint="replace it with --force")
    with progress(quiet=False) as line:
        topology = survey(Request(paths=(path,), config="-", validate_specs=False), line).topology
    text = starter_config(topology, clean(folder.resolve().name))
    write_text(file, lambda out: out.writelines([text]))
    if file != STDOUT:
        found = f"{counted(len(topology.services), 'node')}, {counted(len(topology.boundaries), 'boundary')}"
        say(f"wrote {file}: {found}")
