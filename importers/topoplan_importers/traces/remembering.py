"""Remembers what unchanged files of traces show, so that a second run need not read them.

What is remembered is found by the digests of the files. A digest itself is remembered by what the system says of the
file (size, times of change, place on disk), as version control does; where that differs the file is read for it. Large
files are known by what the system says alone: to digest them costs a good part of what reading them does.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.importing.cache import Cache
from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.looking import UNSURE
from topoplan.model.checks import RunFact
from topoplan.model.facts import Notice, SourceState
from topoplan_importers.traces import keeping
from topoplan_importers.traces.finding import LARGE_BYTES, Found

_VERSION = 2
"""Of what is stored: raised whenever `_Stored` changes."""
_RESULTS, _DIGESTS = (f"traces-{what}-{_VERSION}" for what in ("shown", "digests"))


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
    """What `find` finds in these files, or found before; and their digests, empty for what cannot be read and where
    they are large. Not remembered is what changed while it was read, or could not be read to its end: that may be
    another time."""
    known = _Known(Cache(Path(options.cache_dir) if options.cache_dir else None), workspace)
    large = sum(file.size for file in files) > LARGE_BYTES
    digests = ["" if large else known.digest(file.path) for file in files]
    identities = [known.identity(file.path) for file in files] if large else digests
    told = [(file.path, identity) for file, identity in zip(files, identities, strict=True)]
    key = _key([code_digest(), kind, sorted(options.test_traces), told])
    earlier = _decoded(known.store.get(_RESULTS, key))
    if earlier is not None:
        return earlier, digests
    found = find()
    after = [(known.identity if large else known.digest)(file.path) for file in files]
    if any(found.broken):
        sys.audit(UNSURE)
    elif after == identities and all(after):
        known.store.put(_RESULTS, key, _encoded(found))
    return found, digests


class _Known:
    """What files are known by."""

    def __init__(self, store: Cache, workspace: Workspace) -> None:
        self.store = store
        self._workspace = workspace

    def identity(self, path: str) -> str:
        """What the system says of a file, in hex: the same as long as nobody writes to it. Empty where it says
        nothing."""
        try:
            real = self._workspace.real(path)
            about = os.stat(real)
        except (OSError, DocumentError):
            return ""
        return _key([str(real), about.st_size, about.st_mtime_ns, about.st_ctime_ns, about.st_ino, about.st_dev])

    def digest(self, path: str) -> str:
        """Hex SHA-256 of the stored bytes; empty where they cannot be read."""
        identity = self.identity(path)
        known = self.store.get(_DIGESTS, identity) if identity else None
        if known is not None or not identity:
            return (known or b"").decode("ascii")
        try:
            digest = self._workspace.digest(path)
        except (OSError, DocumentError):
            return ""
        self.store.put(_DIGESTS, identity, digest.encode("ascii"))
        return digest


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
    files = [*own.parent.glob("*.py")]
    for folder, below, names in os.walk(own):
        below[:] = [name for name in below if name != "__pycache__"]
        files += [Path(folder, name) for name in names if name.endswith((".py", ".sql"))]
    summary = hashlib.sha256()
    for file in sorted(files):
        summary.update(file.read_bytes())
    return summary.hexdigest()
