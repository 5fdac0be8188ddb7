"""Reading `git log` and `git diff-tree` as streams of commits and counted files."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from msgspec import Struct

_HEADER = b"\x02"
_FORMAT = "--format=%x02%H%x00%ct%x00%aN%x00%aE%x00%s"
_SHAPE = ("-z", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color")
_RAW = re.compile(rb"\n?:(\d+) (\d+) ([0-9a-f]+) ([0-9a-f]+) [A-Z]\d*")
_COUNT = re.compile(rb"\n?(\d+|-)\t(\d+|-)\t(.+)", re.DOTALL)
_REGULAR = frozenset({b"100644", b"100755"})


class FileChange(Struct, frozen=True):
    """One regular file changed by one commit."""

    path: str
    """Relative to the top of the repository, forward slashes."""
    lines: int | None = 0
    """Lines added plus deleted; None for a binary file, 0 throughout when the log was read without counts."""
    before: str = ""
    """Blob id, empty when the commit adds the file."""
    after: str = ""
    """Blob id, empty when the commit deletes the file."""


class Commit(Struct, frozen=True):
    """One commit that is no merge. `time` is when it was committed, Unix seconds."""

    id: str
    time: int
    author: str
    email: str
    subject: str
    files: tuple[FileChange, ...] = ()


def log_arguments(since: int, paths: Sequence[str] = (), counts: bool = True, roots: bool = True) -> list[str]:
    """Arguments of the one `git log` a repository needs: commits from `since` (Unix seconds) on that change one of
    `paths` (any file when empty). `--full-history` finds the same commits with and without paths. `counts` asks for
    lines, for which git reads both sides of every change; `roots` for the files of commits without a parent."""
    numbers = [*(["--numstat"] if counts else []), *(["--root"] if roots else [])]
    commits = ["--no-merges", "--full-history", f"--max-age={max(0, since)}", "--no-show-signature", "--encoding=UTF-8"]
    return ["log", *_SHAPE, "--raw", "--no-abbrev", *numbers, *commits, _FORMAT, "HEAD", "--", *paths]


def size_arguments(empty_tree: str, paths: Sequence[str] = ()) -> list[str]:
    """Arguments that count the lines of every file at HEAD, told as additions to the empty tree."""
    return ["diff-tree", "-r", *_SHAPE, "--numstat", empty_tree, "HEAD", "--", *paths]


def read_log(chunks: Iterable[bytes]) -> Iterator[Commit]:
    """Commits in git's order, one at a time. What does not fit the format is passed over."""
    tokens = split(chunks)
    header: list[bytes] = []
    files: dict[bytes, FileChange] = {}
    for token in tokens:
        if token.startswith(_HEADER):
            if header:
                yield _commit(header, files)
            header, files = [token[1:], *islice(tokens, 4)], {}
        elif raw := _RAW.fullmatch(token):
            path = next(tokens, b"")  # taken here, so no name of a file can pass for a header or a row
            if not _REGULAR.isdisjoint(raw.group(1, 2)):
                files[path] = FileChange(os.fsdecode(path), 0, _blob(raw[3]), _blob(raw[4]))
        elif (count := _COUNT.fullmatch(token)) and (change := files.get(count[3])):
            files[count[3]] = FileChange(change.path, _lines(count), change.before, change.after)
    if header:
        yield _commit(header, files)


def read_sizes(chunks: Iterable[bytes]) -> Iterator[tuple[str, int]]:
    """Path and lines of every file; a binary file has none."""
    for token in split(chunks):
        if count := _COUNT.fullmatch(token):
            yield os.fsdecode(count[3]), _lines(count) or 0


def split(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The tokens of a NUL-terminated stream; an unfinished last one counts."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
    if rest:
        yield rest


def _commit(header: list[bytes], files: dict[bytes, FileChange]) -> Commit:
    identity, time, author, email, subject = (
        field.decode("utf-8", "replace") for field in [*header, *[b""] * (5 - len(header))]
    )
    return Commit(identity, int(time) if time.isdecimal() else 0, author, email, subject, tuple(files.values()))


def _blob(name: bytes) -> str:
    return name.decode("ascii") if name.strip(b"0") else ""


def _lines(count: re.Match[bytes]) -> int | None:
    return None if count[1] == b"-" else int(count[1]) + int(count[2])
