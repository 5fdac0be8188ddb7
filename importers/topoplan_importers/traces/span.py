"""The one span record every reader yields and the join consumes, small because a run holds one for each span."""

from __future__ import annotations

from enum import IntEnum
from typing import Any, TypeAlias

from msgspec import Struct

SpanId: TypeAlias = int | str
"""A trace or span id: the number its hexadecimal digits mean, so that case and zero padding do not matter; the text
itself where it is not hexadecimal (base64 in protobuf's own JSON)."""

Attributes: TypeAlias = dict[str, Any]
"""Attribute values by key, as decoded: text, numbers, booleans or null."""


class Role(IntEnum):
    """What a span's side of a call is, whatever its source calls it."""

    NONE = 0
    """Internal work, or the source does not say."""
    CALL = 1
    """Waits for another party: OpenTelemetry kind client."""
    SERVE = 2
    """Answers another party: kind server."""
    PUBLISH = 3
    """Hands a message over: kind producer, or a client span of a publishing operation."""
    RECEIVE = 4
    """Takes or processes a message: kind consumer, or a client span of a receiving operation."""


class Resource(IntEnum):
    """What kind of shared resource a span says it talks to."""

    NONE = 0
    DATASTORE = 1
    BROKER = 2


class OperationRank(IntEnum):
    """How much is known of the operation; the better-informed side of a call names it."""

    NONE = 0
    NAME = 1
    """Only the span's name."""
    GROUPED = 2
    """A concrete path, grouped into a template."""
    EXACT = 3
    """A route, template or method the instrumentation gave."""


class Signature(Struct, frozen=True, order=True, gc=False, cache_hash=True):
    """What a span says besides identity, time and outcome. Few differ within a run, so spans share them."""

    service: str
    """Cleaned service name, empty when the source does not say."""
    role: Role = Role.NONE
    protocol: str = ""
    method: str = ""
    path: str = ""
    rank: OperationRank = OperationRank.NONE
    peer: str = ""
    """Name of the other party as a calling span gives it, empty when it gives none fit to be a name."""
    peer_key: str = ""
    """The attribute the peer's name is from."""
    resource: Resource = Resource.NONE
    technology: str = ""
    channel: str = ""
    channel_is_template: bool = False
    step: str = ""
    """Messaging operation type: `create`, `send`, `receive`, `process`, `settle`."""
    criticality: str = ""
    """`service.criticality` of the service."""


class Told(Struct, eq=False, frozen=True, gc=False):
    """What a span says, and how it ended. A reader makes each once, so they compare by identity."""

    signature: Signature
    failed: bool


class Span(Struct, eq=False, gc=False):
    """One span. Spans compare by identity: a file may hold two with the same ids."""

    trace: SpanId
    id: SpanId
    parent: SpanId | None
    start: int
    """Microseconds since the epoch, 0 when unknown."""
    duration: int
    """Microseconds, -1 when unknown."""
    failed: bool
    file: int
    """Index of the file it was read from, in path order."""
    signature: Signature
    links: tuple[tuple[SpanId, SpanId], ...] = ()
    """(trace, span) ids of spans elsewhere that caused this one."""
    weight: float = 1.0
    """How many spans it stands for, by the sampling it tells of; 1.0 when unknown."""


class DependencyLink(Struct, frozen=True, gc=False):
    """A ready-made edge from a tracing back end's dependencies API."""

    parent: str
    child: str
    calls: int
    errors: int


EARLIEST_US = 10**6
"""In whole seconds, as figures have it, an earlier time would be 0, which means unknown."""
LATEST_US = 10**16
"""No real clock is past the year 2286; larger times are damage."""


def span_id(raw: str | int | None) -> SpanId | None:
    """The id `raw` means; None for absent, empty and all-zero ones, which every format defines as invalid."""
    if not raw:
        return None
    try:
        return (int(raw, 16) if isinstance(raw, str) else raw) or None
    except ValueError:
        return raw


def id_text(own: SpanId) -> str:
    """An id as text, the same for ids that are the same: `span_id` gives the id back."""
    return format(own, "x") if isinstance(own, int) else own


def number(raw: object) -> int:
    """A whole number given as number or text; 0 when it is neither."""
    try:
        return int(raw)  # type: ignore[call-overload, no-any-return]
    except (TypeError, ValueError, OverflowError):
        return 0


def time_us(raw_us: int) -> int:
    """A start time in microseconds, 0 when it cannot be one."""
    return raw_us if EARLIEST_US <= raw_us < LATEST_US else 0


def duration_us(raw_us: int) -> int:
    """A duration in microseconds, -1 when it cannot be one."""
    return raw_us if 0 <= raw_us < LATEST_US else -1
