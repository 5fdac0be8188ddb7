"""Counts distinct traces over files that may share some: exactly while they are few, and in bounded space always.

A sketch keeps the k smallest of the 64-bit hashes of what it has seen (k minimum values, Bar-Yossef et al. 2002).
Below k it knows the number exactly; from then on it estimates (k − 1) / (kth smallest, as a fraction of all hashes),
which has no bias and a relative standard error of 1 / √(k − 2): 4.4 %. Two sketches join to the sketch of all that
either has seen, so joining is commutative, associative and idempotent, to the last bit.
"""

from __future__ import annotations

import hashlib
import sys
from array import array
from collections.abc import Iterable

from msgspec import Struct

from topoplan_importers.traces.span import SpanId, id_text

K = 512
"""Hashes kept."""
_HASH_BYTES = 8
HASH_DIGITS = 2 * _HASH_BYTES
"""Of a hash in hexadecimal."""
_ALL = 1 << (8 * _HASH_BYTES)


def hash_of(trace: SpanId) -> int:
    """The same on every machine: the first 8 bytes of the MD5 of the id as text."""
    return int.from_bytes(hashlib.md5(id_text(trace).encode(), usedforsecurity=False).digest()[:_HASH_BYTES])


class Sketch(Struct, frozen=True):
    """`packed` holds the smallest hashes, ascending, each in 8 bytes with the highest first."""

    packed: bytes = b""

    @classmethod
    def of(cls, hashes: Iterable[int]) -> Sketch:
        """Of what has these hashes."""
        kept = array("Q", sorted(set(hashes))[:K])
        if sys.byteorder == "little":
            kept.byteswap()
        return cls(kept.tobytes())

    def check(self) -> None:
        """Raises ValueError where the bytes are no sketch."""
        if len(self.packed) % _HASH_BYTES or self != Sketch.of(self.hashes()):
            raise ValueError("holds a sketch that is none")

    def hashes(self) -> list[int]:
        """Those kept."""
        kept = array("Q", self.packed)
        if sys.byteorder == "little":
            kept.byteswap()
        return kept.tolist()

    def __or__(self, other: Sketch) -> Sketch:
        if self.packed == other.packed or not other.packed:
            return self
        return Sketch.of(self.hashes() + other.hashes()) if self.packed else other

    def count(self) -> int:
        """How many distinct ones there were."""
        kept = len(self.packed) // _HASH_BYTES
        if kept < K:
            return kept
        return (K - 1) * _ALL // (int.from_bytes(self.packed[-_HASH_BYTES:]) + 1)


class Sketching:
    """A sketch while it grows."""

    __slots__ = ("_hashes", "_most")

    def __init__(self) -> None:
        self._hashes: list[int] = []
        self._most = _ALL
        """Larger hashes are not among the k smallest."""

    def add(self, hashed: int) -> None:
        if hashed < self._most:
            self._hashes.append(hashed)
            if len(self._hashes) >= 4 * K:
                self._hashes = sorted(set(self._hashes))[:K]
                if len(self._hashes) == K:
                    self._most = self._hashes[-1]

    def sketch(self) -> Sketch:
        return Sketch.of(self._hashes)
