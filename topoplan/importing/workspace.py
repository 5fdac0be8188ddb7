"""Guarded, read-only access to the analysed files: nothing outside the given roots is ever opened.

Files are named by *shown paths*: the root as the user typed it joined with the path below it, forward slashes,
normalised (`specs/shop/compose.yaml`; for the root `.` just `compose.yaml`). A root may be a folder or a single file.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import BinaryIO

from topoplan import looking
from topoplan.errors import DocumentError
from topoplan.importing.files import STREAM_BUFFER, open_regular, plain_name, read_bounded, stream_bounded, unreadable
from topoplan.importing.json_documents import load_json
from topoplan.importing.parsed import Document

_MEMO_BYTES = 32 * 2**20
"""Source bytes whose parsed documents are remembered."""


class Workspace:
    """Reads files below the roots. `roots` maps each root's shown path to its real folder or file.

    Parsed documents are remembered and shared between callers, so nobody may change one.
    """

    def __init__(self, roots: Mapping[str, Path]) -> None:
        longest_first = sorted(roots.items(), key=lambda item: (-len(item[0]), item[0]))
        self._roots = {shown: real.resolve() for shown, real in longest_first}
        self._memo: dict[tuple[str, str], tuple[tuple[Document, ...], int]] = {}
        self._memo_bytes = 0

    @property
    def roots(self) -> dict[str, Path]:
        """Shown path of each root → its real folder or file: what makes a workspace of the same files elsewhere."""
        return dict(self._roots)

    def real(self, path: str) -> Path:
        """The real path of a shown path; raises DocumentError (`outside-root`) when it, with every symlink followed,
        is not below one of the roots. Where roots nest, the longest one that fits names the file."""
        for shown, root in self._roots.items():
            if _is_below(path, shown):
                below = path if shown == "." else path[len(shown) :].lstrip("/")
                try:
                    found = looking.look(root / below).resolve()
                except (OSError, RuntimeError, ValueError) as error:  # a loop of links, a NUL in the name
                    raise unreadable(error, path) from None
                if any(found.is_relative_to(real) for real in self._roots.values()):
                    return found
                break
        raise DocumentError("lies outside the analysed folders", slug="outside-root", where=path)

    def join(self, base: str, relative: str) -> str | None:
        """Shown path of `relative` as written inside the file or folder `base` names (a folder ends in `/`), or None
        when it leaves the roots or is absolute."""
        if relative.startswith("/"):
            return None
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(base), relative))
        try:
            self.real(joined)
        except DocumentError:
            return None
        return joined

    def is_file(self, path: str) -> bool:
        """Whether it is a regular file below the roots."""
        try:
            return looking.is_file(self.real(path))
        except (DocumentError, OSError):
            return False

    def is_dir(self, path: str) -> bool:
        """Whether it is a folder below the roots."""
        try:
            return looking.is_dir(self.real(path))
        except (DocumentError, OSError):
            return False

    def names(self, folder: str) -> tuple[str, ...]:
        """Sorted names in a folder; empty when it is not one or may not be listed."""
        try:
            return tuple(sorted(os.listdir(self.real(folder))))
        except (DocumentError, OSError):
            return ()

    def read_bytes(self, path: str) -> bytes:
        """The content, unpacked from gzip or zstd. Raises DocumentError when it cannot be read or is too large."""
        with open_regular(self.real(path), path) as stream:
            return read_bounded(stream, path)

    def open_stream(self, path: str) -> BinaryIO:
        """A binary stream of the content, unpacked on the way when it is gzip or zstd, bounded in output bytes. Opening
        and reading raise DocumentError."""
        return stream_bounded(open_regular(self.real(path), path, STREAM_BUFFER), path)

    def digest(self, path: str) -> str:
        """Hex SHA-256 of the stored bytes. Raises DocumentError when they cannot be read."""
        with open_regular(self.real(path), path) as stream:
            try:
                return hashlib.file_digest(stream, "sha256").hexdigest()
            except OSError as error:
                raise unreadable(error, path) from None

    def yaml(self, path: str) -> Document:
        """The first document of a YAML file (`None` when it has none)."""
        return _first(self.yaml_all(path))

    def yaml_all(self, path: str) -> tuple[Document, ...]:
        """All documents of a YAML file. Raises DocumentError."""
        return self._parsed("yaml", path, _load_yaml)

    def json(self, path: str) -> Document:
        """The document of a JSON file. Raises DocumentError."""
        return _first(self._parsed("json", path, _load_json))

    def documents(self, path: str) -> tuple[Document, ...]:
        """All documents of a YAML or JSON file, told by name and first significant byte. Raises DocumentError."""
        return self._parsed("either", path, _load_either)

    def document(self, path: str) -> Document:
        """The first of `documents`. Raises DocumentError."""
        return _first(self.documents(path))

    def _parsed(self, kind: str, path: str, load: Callable[[bytes, str], tuple[Document, ...]]) -> tuple[Document, ...]:
        known = self._memo.get((kind, path))
        if known is not None:
            return known[0]
        data = self.read_bytes(path)
        documents = load(data, path)
        if len(data) <= _MEMO_BYTES:
            self._memo[kind, path] = documents, len(data)
            self._memo_bytes += len(data)
        while self._memo_bytes > _MEMO_BYTES:
            _, size = self._memo.pop(next(iter(self._memo)))
            self._memo_bytes -= size
        return documents


def _is_below(path: str, root: str) -> bool:
    if root == ".":
        return not path.startswith("/")
    return path == root or path.startswith(root.rstrip("/") + "/")


def _first(documents: tuple[Document, ...]) -> Document:
    return documents[0] if documents else Document(None)


def _load_json(data: bytes, path: str) -> tuple[Document, ...]:
    return (load_json(data, path),)


def _load_yaml(data: bytes, path: str) -> tuple[Document, ...]:
    from topoplan.importing.yaml_documents import load_yaml_all  # which many a run needs nothing of

    return load_yaml_all(data, path)


def _load_either(data: bytes, path: str) -> tuple[Document, ...]:
    """A file named as JSON or YAML is only that; any other that starts with `{` or `[` is JSON when it can be, since
    YAML's flow style looks the same."""
    name = plain_name(path.lower())
    if name.endswith(".json"):
        return _load_json(data, path)
    if not name.endswith((".yaml", ".yml")) and data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        try:
            return _load_json(data, path)
        except DocumentError:
            pass
    return _load_yaml(data, path)
