"""What a folder of span tables is of: files of traces, and the tables that hold the spans of each."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from topoplan.model.facts import SourceState
from topoplan_importers.traces.span_tables import MARKER
from topoplan_importers.traces.table import VERSION

MANIFEST = "manifest.json"
_MOST_BYTES = 64 * 2**20


class Origin(Struct):
    """A file of traces that was written as tables."""

    path: str
    """As it was shown then."""
    format: str
    sha256: str
    """Of its stored bytes; empty where it could not be read."""
    bytes: int
    tables: list[str]
    """Names of those that hold its spans."""
    state: SourceState
    remark: str
    broken: bool = False
    """Whether it could not be read to its end."""


class Table(Struct):
    """One table."""

    name: str
    spans: int


class Manifest(Struct):
    """All tables of a folder."""

    version: int
    files: list[Origin]
    tables: list[Table]


def write_manifest(folder: Path, files: Sequence[Origin], tables: Sequence[Table]) -> None:
    """Write it whole or not at all. Raises OSError."""
    unfinished = folder / f"{MANIFEST}.{MARKER}"
    with unfinished.open("wb") as stream:
        content = msgspec.json.encode(Manifest(VERSION, list(files), list(tables)))
        stream.write(msgspec.json.format(content, indent=1) + b"\n")
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(folder / MANIFEST)


def origins_in(folder: Path) -> dict[str, Origin]:
    """The file that each table of a folder is of, by the table's name; empty where no manifest tells."""
    try:
        with (folder / MANIFEST).open("rb") as stream:
            manifest = msgspec.json.decode(stream.read(_MOST_BYTES), type=Manifest)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    known = manifest.files if manifest.version == VERSION else []
    return {name: origin for origin in known if origin.sha256 for name in origin.tables}
