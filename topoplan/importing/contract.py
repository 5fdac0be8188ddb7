"""The public door: what an importer sees and what it gives back.

A third party writes a class that fits `Importer` and names it under the entry-point group `topoplan.importers`.
First-party importers come through the same door.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol, runtime_checkable

from msgspec import Struct, field

from topoplan.importing.workspace import Workspace
from topoplan.model.change import Break
from topoplan.model.checks import Check
from topoplan.model.facts import Fact, Notice, Source
from topoplan.model.operation import Operation

ENTRY_POINT_GROUP = "topoplan.importers"
TRACE_TOOLS_GROUP = "topoplan.trace_tools"


class Candidate(Struct, frozen=True):
    """One file that was found: `path` is the path as shown (the only name an importer may use for it), `name` its
    lower-case last component, `size` in bytes as stored, `head` the first 4 KiB of its content (unzipped for gzip)."""

    path: str
    name: str
    size: int
    head: bytes


class Imported(Struct, frozen=True):
    """What one importer read. Every claimed file appears in `sources` exactly once, also when nothing came of it; so
    may files that were read on the way."""

    facts: tuple[Fact, ...] = ()
    sources: tuple[Source, ...] = ()
    notices: tuple[Notice, ...] = ()
    checks: tuple[Check, ...] = ()
    """What the files say of tests."""


class ImportOptions(Struct, frozen=True):
    """Settings an importer may honour; everything else it decides from the files."""

    environment: dict[str, str] = field(default_factory=dict)
    """Extra variables for interpolation, from the configuration file; the process environment is never read."""
    profiles: tuple[str, ...] = ()
    """Compose profiles to switch on; empty: all of them."""
    main_files: tuple[str, ...] = ()
    """Shown paths of files chosen as the main variant, from the configuration file."""
    validate_specs: bool = True
    read_source: bool = True
    """Whether source code may be read for the hosts and channels it names."""
    files: tuple[str, ...] = ()
    """Shown paths of all files found, whoever claims them: what an importer may look at beside its own."""
    cache_dir: str = ""
    """Folder for content-addressed caches; empty: no cache."""
    test_traces: tuple[str, ...] = ()
    """Shown paths of files and folders whose traces are of test runs, whatever they say of themselves."""
    jobs: int = 0
    """Most processes that may read large inputs; 0: as many as the machine has processors, within reason."""
    engine: str = "auto"
    """What joins spans of traces: `dicts` in memory, `duckdb` on disk, or as the size of the input tells."""


@runtime_checkable
class Importer(Protocol):
    """Reads one source format into facts."""

    name: str
    """Short kebab-case name, shown in evidence."""
    summary: str
    """One line for `topoplan importers`."""

    def claims(self, candidate: Candidate) -> bool:
        """Whether this file looks like mine, from its name and first bytes. Must be cheap and never raise."""
        ...

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        """Read all claimed files (sorted by path). A malformed file is a failed source, not an exception."""
        ...


class Flattened(Struct, frozen=True):
    """What became of traces that were written as span tables."""

    sources: tuple[Source, ...]
    """Every file of traces; `facts` counts its spans."""
    spans: int
    tables: int
    """Files of spans in a folder, or that were put into one."""


@runtime_checkable
class TraceTools(Protocol):
    """What commands do with traces besides analysing them. Found under the entry-point group `topoplan.trace_tools`."""

    def flatten(
        self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions, target: Path
    ) -> Flattened:
        """Write the spans of those candidates that are traces as span tables in Parquet: to the folder `target`, or to
        one file where its name ends in `.parquet`. Raises OutputError, or UsageError where none are traces."""
        ...

    def edges(
        self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions, state: str
    ) -> Imported:
        """What those candidates show that are traces or states of traces. With `state`, the path of a folder, those not
        known to it are folded into the state kept there, and everything it then holds is told. Raises UsageError where
        none are traces, and where the state cannot be used also DocumentError or OutputError."""
        ...

    def ask(self, engine: str, source: str, mapping: str, environment: Mapping[str, str]) -> Imported:
        """What the spans of a table show that an engine elsewhere holds: `mapping` (a name, a file, or empty) tells
        what its columns mean, `environment` how to get there. Raises UsageError."""
        ...

    def script(self, dialect: str, source: str, rounds: int) -> str:
        """SQL that lists the edges in a span table, following chains of up to 2^`rounds` spans and counting those that
        are longer. Raises UsageError."""
        ...


@runtime_checkable
class InterfaceReader(Protocol):
    """An importer that can also read one version of a specification on its own, for its history."""

    def operations(self, path: str, content: bytes) -> tuple[Operation, ...] | None:
        """Operations of one stored version of `path`; None when it cannot be read."""
        ...


class InterfaceVersion(Protocol):
    """One stored version of an interface whose format has rules of its own for what may change."""

    def breaks(self, newer: InterfaceVersion) -> tuple[Break, ...]:
        """Every incompatible difference between this version and a newer one of the same file, sorted."""
        ...


@runtime_checkable
class VersionReader(InterfaceReader, Protocol):
    """A reader whose format has such rules; its versions are compared by them, not by their operations."""

    def version(self, path: str, content: bytes) -> InterfaceVersion | None:
        """One stored version of `path`; None when it cannot be read."""
        ...
