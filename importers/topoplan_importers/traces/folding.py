"""What a set of files of traces shows, made of each file on its own: folds join in any order and grouping.

A file is known by its content, so that where it lies and what it is called change nothing, and is never counted twice.
Calls whose halves lie in two files are found in neither; spans whose parents do are counted as orphans.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping

import msgspec
from msgspec import Struct, field
from msgspec.structs import astuple, replace

from topoplan.model.stats import Stats
from topoplan.model.text import clean
from topoplan_importers.traces import keeping
from topoplan_importers.traces.forest import Flaw
from topoplan_importers.traces.observed import LEVELS, Observed
from topoplan_importers.traces.recognise import STATE
from topoplan_importers.traces.sketch import Sketch

VERSION = 1
"""A part begins with this, its version, an end of line and the SHA-256 of the rest."""
_HEADING = STATE + b"%d\n" % VERSION
_DIGEST_BYTES = 32
_MOST = 2**53
_MOST_BUCKET = 10_000
"""Beyond any duration: the bucket of some 10^80 years."""


class Fold(Struct, frozen=True):
    """Some files, as SHA-256 of their stored bytes and size, and what they show. Files in `observed` are so named."""

    files: Mapping[str, int] = field(default_factory=dict)
    observed: Observed = field(default_factory=Observed)

    def merge(self, other: Fold) -> Fold:
        """Of the files of both, none of which may be in both: it would count twice."""
        return Fold({**self.files, **other.files}, self.observed.merge(other.observed))


def joined(folds: Iterable[Fold]) -> Fold:
    """All in one, small ones first with each other, so that many of them cost little."""
    left = list(folds) or [Fold()]
    while len(left) > 1:
        pairs = [left[place : place + 2] for place in range(0, len(left), 2)]
        left = [pair[0].merge(pair[1]) if len(pair) == 2 else pair[0] for pair in pairs]
    return left[0]


def shown_at(observed: Observed, path: str) -> Observed:
    """The same, told of one file alone. Of ready-made edges, each file's of which may sum up the same time, the one
    with most calls is left."""
    flaws: Counter[tuple[str, Flaw]] = Counter()
    for (_, flaw), count in observed.flaws.items():
        flaws[path, flaw] += count
    return Observed(
        {key: replace(traffic, file=path) for key, traffic in observed.boundaries.items()},
        {key: replace(traffic, file=path) for key, traffic in observed.channels.items()},
        {name: seen._replace(file=path) for name, seen in observed.services.items()},
        flaws,
        {key: replace(journey, file=path) for key, journey in observed.journeys.items()},
        {edge: {path: max(files.values())} for edge, files in observed.dependencies.items()},
    )


class _Kept(Struct):
    files: dict[str, int]
    observed: bytes


_KEPT = msgspec.msgpack.Decoder(_Kept)


def encode(fold: Fold) -> bytes:
    """The same bytes for the same content."""
    kept = _Kept(dict(sorted(fold.files.items())), keeping.encode(fold.observed))
    content = msgspec.msgpack.encode(kept)
    return _HEADING + hashlib.sha256(content).digest() + content


def decode(raw: bytes) -> Fold:
    """Raises ValueError, its message free of the content, where these are not whole bytes of `encode` of this version,
    or say what cannot be."""
    if not raw.startswith(_HEADING):
        told = raw[len(STATE) :].split(b"\n")[0] if raw.startswith(STATE) else b""
        known = told.isdigit() and len(told) < 10
        raise ValueError(f"has version {int(told)}, not {VERSION}" if known else "is no state of traces")
    body = raw[len(_HEADING) :]
    digest, content = body[:_DIGEST_BYTES], body[_DIGEST_BYTES:]
    if hashlib.sha256(content).digest() != digest:
        raise ValueError("is damaged: its content does not have the checksum it was written with")
    try:
        kept = _KEPT.decode(content)
        observed = keeping.decode(kept.observed)
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise ValueError(clean(f"cannot be used: {error}")) from error
    _check(observed)
    if not all(seen.criticality in LEVELS for seen in observed.services.values()):
        raise ValueError("holds a criticality that is none")
    return Fold(kept.files, observed)


def _check(whole: object) -> None:
    """Raises ValueError for text that is not safe to print, figures that no spans have, and sketches that are none."""
    waiting = [whole]
    while waiting:
        found = waiting.pop()
        if isinstance(found, str):
            if clean(found, len(found)) != found:
                raise ValueError("holds text that cannot be shown")
        elif isinstance(found, int):
            if not 0 <= found < 2**64:
                raise ValueError("holds impossible figures")
        elif isinstance(found, Stats):
            if not _is_possible(found):
                raise ValueError("holds impossible figures")
        elif isinstance(found, Sketch):
            found.check()
        elif isinstance(found, Mapping):
            waiting += [*found, *found.values()]
        elif isinstance(found, tuple):
            waiting += found
        elif isinstance(found, Struct):
            waiting += astuple(found)


def _is_possible(stats: Stats) -> bool:
    counts = [stats.calls, stats.errors, stats.traces, stats.first_seen, stats.last_seen, stats.sampled_out]
    counts += [count for _, count in stats.buckets]
    in_time = all(0 <= bucket <= _MOST_BUCKET for bucket, _ in stats.buckets)
    return in_time and all(0 <= count <= _MOST for count in counts)
