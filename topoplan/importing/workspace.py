"""Guarded, read-only access to the analysed files: nothing outside the given roots is ever opened.

Files are named by *shown paths*: the root as the user typed it joined with the path below it, forward slashes,
normalised (`specs/shop/compose.yaml`; for the root `.` just `compose.yaml`). A root may be a folder or a single file.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
from collections.abc import Mapping
from pathlib import Path
from typing import BinaryIO

from topoplan.errors import DocumentError
from topoplan.importing.documents import Document, load_json, load_yaml_all


class Workspace:
    """Reads files below the roots. `roots` maps each root's shown path to its real folder or file."""

    def __init__(self, roots: Mapping[str, Path]) -> None:
        self._roots = {shown: real.resolve() for shown, real in roots.items()}

    def real(self, path: str) -> Path:
        """The real path of a shown path; raises DocumentError (`outside-root`) when it, with every symlink followed,
        is not below one of the roots."""
        for shown, root in self._roots.items():
            if path == shown or shown == "." or path.startswith(shown.rstrip("/") + "/"):
                below = path if shown == "." else path[len(shown) :].lstrip("/")
                found = (root / below).resolve() if below else root
                if found == root or root in found.parents:
                    return found
        raise DocumentError("lies outside the analysed folders", slug="outside-root", where=path)

    def join(self, base: str, relative: str) -> str | None:
        """Shown path of `relative` as written inside the file or folder `base` names (a folder ends in `/`), or None
        when it leaves the roots or is absolute."""
        if relative.startswith("/"):
            return None
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(base), relative))
        try:
            self.real(joined)
        except (DocumentError, OSError):
            return None
        return joined

    def is_file(self, path: str) -> bool:
        try:
            return self.real(path).is_file()
        except (DocumentError, OSError):
            return False

    def is_dir(self, path: str) -> bool:
        try:
            return self.real(path).is_dir()
        except (DocumentError, OSError):
            return False

    def names(self, folder: str) -> tuple[str, ...]:
        """Sorted names in a folder; empty when it is not one."""
        return tuple(sorted(p.name for p in self.real(folder).iterdir())) if self.is_dir(folder) else ()

    def read_bytes(self, path: str) -> bytes:
        """The content, unzipped when it is gzip. Raises DocumentError when it cannot be read or is over the bound."""
        try:
            data = self.real(path).read_bytes()
            return gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data
        except (OSError, EOFError) as error:
            raise DocumentError(f"cannot be read: {error}", slug="unreadable", where=path) from None

    def open_stream(self, path: str) -> BinaryIO:
        """A binary stream of the content, unzipped on the way when it is gzip, bounded in output bytes."""
        stream = self.real(path).open("rb")
        magic = stream.read(2)
        stream.seek(0)
        return gzip.open(stream) if magic == b"\x1f\x8b" else stream  # type: ignore[return-value]

    def digest(self, path: str) -> str:
        """Hex SHA-256 of the stored bytes."""
        return hashlib.sha256(self.real(path).read_bytes()).hexdigest()

    def yaml(self, path: str) -> Document:
        """The first document of a YAML file (`None` when it has none)."""
        documents = self.yaml_all(path)
        return documents[0] if documents else Document(None)

    def yaml_all(self, path: str) -> tuple[Document, ...]:
        return load_yaml_all(self.read_bytes(path), path)

    def json(self, path: str) -> Document:
        return load_json(self.read_bytes(path), path)

    def document(self, path: str) -> Document:
        """YAML or JSON, told by the first significant byte: `{` or `[` is tried as JSON first."""
        data = self.read_bytes(path)
        if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
            try:
                return load_json(data, path)
            except DocumentError:
                pass
        documents = load_yaml_all(data, path)
        return documents[0] if documents else Document(None)
