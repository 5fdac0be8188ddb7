"""Remembers what unchanged files of traces show, so that a second run need not read them.

What is remembered is found by the digests of the files. A digest itself is remembered by what the system says of the
file (size, times of change, place on disk), as version control does; where that differs the file is read for it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.importing.cache import Cache
from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import RunFact
from topoplan.model.facts import Notice, SourceState
from topoplan_importers.traces import keeping
from topoplan_importers.traces.finding import Found

_VERSION = 1
"""Of what is stored: raised whenever `_Stored` changes."""
_RESULTS, _DIGESTS, _SEEN = (f"traces-{what}-{_VERSION}" for what in ("shown", "digests", "sizes"))


class _Stored(Struct):
    outcomes: list[tuple[SourceState, str]]
    observed: bytes
    checks: list[RunFact]
    notices: list[Notice]
    broken: list[bool]


_DECODER = msgspec.msgpack.Decoder(_Stored)


def remembered(
    files: Sequence[Candidate], kind: str, workspace: Workspace, options: ImportOptions, find: Callable[[], Found]
) -> tuple[Found, list[str]]:
    """What `find` finds in these files, or found before; and their digests, empty for what cannot be read. Not
    remembered is what changed while it was read, or could not be read to its end: that may be another time."""
    store = Cache(Path(options.cache_dir) if options.cache_dir else None)
    digests = _Digests(store, workspace)
    about = [code_digest(), kind, sorted(options.test_traces)]
    sizes = _key([*about, [(file.path, file.size) for file in files]])
    if store.get(_SEEN, sizes) is None:
        # Nothing can be remembered of files of these sizes: the digests may come while they are read.
        with ThreadPoolExecutor(1) as beside:
            waiting = beside.submit(lambda: [digests.of(file.path) for file in files])
            found = find()
            known = waiting.result()
        key = _key([*about, _named(files, known)])
    else:
        known = [digests.of(file.path) for file in files]
        key = _key([*about, _named(files, known)])
        earlier = _decoded(store.get(_RESULTS, key))
        if earlier is not None:
            return earlier, known
        found = find()
    unchanged = known == [digests.of(file.path) for file in files]
    if unchanged and all(known) and not any(found.broken):
        store.put(_RESULTS, key, _encoded(found))
        store.put(_SEEN, sizes, b"")
    return found, known


class _Digests:
    """Hex SHA-256 of files' stored bytes."""

    def __init__(self, store: Cache, workspace: Workspace) -> None:
        self._store, self._workspace = store, workspace

    def of(self, path: str) -> str:
        try:
            real = self._workspace.real(path)
            about = os.stat(real)
        except (OSError, DocumentError):
            return ""
        key = _key([str(real), about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino, about.st_dev])
        known = self._store.get(_DIGESTS, key)
        if known is not None:
            return known.decode("ascii")
        try:
            digest = self._workspace.digest(path)
        except (OSError, DocumentError):
            return ""
        self._store.put(_DIGESTS, key, digest.encode("ascii"))
        return digest


def _named(files: Sequence[Candidate], digests: Sequence[str]) -> list[tuple[str, str]]:
    return [(file.path, digest) for file, digest in zip(files, digests, strict=True)]


def _encoded(found: Found) -> bytes:
    return msgspec.msgpack.encode(
        _Stored(found.outcomes, keeping.encode(found.observed), found.checks, found.notices, found.broken)
    )  # fmt: skip


def _decoded(raw: bytes | None) -> Found | None:
    if raw is None:
        return None
    try:
        stored = _DECODER.decode(raw)
        return Found(stored.outcomes, keeping.decode(stored.observed), stored.checks, stored.notices, stored.broken)
    except (msgspec.DecodeError, ValueError):
        return None


def _key(content: object) -> str:
    return hashlib.sha256(msgspec.json.encode(content)).hexdigest()


@cache
def code_digest() -> str:
    """Digest of the code that reads traces: what it found before a change of it says nothing of what it finds now."""
    own = Path(__file__).parent
    summary = hashlib.sha256()
    for file in sorted([*own.glob("**/*.py"), *own.glob("**/*.sql"), *own.parent.glob("*.py")]):
        summary.update(file.read_bytes())
    return summary.hexdigest()
