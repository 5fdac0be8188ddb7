"""Files to one topology: what the graph alone and a whole analysis begin with, loading no more than that takes."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from topoplan import __version__
from topoplan.config import Settings, find_config, load_settings
from topoplan.errors import DocumentError, NoInputError
from topoplan.graph import build_topology
from topoplan.importing.contract import Importer, ImportOptions, InterfaceReader
from topoplan.importing.discovery import Found, assign, discover
from topoplan.importing.registry import load_importers, run_importer
from topoplan.model.checks import Check
from topoplan.model.collector import collector_paused
from topoplan.model.facts import Fact, Notice, Source, SourceState
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.model.topology import Topology

Progress = Callable[[str], None]


def unwatched(_: str) -> None:
    """Progress that nobody watches."""


class Request(Struct, frozen=True):
    """What to analyse. Fields that overlap with `Settings` win over the configuration file when given."""

    paths: tuple[str, ...] = (".",)
    config: str = ""
    """Path of topoplan.yaml; empty: looked for in the first folder given, then in `base`; `-`: none."""
    importers: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    """Added to the configured ones."""
    min_confidence: str = ""
    history: bool | None = None
    since_days: int | None = None
    validate_specs: bool | None = None
    source: bool | None = None
    cache_dir: str = ""
    """Folder for content-addressed caches; empty: none."""
    test_traces: tuple[str, ...] = ()
    """Files and folders with traces of test runs; read beside `paths`."""
    jobs: int = 0
    """Most processes that may read large inputs; 0: as many as the machine has processors, within reason."""
    engine: str = "auto"
    """What joins the spans of traces: `auto`, `dicts` or `duckdb`."""
    mounts: tuple[tuple[str, Path], ...] = ()
    """Further inputs under a shown path of their own: what was downloaded for this run."""
    baseline: str = ""
    """File of known gaps; empty: the configured one; `-`: none."""
    today: str = ""
    """ISO date that suppressions are judged on; empty: none is past its last day."""
    aside: Path | None = None
    """A file that is no input wherever it lies: the one that the analysis is compared with."""
    base: str = "."
    """Folder that relative paths are seen from."""


class Reading(Struct, frozen=True):
    """What the importers read, joined, and what later steps still need of it."""

    system: str
    """What the system is called."""
    settings: Settings
    found: Found
    topology: Topology
    facts: tuple[Fact, ...]
    checks: tuple[Check, ...]
    readers: dict[str, InterfaceReader]
    """What read each file, where that can read its earlier versions too."""

    def report(self) -> Report:
        """The topology only."""
        return Report(self.system, self.topology, tool_version=__version__)

    def real(self, shown: str) -> Path | None:
        """The real path of a shown one, where it is known."""
        return _real(self.found, shown)


def survey(request: Request, progress: Progress = unwatched) -> Report:
    """Files to graph: a report that holds the topology only, without history, risk and plan.

    Raises UsageError, ConfigError, or NoInputError when no importer could read anything.
    """
    return read(request, progress).report()


def inventory(request: Request, progress: Progress = unwatched) -> tuple[Report, tuple[Fact, ...]]:
    """As `survey`, with the facts that the topology was joined from."""
    found = read(request, progress)
    return found.report(), found.facts


def settings_of(request: Request) -> Settings:
    """The settings a request is analysed with. Raises ConfigError."""
    return _settings(request, Path(request.base))


def read(request: Request, progress: Progress = unwatched) -> Reading:
    """What both the graph alone and a whole analysis begin with. Raises as `survey` does."""
    base = Path(request.base)
    settings = settings_of(request)
    importers, notices = load_importers(settings.importers)
    progress("looking for inputs")
    found = discover((*request.paths, *request.test_traces), settings.exclude, base, dict(request.mounts))
    found, aside = _put_aside(found, request.aside)
    claimed, unclaimed = assign(found.candidates, importers)
    options = ImportOptions(
        environment=settings.environment,
        profiles=settings.profiles,
        main_files=settings.main_files,
        validate_specs=settings.validate_specs,
        read_source=settings.source,
        files=tuple(candidate.path for candidate in found.candidates),
        cache_dir=request.cache_dir,
        test_traces=tuple(posixpath.normpath(Path(path).as_posix()) for path in request.test_traces),
        jobs=request.jobs,
        engine=request.engine,
    )
    facts: list[Fact] = []
    checks: list[Check] = []
    sources: list[Source] = []
    notices = (*notices, *found.notices)
    readers: dict[str, InterfaceReader] = {}
    for importer in importers:
        candidates = claimed.get(importer.name, ())
        if not candidates:
            continue
        progress(f"reading {len(candidates)} {importer.name} files")
        imported = run_importer(importer, candidates, found.workspace, options)
        facts += imported.facts
        checks += imported.checks
        sources += imported.sources
        notices = (*notices, *imported.notices)
        if isinstance(importer, InterfaceReader):
            readers |= {candidate.path: importer for candidate in candidates}
    _require_input(request, sources, importers, notices)
    sources = _without_echoes(sources)
    sources += _unread([*found.skipped, *aside, *unclaimed], sources, settings)
    progress("joining names")
    with collector_paused():
        topology = build_topology(facts, sources, notices, settings)
    return Reading(_system_name(request, settings), settings, found, topology, tuple(facts), tuple(checks), readers)


def _put_aside(found: Found, file: Path | None) -> tuple[Found, list[Source]]:
    """Without this file among the candidates, and what is told of it."""
    held = file.resolve() if file else None
    shown = {candidate.path for candidate in found.candidates if held and _real(found, candidate.path) == held}
    kept = tuple(candidate for candidate in found.candidates if candidate.path not in shown)
    told = [Source(path, SourceState.SKIPPED, reason="what this analysis is compared with") for path in sorted(shown)]
    return replace(found, candidates=kept), told


def _settings(request: Request, base: Path) -> Settings:
    path = "" if request.config == "-" else request.config or find_config(request.paths, base)
    settings = load_settings(path, base) if path else Settings()
    history = settings.history
    if request.history is not None:
        history = replace(history, enabled=request.history)
    if request.since_days is not None:
        history = replace(history, since_days=request.since_days)
    return replace(
        settings,
        importers=request.importers or settings.importers,
        exclude=(*settings.exclude, *request.exclude),
        min_confidence=request.min_confidence or settings.min_confidence,
        validate_specs=settings.validate_specs if request.validate_specs is None else request.validate_specs,
        source=settings.source if request.source is None else request.source,
        history=history,
    )


def _without_echoes(sources: Sequence[Source]) -> list[Source]:
    """Without an importer's word that a file has nothing for it, where another importer did read something there."""
    read = {source.path for source in sources if source.state is SourceState.ANALYSED}
    return [source for source in sources if source.state is not SourceState.SKIPPED or source.path not in read]


