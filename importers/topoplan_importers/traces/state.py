"""The folder of a state of traces: parts that appear whole or not at all, joined to what all files folded so far show.

A *part* is a fold in a file of its own, named by the files it is of. Folding writes part after part, then one part of
everything, then removes the others. A part all of whose files another part has too is passed over, so that whenever a
process ends, what is left says the same, and what was not yet written is folded again. Only one process at a time may
write. Parts of two folders may be read together, or put into one, unless they share some files only: then nothing tells
what the others of them show alone.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from topoplan.errors import DocumentError, OutputError, UsageError
from topoplan.importing.files import open_regular, unreadable
from topoplan.model.phrases import counted
from topoplan_importers.traces.folding import Fold, decode, encode, joined

SUFFIX = ".fold"
MOST_BYTES = 2**30
"""Of one part."""
_LOCK = ".lock"
_UNFINISHED = ".unfinished"


class StateFolder:
    """Where a state is kept. `shown` is what messages call it."""

    def __init__(self, folder: Path, shown: str) -> None:
        self._folder, self._shown = folder, shown

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Make the folder, and be the only process that writes there, until the end of the block or of this process.
        Raises UsageError `trace-state-busy` where another one is, or OutputError."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / _LOCK).open("wb")
        except OSError as error:
            raise self._unwritable(error) from None
        with lock:
            try:
                _lock(lock.fileno())
            except OSError:
                hint = "Wait until it is done."
                message = "another process is folding into it"
                raise UsageError(message, slug="trace-state-busy", where=self._shown, hint=hint) from None
            for left in self._folder.glob(f"*{_UNFINISHED}"):
                left.unlink(missing_ok=True)
            yield

    def read(self) -> Fold:
        """What is kept. Raises DocumentError where any of it is damaged, of another version or in conflict."""
        parts = {}
        for path in sorted(self._folder.glob(f"*{SUFFIX}")):
            shown = f"{self._shown}/{path.name}"
            try:
                with open_regular(path, shown) as stream:
                    parts[shown] = part_of(stream.read(MOST_BYTES + 1), shown)
            except OSError as error:
                raise unreadable(error, shown) from None
        kept, refused = settled(parts)
        for conflicting in refused.values():
            raise conflicting
        return joined(kept.values())

    def add(self, fold: Fold) -> None:
        """Keep the fold of some new files. Raises OutputError."""
        self._write(fold)

    def replace(self, fold: Fold) -> None:
        """Keep this fold, which is of all files that are kept, and nothing else. Raises OutputError."""
        name = self._write(fold)
        for path in self._folder.glob(f"*{SUFFIX}"):
            if path.name != name:
                path.unlink(missing_ok=True)

    def _write(self, fold: Fold) -> str:
        name = f"{hashlib.sha256(' '.join(sorted(fold.files)).encode()).hexdigest()[:32]}{SUFFIX}"
        unfinished = self._folder / f"{name}{_UNFINISHED}"
        try:
            with unfinished.open("wb") as stream:
                stream.write(encode(fold))
                stream.flush()
                os.fsync(stream.fileno())
            unfinished.replace(self._folder / name)
            _sync(self._folder)
        except OSError as error:
            raise self._unwritable(error) from None
        return name

    def _unwritable(self, error: OSError) -> OutputError:
        return OutputError(f"cannot be written: {error.strerror or error}", slug="output-failed", where=self._shown)


def part_of(raw: bytes, shown: str) -> Fold:
    """The fold in the bytes of a part. Raises DocumentError `trace-state-damaged`."""
    hint = "Fold the traces anew into an empty folder."
    try:
        if len(raw) > MOST_BYTES:
            raise ValueError("is too large")
        return decode(raw)
    except ValueError as error:
        raise DocumentError(str(error), slug="trace-state-damaged", where=shown, hint=hint) from None


def settled(parts: Mapping[str, Fold]) -> tuple[dict[str, Fold], dict[str, DocumentError]]:
    """The parts that count, by their shown paths: without those all of whose files one other has too. And those that
    share some of their files only with a larger one, with the errors that say so."""
    kept: dict[str, Fold] = {}
    refused: dict[str, DocumentError] = {}
    for shown, fold in sorted(parts.items(), key=lambda item: (-len(item[1].files), item[0])):
        shared = {other: len(fold.files.keys() & larger.files.keys()) for other, larger in kept.items()}
        if len(fold.files) in shared.values():
            continue
        sharing = [other for other, count in shared.items() if count]
        if sharing:
            refused[shown] = conflict(shown, sharing[0], shared[sharing[0]])
        else:
            kept[shown] = fold
    return kept, refused


def conflict(shown: str, other: str, shared: int) -> DocumentError:
    """Two parts share some of their files only."""
    message = f"shares {counted(shared, 'file')} with {other}, and not all: those would count twice"
    hint = "Fold the traces themselves into one folder."
    return DocumentError(message, slug="trace-state-conflict", where=shown, hint=hint)


def _sync(folder: Path) -> None:
    """Make a new name in a folder last, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
