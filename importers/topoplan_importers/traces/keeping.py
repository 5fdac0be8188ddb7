"""Writes what traces show as bytes, the same bytes for the same content, and reads it back."""

from __future__ import annotations

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.tally import boundary_order, channel_order

VERSION = 1
"""Of the bytes: raised whenever a field of `Observed`, or of what it holds, changes its name, type or meaning."""


class _Header(Struct):
    version: int


class _Kept(_Header):
    observed: Observed


_HEADER = msgspec.msgpack.Decoder(_Header)
_KEPT = msgspec.msgpack.Decoder(_Kept)


def encode(observed: Observed) -> bytes:
    """In MessagePack, everything in order."""
    ordered = Observed(
        {
            key: replace(traffic, operations=dict(sorted(traffic.operations.items())))
            for key, traffic in sorted(observed.boundaries.items(), key=lambda item: boundary_order(item[0]))
        },
        dict(sorted(observed.channels.items(), key=lambda item: channel_order(item[0]))),
        dict(sorted(observed.services.items())),
        dict(sorted(observed.flaws.items())),
        {
            key: replace(
                journey, steps=dict(sorted(journey.steps.items(), key=lambda item: boundary_order(item[0])))
            )
            for key, journey in sorted(observed.journeys.items())
        },
        {edge: dict(sorted(files.items())) for edge, files in sorted(observed.dependencies.items())},
    )  # fmt: skip
    return msgspec.msgpack.encode(_Kept(VERSION, ordered))


def decode(raw: bytes) -> Observed:
    """Raises ValueError where these are not whole bytes of `encode` of this version."""
    try:
        version = _HEADER.decode(raw).version
        if version != VERSION:
            raise ValueError(f"has version {version}, not {VERSION}")
        return _KEPT.decode(raw).observed
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"is damaged: {error}") from error