def _unread(candidates: Sequence[Source], read: Sequence[Source], settings: Settings) -> list[Source]:
    """The files no importer took, without those that one read on its way, and with the configuration told as such."""
    taken = {source.path for source in read}
    return [
        replace(source, reason="the configuration of this analysis") if source.path == settings.path else source
        for source in candidates
        if source.path not in taken
    ]


def _require_input(
    request: Request, sources: Sequence[Source], importers: Sequence[Importer], notices: Sequence[Notice]
) -> None:
    """An analysis of nothing is never a result: say what was looked at instead."""
    if any(source.state is SourceState.ANALYSED for source in sources):
        return
    failed = [source for source in sources if source.state is SourceState.FAILED]
    if failed:
        first = failed[0]
        message = f"none of {len(failed)} recognised files could be read; first: {first.reason}"
        raise NoInputError(message, slug="nothing-readable", where=first.path)
    names = ", ".join(importer.name for importer in importers)
    message = f"nothing to analyse in {', '.join(request.paths)}: no file was recognised by {names}"
    unusable = "; ".join(notice.message for notice in notices if notice.slug == "importer-unusable")
    hint = unusable or "give the folder that holds Compose files, Kubernetes manifests, specifications or traces"
    raise NoInputError(message, slug="no-input", hint=hint)


def _real(found: Found, shown: str) -> Path | None:
    try:
        return found.workspace.real(shown)
    except (DocumentError, OSError):
        return None


def _system_name(request: Request, settings: Settings) -> str:
    if settings.system:
        return settings.system
    first = (Path(request.base) / request.paths[0]).resolve()
    return clean(first.name if first.is_dir() else first.parent.name) or "system"
