"""A content-addressed store for results that are costly to make again; losing it loses nothing but time."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
from pathlib import Path

_DIGEST_BYTES = 32


class Cache:
    """Values by (kind, key) below `folder`; without a folder nothing is kept.

    `kind` is a short kebab-case name that also carries the version of what is stored; `key` is a hex digest of all the
    value depends on. A value that was cut short or damaged counts as absent. Processes may share one folder.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def get(self, kind: str, key: str) -> bytes | None:
        """The stored value, or None."""
        if self._folder is None:
            return None
        try:
            stored = self._path(self._folder, kind, key).read_bytes()
        except OSError:
            return None
        value = stored[_DIGEST_BYTES:]
        return value if hashlib.sha256(value).digest() == stored[:_DIGEST_BYTES] else None

    def put(self, kind: str, key: str, value: bytes) -> None:
        """Store `value` whole or not at all; a full disk or a read-only folder is no error."""
        if self._folder is None:
            return
        path = self._path(self._folder, kind, key)
        with contextlib.suppress(OSError):
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor, temporary = tempfile.mkstemp(prefix=".", dir=path.parent)
            try:
                with open(descriptor, "wb") as file:
                    file.write(hashlib.sha256(value).digest() + value)
                os.replace(temporary, path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(temporary)
                raise

    def prune(self, kind: str, most: int) -> None:
        """Let go of the values of this kind that were stored first, so that no more than `most` bytes are kept."""
        if self._folder is None:
            return
        stored = []
        for folder, _, names in os.walk(self._folder / kind):
            for name in names:
                with contextlib.suppress(OSError):
                    about = os.stat(os.path.join(folder, name))
                    stored.append((about.st_mtime_ns, os.path.join(folder, name), about.st_size))
        over = sum(size for _, _, size in stored) - most
        for _, path, size in sorted(stored):
            if over <= 0:
                return
            with contextlib.suppress(OSError):
                os.unlink(path)
            over -= size

    @staticmethod
    def _path(folder: Path, kind: str, key: str) -> Path:
        if not (key.isalnum() and key.isascii() and kind.replace("-", "").isalnum()):
            raise ValueError(f"not a cache key: {kind}/{key}")
        return folder / kind / key[:2] / key
