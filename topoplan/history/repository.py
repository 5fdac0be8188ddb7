"""One git repository: what kind it is, its newest commit, its log, its sizes and its stored files."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from topoplan.history.git import GitError, GitRunner
from topoplan.history.log import Commit, log_arguments, read_log, read_sizes, size_arguments

MAX_BLOB_BYTES = 16 * 1024 * 1024
"""Largest stored version of a specification that is read."""


class Repository(Struct, frozen=True):
    """A usable repository. `partial` means file contents are missing (a clone with a filter), `shallow` that commits
    are (a clone with a depth)."""

    run: GitRunner
    top: Path
    head_time: int
    shallow: bool
    partial: bool

    @classmethod
    def open(cls, run: GitRunner, folder: Path) -> Repository:
        """The repository `folder` lies in. Raises GitError when git cannot use it or it has no commit."""
        lines = os.fsdecode(output_of(run, folder, "rev-parse", "--show-toplevel", "--is-shallow-repository")).split(
            "\n"
        )
        top = Path(lines[0]).resolve()
        if folder != top and top not in folder.parents:
            raise GitError("the repository's configuration places its files elsewhere")
        head = output_of(run, folder, "log", "-1", "--no-show-signature", "--format=%ct").strip()
        return cls(run, top, int(head) if head.isdigit() else 0, lines[1:2] == ["true"], _is_partial(run, folder))

    def commits(self, since: int, paths: Sequence[str], counts: bool) -> Iterator[Commit]:
        """Commits from `since` on that change one of `paths`; see `log_arguments`."""
        # The oldest commits of a shallow clone have lost their parents and would seem to add every file there is.
        return read_log(self.run(self.top, log_arguments(since, paths, counts, roots=not self.shallow)))

    def sizes(self, paths: Sequence[str]) -> Iterator[tuple[str, int]]:
        """Path and lines of every file below `paths` at the newest commit."""
        empty_tree = output_of(self.run, self.top, "hash-object", "-t", "tree", "--stdin").decode("ascii").strip()
        return read_sizes(self.run(self.top, size_arguments(empty_tree, paths)))

    def blobs(self, ids: Sequence[str]) -> Iterator[tuple[str, bytes]]:
        """Id and content of stored files, in the order asked for; missing and oversized ones are left out."""
        return read_blobs(self.run(self.top, ["cat-file", "--batch"], "".join(f"{i}\n" for i in ids).encode("ascii")))


def read_blobs(chunks: Iterable[bytes]) -> Iterator[tuple[str, bytes]]:
    """Id and content from the output of `git cat-file --batch`: `id type size`, newline, content, newline."""
    source = _Reader(chunks)
    while header := source.line():
        fields = header.split()
        if len(fields) != 3 or not fields[2].isdigit():
            continue  # `id missing`
        size = int(fields[2])
        content = source.take(size, keep=fields[1] == b"blob" and size <= MAX_BLOB_BYTES)
        source.take(1, keep=False)
        if content is not None:
            yield fields[0].decode("ascii"), content


class _Reader:
    """Lines and counted bytes of a stream of chunks, holding no more than is asked for."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._buffer = b""

    def line(self) -> bytes:
        while b"\n" not in self._buffer:
            chunk = next(self._chunks, b"")
            if not chunk:
                break
            self._buffer += chunk
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line

    def take(self, count: int, keep: bool) -> bytes | None:
        parts: list[bytes] = []
        while count > 0:
            chunk = self._buffer or next(self._chunks, b"")
            if not chunk:
                break
            part, self._buffer = chunk[:count], chunk[count:]
            count -= len(part)
            if keep:
                parts.append(part)
        return b"".join(parts) if keep else None


def _is_partial(run: GitRunner, folder: Path) -> bool:
    try:
        return bool(output_of(run, folder, "config", "--get-regexp", r"^remote\..*\.partialclonefilter$"))
    except GitError:  # git config ends with 1 when nothing matches
        return False


def output_of(run: GitRunner, folder: Path, *arguments: str) -> bytes:
    """Everything that one git command writes. Raises GitError."""
    return b"".join(run(folder, arguments))
