"""What is folded into a state as one: a file, or all the tables that hold the spans of one file of traces.

Folding such tables is folding that file, under its own digest: a state knows it then, whichever of both comes again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.phrases import counted
from topoplan.model.text import clean
from topoplan_importers.traces.manifest import MANIFEST, Origin, origins_in
from topoplan_importers.traces.slices import READERS
from topoplan_importers.traces.span_tables import about, database
from topoplan_importers.traces.spans import NAME as SPANS
from topoplan_importers.traces.stored import NAME as STATE


class Foldable(Struct, frozen=True):
    """Files of one importer, at least one, sorted by path."""

    importer: str
    files: tuple[Candidate, ...]
    digest: str = ""
    """What a state knows it by, with `size` bytes; empty: the digest of the one file it is."""
    size: int = 0
    remark: str = ""
    fault: str = ""
    """Why it cannot be folded; empty: nothing known against it."""


def foldables_of(files: Mapping[str, Sequence[Candidate]], workspace: Workspace) -> Iterator[Foldable]:
    """What these files, by the name of their importer, are folded as; sorted."""
    for name in sorted(files):
        found = sorted(files[name], key=lambda candidate: candidate.path)
        if name == SPANS:
            yield from _tables(found, workspace)
        elif name == STATE or name in READERS:
            for file in found:
                yield Foldable(name, (file,))


def _tables(files: Sequence[Candidate], workspace: Workspace) -> list[Foldable]:
    """Tables by the file of traces they are of, and all others each on its own."""
    known: dict[Path, dict[str, Origin]] = {}
    groups: dict[tuple[Path, str], tuple[Origin, list[Candidate]]] = {}
    found = []
    for file in files:
        try:
            real = workspace.real(file.path)
        except DocumentError as error:
            found.append(Foldable(SPANS, (file,), fault=error.reason))
            continue
        folder = real.parent
        if folder not in known:
            known[folder] = origins_in(folder)
        origin = known[folder].get(real.name)
        if origin is None:
            found.append(Foldable(SPANS, (file,), fault=_fault_of_single(real)))
        else:
            groups.setdefault((folder, origin.path), (origin, []))[1].append(file)
    found += [_foldable_of(origin, members) for origin, members in groups.values()]
    return sorted(found, key=lambda foldable: (foldable.remark, foldable.files[0].path))


def _foldable_of(origin: Origin, tables: Sequence[Candidate]) -> Foldable:
    shown = clean(origin.path)
    missing = len(set(origin.tables)) - len(tables)
    fault = ""
    if origin.broken:
        fault = f"traces of {shown}: {clean(origin.remark)}"
    elif missing:
        fault = f"traces of {shown}: {counted(missing, 'table')} of {len(set(origin.tables))} not given"
    remark = f"traces of {shown}" + (f": {clean(origin.remark)}" if origin.remark else "")
    return Foldable(SPANS, tuple(tables), origin.sha256, origin.bytes, remark, fault)


def _fault_of_single(table: Path) -> str:
    """A slice of a file of traces says nothing of the others, so that calls between them would be lost."""
    import duckdb

    try:
        with TemporaryDirectory(prefix="topoplan-") as folder, database(Path(folder)) as connection:
            if about(connection, table).reading is None:
                return ""
    except (duckdb.Error, ValueError):
        return ""  # whoever reads it tells
    return f"is a slice of traces that no {MANIFEST} beside it tells of: give the folder as it was written"
