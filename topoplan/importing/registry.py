"""Loads importers from their entry points and runs them so that a broken one costs only its own files."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace

from topoplan.errors import TopoplanError, UsageError
from topoplan.importing.contract import (
    ENTRY_POINT_GROUP,
    TRACE_TOOLS_GROUP,
    Candidate,
    Imported,
    Importer,
    ImportOptions,
    TraceTools,
)
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Notice, Severity, Source, SourceState
from topoplan.model.text import clean

_log = logging.getLogger(__name__)
_OWN = "topoplan"


class ImporterInfo(NamedTuple):
    """One installed importer; `summary` says why when it cannot be loaded."""

    name: str
    distribution: str
    version: str
    summary: str


def load_importers(names: Sequence[str] = ()) -> tuple[tuple[Importer, ...], tuple[Notice, ...]]:
    """The installed importers sorted by name, or only those named, and a notice for each that cannot be used.

    Raises UsageError `unknown-importer` for a name nobody registered.
    """
    points = _entry_points()
    unknown = sorted(set(names) - points.keys())
    if unknown:
        message = f"no importer is called {', '.join(clean(name) for name in unknown)}"
        raise UsageError(message, slug="unknown-importer", hint=f"Installed are {', '.join(points)}.")
    importers: list[Importer] = []
    notices: list[Notice] = []
    for name, point in points.items():
        if names and name not in names:
            continue
        loaded = _load(point)
        if isinstance(loaded, str):
            message = f"importer {clean(name)} cannot be used: {loaded}"
            notices.append(Notice(Severity.ERROR, "importer-unusable", message))
        else:
            importers.append(loaded)
    return tuple(importers), tuple(notices)


def list_importers() -> tuple[ImporterInfo, ...]:
    """Every installed importer sorted by name, also those that cannot be loaded."""
    listed = []
    for name, point in _entry_points().items():
        loaded = _load(point)
        summary = f"cannot be used: {loaded}" if isinstance(loaded, str) else clean(loaded.summary)
        version = point.dist.version if point.dist else ""
        listed.append(ImporterInfo(clean(name), _distribution(point), version, summary))
    return tuple(listed)


def load_trace_tools() -> TraceTools:
    """What is installed for commands on traces. Raises UsageError `no-trace-tools` where nothing is."""
    for point in sorted(entry_points(group=TRACE_TOOLS_GROUP), key=_own_first):
        tools = point.load()()
        if isinstance(tools, TraceTools):
            return tools
    hint = "Install topoplan as a whole, with its importers."
    raise UsageError("nothing that handles traces is installed", slug="no-trace-tools", hint=hint)


def run_importer(
    importer: Importer, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions
) -> Imported:
    """What the importer reads from its candidates. A crash makes them failed sources with one notice; a candidate it
    says nothing of becomes a failed source. The traceback of a crash goes to the debug log."""
    try:
        imported = importer.read(candidates, workspace, options)
        told = {source.path for source in imported.sources}
    except Exception as error:  # noqa: BLE001 -- third-party code; its crash must not end the analysis
        _log.debug("importer %s crashed", importer.name, exc_info=True)
        reason = _crash(error)
        notice = Notice(Severity.ERROR, "importer-crashed", f"importer {importer.name} crashed: {reason}")
        return Imported(sources=tuple(_failed(c, importer, reason) for c in candidates), notices=(notice,))
    forgotten = [_failed(c, importer, "the importer did not say what became of it") for c in candidates]
    missing = tuple(source for source in forgotten if source.path not in told)
    return replace(imported, sources=(*imported.sources, *missing))


def _entry_points() -> dict[str, EntryPoint]:
    """Entry points by name, sorted; of several with one name topoplan's own wins, then the first distribution."""
    named: dict[str, list[EntryPoint]] = {}
    for point in entry_points(group=ENTRY_POINT_GROUP):
        named.setdefault(point.name, []).append(point)
    # A distribution tells its name only after all it says of itself was read: looked at where there is a choice.
    chosen = {name: points[0] if len(points) == 1 else min(points, key=_own_first) for name, points in named.items()}
    return dict(sorted(chosen.items()))


def _own_first(point: EntryPoint) -> tuple[bool, str]:
    distribution = _distribution(point)
    return distribution != _OWN, distribution


def _distribution(point: EntryPoint) -> str:
    return point.dist.name if point.dist else ""


def _load(point: EntryPoint) -> Importer | str:
    """The importer, or why it cannot be used."""
    try:
        importer = point.load()()
    except Exception as error:  # noqa: BLE001 -- third-party code; anything may happen on import
        _log.debug("importer %s cannot be loaded", point.name, exc_info=True)
        return clean(f"{type(error).__name__}: {error}")
    if not isinstance(importer, Importer):
        return "it lacks name, summary, claims or read"
    if importer.name != point.name:
        return f"it calls itself {clean(str(importer.name))}"
    return importer


def _crash(error: Exception) -> str:
    """Class and place of a crash. Its message is given only when it is one of ours, which are free of secrets; any
    other may quote the file it choked on."""
    if isinstance(error, TopoplanError):
        return clean(f"{type(error).__name__}: {error}")
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    place = f" in {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{place}"


def _failed(candidate: Candidate, importer: Importer, reason: str) -> Source:
    return Source(candidate.path, SourceState.FAILED, importer.name, reason)
