"""Where a fact was read, how it came about and how far it can be trusted."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Basis(StrEnum):
    """What a fact rests on."""

    DECLARED = "declared"
    """Read from a spec, manifest or configuration: somebody intends it."""
    OBSERVED = "observed"
    """Seen in traces: it happened."""


class Confidence(StrEnum):
    """How likely a fact is true; `rank` orders it."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def rank(self) -> int:
        """3 for high, 2 for medium, 1 for low."""
        return _RANK[self]


_RANK = {Confidence.HIGH: 3, Confidence.MEDIUM: 2, Confidence.LOW: 1}


class Where(Struct, frozen=True, order=True):
    """One place in one input: `compose.yaml:12` or `users.json#/paths/~1users`.

    `path` is the path as shown to the user, with forward slashes; `line` counts from 1, 0 means unknown;
    `pointer` is a JSON Pointer (RFC 6901), used where a format has no useful lines.
    """

    path: str
    line: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        if self.line:
            return f"{self.path}:{self.line}"
        return f"{self.path}#{self.pointer}" if self.pointer else self.path

    @classmethod
    def parse(cls, text: str) -> Where:
        """The inverse of `str`."""
        path, mark, pointer = text.partition("#/")
        if mark:
            return cls(path, pointer="/" + pointer)
        head, colon, tail = text.rpartition(":")
        if colon and tail.isascii() and tail.isdigit() and int(tail[:9]) > 0:
            return cls(head, line=int(tail[:9]))
        return cls(text)


class Evidence(Struct, frozen=True, order=True):
    """One reason to believe a fact."""

    importer: str
    """Name of the importer that read it, as in `topoplan importers`."""
    where: Where
    basis: Basis
    confidence: Confidence
    rule: str = ""
    """Kebab-case name of the importer's rule, e.g. `environment-url`."""
    detail: str = ""
    """What was read, in a few words, free of secrets: `ORDER_URL names order`."""
