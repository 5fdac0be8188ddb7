"""`topoplan traces`: what can be done with traces besides analysing them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from topoplan.cli.options import cache_folder, jobs_option, quiet_option

if TYPE_CHECKING:
    from topoplan.cli.diagnostics import ExitCode

HERE = ("auto", "dicts", "duckdb")
"""Engines for files."""
ELSEWHERE = ("bigquery", "clickhouse", "databricks", "postgres", "snowflake", "spark", "trino")
"""Engines that hold spans themselves."""
DIALECTS = ("bigquery", "clickhouse", "databricks", "duckdb", "postgres", "snowflake", "trino")
ROUNDS, MOST_ROUNDS = 7, 20


@click.group(context_settings={"max_content_width": 100})
def traces() -> None:
    """Make the most of large traces: tables of their spans, lists of edges, states, SQL."""


@traces.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "-o",
    "--output",
    required=True,
    metavar="FOLDER|FILE.parquet",
    help="Where to write: a table for each slice of the input, or all in one file.",
)
@click.option(
    "--exclude", multiple=True, metavar="GLOB", help="Leave out files that match (repeatable; gitignore syntax)."
)
@jobs_option
@quiet_option
def flatten(paths: tuple[str, ...], output: str, exclude: tuple[str, ...], jobs: int, quiet: bool) -> ExitCode:
    """Write the spans of traces as Parquet, which every command reads.

    The table takes a fraction of the place and of the time to read. A run that was ended goes on where it was when the
    same command is given again; until it is done, nothing of its folder is read.
    """
    import posixpath
    from pathlib import Path

    from topoplan.cli.diagnostics import failed_sources, say
    from topoplan.cli.progress import progress
    from topoplan.importing.contract import ImportOptions
    from topoplan.importing.discovery import discover
    from topoplan.importing.registry import load_trace_tools

    with progress(quiet=quiet) as line:
        line("looking for traces")
        found = discover(paths, exclude, Path())
        line("writing spans")
        done = load_trace_tools().flatten(found.candidates, found.workspace, ImportOptions(jobs=jobs), Path(output))
    sources = (*done.sources, *(source for source in found.skipped if source.path in paths))
    text, code = failed_sources(sources, [posixpath.normpath(path.replace("\\", "/")) for path in paths])
    if text and (code or not quiet):
        say(text)
    if not quiet:
        files = sum(source.facts > 0 for source in done.sources)
        say(f"wrote {output}: {done.spans:,} spans of {files:,} file{'' if files == 1 else 's'}")
    return code


@traces.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--state",
    default="",
    metavar="FOLDER",
    help="Fold the files not yet in this folder's state into it, and show all of it; made where there is none.",
)
@click.option(
    "-f", "--format", "wanted", type=click.Choice(["text", "csv", "json"]), default="text", help="[default: text]"
)
@click.option(
    "--exclude", multiple=True, metavar="GLOB", help="Leave out files that match (repeatable; gitignore syntax)."
)
@click.option(
    "--engine",
    type=click.Choice([*HERE, *ELSEWHERE]),
    default=HERE[0],
    help="What joins the spans of PATH: dicts in memory, duckdb on disk. Or an engine that holds spans itself, with "
    "--source; where it is, $TOPOPLAN_WAREHOUSE_URL tells.  [default: by size]",
)
@click.option("--source", default="", metavar="TABLE", help="The table to be asked for; for spark also a Parquet file.")
@click.option(
    "--mapping",
    default="",
    metavar="NAME|FILE",
    help="What the columns of the table mean.  [default: what is usual at the engine]",
)
@click.option("--no-cache", is_flag=True, help="Neither read nor write the cache.")
@jobs_option
@quiet_option
def edges(
    paths: tuple[str, ...], state: str, wanted: str, exclude: tuple[str, ...], engine: str, source: str,
    mapping: str, no_cache: bool, jobs: int, quiet: bool,
) -> ExitCode:  # fmt: skip
    """List who calls whom in traces or tables of spans, with figures.

    With --state, a nightly run costs what the night's files cost: each is folded into the state on its own and once,
    and the traces may then be thrown away. The state's folder is an input of every command, as the traces would be.
    Give states as PATH to put several into one.

    With --engine and --source, spans stay in the warehouse that holds them, and only names and counts come out.
    """
    import os
    import posixpath
    from pathlib import Path

    from topoplan.cli.diagnostics import failed_sources, say
    from topoplan.cli.output import STDOUT, Look, write_text
    from topoplan.cli.progress import progress
    from topoplan.importing.contract import ImportOptions
    from topoplan.importing.discovery import discover
    from topoplan.importing.registry import load_trace_tools
    from topoplan.importing.workspace import Workspace
    from topoplan.model.facts import SourceState
    from topoplan.reporting import edges as listing

    elsewhere = engine in ELSEWHERE
    if elsewhere and not source:
        raise click.UsageError(f"--engine {engine} needs --source, the table that holds the spans")
    if (source or mapping) and not elsewhere:
        raise click.UsageError(f"--source and --mapping need --engine, one of {', '.join(ELSEWHERE)}")
    if elsewhere and (paths or state):
        raise click.UsageError(f"--engine {engine} goes without PATH and --state")
    if not paths and not state and not elsewhere:
        raise click.UsageError("give a PATH with traces, or --state FOLDER")
    with progress(quiet=quiet) as line:
        line("looking for traces")
        found = discover(paths, exclude, Path()) if paths else None
        files, workspace = (found.candidates, found.workspace) if found else ((), Workspace({}))
        line("reading traces")
        tools = load_trace_tools()
        if elsewhere:
            done = tools.ask(engine, source, mapping, os.environ)
        else:
            cache = "" if no_cache else cache_folder(os.environ)
            options = ImportOptions(cache_dir=cache, jobs=jobs, engine=engine)
            done = tools.edges(files, workspace, options, state)
    sources = (*done.sources, *(source for source in (found.skipped if found else ()) if source.path in paths))
    text, code = failed_sources(sources, [posixpath.normpath(path.replace("\\", "/")) for path in paths])
    if text and (code or not quiet):
        say(text)
    for notice in done.notices if not quiet else ():
        say(f"{notice.severity.value}: {notice.where}: {notice.message} [{notice.slug}]")
    if state and not quiet:
        new = sum(source.state is SourceState.ANALYSED for source in done.sources)
        say(f"{state}: folded {new:,} new file{'' if new == 1 else 's'}")
    if wanted == "text":
        style = Look().style(STDOUT)
        write_text(STDOUT, lambda out: listing.write_text(done.facts, out, style), person=True)
    else:
        write = listing.write_csv if wanted == "csv" else listing.write_json
        write_text(STDOUT, lambda out: write(done.facts, out))
    return code


@traces.command()
@click.option("--dialect", type=click.Choice(DIALECTS), required=True, help="Of which database.")
@click.option("--source", required=True, metavar="TABLE", help="The table of spans, up to catalog.schema.table.")
@click.option(
    "--rounds",
    type=click.IntRange(1, MOST_ROUNDS),
    default=ROUNDS,
    metavar="N",
    help=f"Follow chains of up to 2^N spans of one service.  [default: {ROUNDS}, chains of {2**ROUNDS}]",
)
def sql(dialect: str, source: str, rounds: int) -> None:
    """Print SQL that lists the edges in a table of spans.

    For a database that topoplan shall not connect to: run it there. The statements make temporary tables (lasting
    ones, dropped at the end, where there are no others), and the last one lists what `traces edges -f csv` lists. Its
    column `unfinished` is not 0 where chains are longer than the rounds reach.

    The table must have the columns that `traces flatten` writes.
    """
    from topoplan.cli.output import STDOUT, write_text
    from topoplan.importing.registry import load_trace_tools

    lines = [load_trace_tools().script(dialect, source, rounds)]
    write_text(STDOUT, lambda out: out.writelines(lines))
