"""What was read and what it was good for: files by state, code by service, boundaries by rule."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TextIO

from msgspec import Struct

from topoplan.model.codec import encode
from topoplan.model.facts import Fact, ModuleFact, ServiceFact, Source, SourceState
from topoplan.model.place import Evidence
from topoplan.model.topology import Service, Topology
from topoplan.reporting.json_text import dump

FORMAT = "topoplan/sources"
FORMAT_VERSION = 1
_GAP = "  "
_ORDER = (SourceState.FAILED, SourceState.ANALYSED, SourceState.SKIPPED)


class Folder(Struct, frozen=True):
    """A folder of code with what says whose it is; no evidence where only the configuration does."""

    path: str
    evidence: tuple[Evidence, ...] = ()


class Home(Struct, frozen=True):
    """One service with its folders, its specifications, and the analysed files that count as its own. `service` is
    empty for the files of nobody."""

    service: str
    folders: tuple[Folder, ...] = ()
    specs: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


def homes(topology: Topology, facts: Iterable[Fact]) -> tuple[Home, ...]:
    """Which folders and analysed files belong to which service, sorted by service, the files of nobody last.

    A file belongs to the service with the deepest folder around it; to nobody where several share that folder.
    """
    reasons: dict[str, set[Evidence]] = defaultdict(set)
    for fact in facts:
        if isinstance(fact, (ServiceFact, ModuleFact)) and fact.folder:
            reasons[fact.folder].add(fact.evidence)
    holders: dict[str, list[str]] = defaultdict(list)
    for service in topology.services:
        for folder in service.folders:
            holders[folder].append(service.id)
    files: dict[str, set[str]] = defaultdict(set)
    for source in topology.sources:
        if source.state is not SourceState.SKIPPED:
            files[_owner(source.path, holders)].add(source.path)
    made = [
        Home(s.id, _folders(s, reasons), s.specs, tuple(sorted(files.get(s.id, ()))))
        for s in topology.services
        if s.folders or s.specs
    ]
    rest = Home("", files=tuple(sorted(files.get("", ()))))
    return (*made, rest) if rest.files else tuple(made)


def write_text(topology: Topology, found: Sequence[Home] | None, out: TextIO) -> None:
    """For a person: files by state, what failed first, or with `found` the code of each service."""
    lines = _by_state(topology.sources) if found is None else [line for home in found for line in _home(home)]
    out.writelines(f"{line}\n" for line in lines)


def write_json(topology: Topology, found: Sequence[Home] | None, out: TextIO) -> None:
    """The same as a versioned document: every source, and with `found` the code of each service."""
    document: dict[str, object] = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "sources": encode(topology.sources),
    }
    if found is not None:
        document["services"] = encode(tuple(found))
    dump(document, out)


def write_contributions(topology: Topology, out: TextIO) -> None:
    """A table of the rules that boundaries rest on: how many each supports, and how many nothing else supports."""
    supported: Counter[tuple[str, str]] = Counter()
    alone: Counter[tuple[str, str]] = Counter()
    for boundary in topology.boundaries:
        rules = {(e.importer, e.rule) for e in boundary.evidence}
        supported.update(rules)
        if len(rules) == 1:
            alone.update(rules)
    rows = [(i, r or "-", str(supported[i, r]), str(alone[i, r])) for i, r in sorted(supported)]
    total = ("total", "", str(len(topology.boundaries)), str(alone.total()))
    _write_table([("IMPORTER", "RULE", "BOUNDARIES", "ALONE"), *rows, total], out)


def _write_table(rows: Sequence[tuple[str, ...]], out: TextIO) -> None:
    """Columns of text on the left, figures on the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.ljust(width) if n < 2 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        out.write(_GAP.join(cells).rstrip() + "\n")


def _owner(path: str, holders: dict[str, list[str]]) -> str:
    folder = posixpath.dirname(path)
    while folder not in holders and folder not in ("", "/"):
        folder = posixpath.dirname(folder)
    found = holders.get(folder, [])
    return found[0] if len(found) == 1 else ""


def _folders(service: Service, reasons: dict[str, set[Evidence]]) -> tuple[Folder, ...]:
    return tuple(Folder(folder, tuple(sorted(reasons.get(folder, ())))) for folder in service.folders)


def _by_state(sources: Sequence[Source]) -> list[str]:
    lines = []
    for state in _ORDER:
        chosen = [source for source in sources if source.state is state]
        if not chosen:
            continue
        lines.append(f"{state.value} {len(chosen)}")
        path_width = max(len(source.path) for source in chosen)
        name_width = max(len(source.importer) for source in chosen)
        for source in chosen:
            facts = f"{source.facts} fact{'' if source.facts == 1 else 's'}" if state is SourceState.ANALYSED else ""
            told = "; ".join(text for text in (facts, source.reason) if text)
            cells = ["", source.path.ljust(path_width), source.importer.ljust(name_width), told]
            lines.append(_GAP.join(cells).rstrip())
    return lines


def _home(home: Home) -> list[str]:
    lines = [home.service or "(no service)"]
    for folder in home.folders:
        why = ", ".join(f"{e.importer} {e.rule} {e.where}".replace("  ", " ") for e in folder.evidence)
        lines.append(f"{_GAP}folder {folder.path}: {why or 'topoplan.yaml'}")
    lines += [f"{_GAP}specification {path}" for path in home.specs]
    lines += [f"{_GAP}file {path}" for path in home.files]
    return lines
