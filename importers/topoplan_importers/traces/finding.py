"""Finds what files of traces show: small ones held in memory, large ones read by several processes and joined by the
database."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct, field

from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.files import plain_name
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import RunFact
from topoplan.model.collector import collector_paused
from topoplan.model.facts import Notice, SourceState
from topoplan_importers.traces.observed import Observed, dependencies_of
from topoplan_importers.traces.reading import Reading

LARGE_BYTES = 128 * 2**20
"""Inputs of more bytes are not held in memory."""
_LEAST_MEMORY, _SHARE = 192 * 2**20, 0.17
_COMPRESSION = 12
"""Times a compressed file is taken to grow; traces reach 10 to 60."""


class Found(Struct, frozen=True):
    """What some files of one format show. Traces of test runs are in `checks` only."""

    outcomes: list[tuple[SourceState, str]]
    """State and remark of each file."""
    observed: Observed
    checks: list[RunFact]
    notices: list[Notice]
    broken: list[bool] = field(default_factory=list)
    """Whether each file could not be read to its end; empty of what is remembered."""


def find(
    files: Sequence[Candidate], kind: str, workspace: Workspace, options: ImportOptions, *, sketch: bool = False
) -> Found:  # fmt: skip
    """Read these files, sorted by path, of one format. With `sketch`, what is observed has sketches."""
    claimed = [is_below(file.path, options.test_traces) for file in files]
    with collector_paused():
        if is_large(files, options):
            return _find_large(files, claimed, kind, workspace, options, sketch)
        from topoplan_importers.traces.small import observe_files

        return _found(*observe_files(files, claimed, kind, workspace, sketch))


def is_large(files: Sequence[Candidate], options: ImportOptions) -> bool:
    """Whether spans are better put on disk."""
    if options.engine != "auto":
        return options.engine != "dicts"
    return _unpacked(files) > LARGE_BYTES


def memory_for(files: Sequence[Candidate]) -> int:
    """Bytes that joining what they hold may take: a share of theirs, so that the whole stays below a quarter."""
    return max(_LEAST_MEMORY, int(_unpacked(files) * _SHARE))


def _unpacked(files: Sequence[Candidate]) -> int:
    """Bytes, about."""
    return sum(file.size * (_COMPRESSION if is_compressed(file) else 1) for file in files)


def is_compressed(file: Candidate) -> bool:
    return plain_name(file.name) != file.name


def is_below(path: str, places: Sequence[str]) -> bool:
    """Whether a shown path is one of some files and folders, or lies in one."""
    return any(path == place or path.startswith("" if place == "." else place.rstrip("/") + "/") for place in places)


def _find_large(
    files: Sequence[Candidate], claimed: Sequence[bool], kind: str, workspace: Workspace, options: ImportOptions,
    sketch: bool,
) -> Found:  # fmt: skip
    from topoplan_importers.traces.gathering import gather
    from topoplan_importers.traces.workers import default_jobs

    paths = [file.path for file in files]
    with TemporaryDirectory(prefix="topoplan-") as temporary:
        folder = Path(temporary)
        gathered = gather(files, claimed, kind, workspace, folder, options.jobs or default_jobs(), _load)
        observed = dependencies_of((link, paths[file]) for link, file in gathered.links)
        table = gathered.table()
        if table is None:
            return _found(gathered.readings, observed, [], [])
        from topoplan_importers.traces.large import observe_table

        shown, checks, notices = observe_table(table, gathered.marks, kind, paths, folder, sketch, memory_for(files))
        return _found(gathered.readings, observed.merge(shown), checks, notices)


def _load() -> None:
    """Load what joins large inputs, which takes as long as joining 50,000 spans, before it is needed."""
    import duckdb  # noqa: F401

    import topoplan_importers.traces.large  # noqa: F401


def _found(
    readings: Sequence[Reading], observed: Observed, checks: list[RunFact], notices: list[Notice]
) -> Found:  # fmt: skip
    outcomes = [reading.outcome() for reading in readings]
    return Found(outcomes, observed, checks, notices, [bool(reading.broken) for reading in readings])
