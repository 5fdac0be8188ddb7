"""Decodes Zipkin's JSON, v2 and v1, and its dependencies API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from topoplan_importers.traces.batch import Batch
from topoplan_importers.traces.conventions import WANTED, Signatures, service_name
from topoplan_importers.traces.marks import MARKS, Marks
from topoplan_importers.traces.sampling import SAMPLING, weigh
from topoplan_importers.traces.span import (
    Attributes,
    DependencyLink,
    Told,
    number,
    span_id,
    time_us,
)
from topoplan_importers.traces.templates import Fit
from topoplan_importers.traces.units import Unit, decoded

_RARE = MARKS | SAMPLING
_KEPT = WANTED | _RARE
_KINDS = frozenset({"client", "server", "producer", "consumer"})
# v1 annotations that open and close one side of a call.
_SIDES = (("client", "cs", "cr"), ("server", "sr", "ss"), ("producer", "ms", "ms"), ("consumer", "mr", "mr"))


_About: TypeAlias = tuple[Any, Any, str | None, str | None]
"""Names of the two ends as given, kind and name of a span: what spans from one place have in common."""


class _Endpoint(Struct, gc=False):
    service: Any = msgspec.field(name="serviceName", default=None)


class _Annotation(Struct, gc=False):
    value: Any = None
    timestamp: int | str | float | None = None
    endpoint: _Endpoint | None = None


class _BinaryAnnotation(Struct, gc=False):
    key: str | None = None
    value: Any = None
    endpoint: _Endpoint | None = None


class _Common(Struct, gc=False, rename="camel"):
    trace_id: str | int | None = None
    id: str | int | None = None
    parent_id: str | int | None = None
    kind: str | None = None
    name: str | None = None
    timestamp: int | str | float | None = None
    duration: int | str | float | None = None


class _Span(_Common, gc=False, rename="camel", kw_only=True):
    """A span of version 2 that tells whose it is, as nearly all are and do: each field costs, there or not."""

    local_endpoint: _Endpoint
    remote_endpoint: _Endpoint | None = None
    tags: msgspec.Raw = msgspec.Raw()
    """An object of texts, still encoded."""


class _Record(_Common, gc=False, rename="camel"):
    """A span of either version, or an edge of the dependencies API."""

    local_endpoint: _Endpoint | None = None
    remote_endpoint: _Endpoint | None = None
    tags: msgspec.Raw = msgspec.Raw()
    annotations: list[_Annotation | None] | None = None
    binary_annotations: list[_BinaryAnnotation | None] | None = None
    parent: Any = None
    child: Any = None
    call_count: Any = None
    error_count: Any = None


_SPAN = msgspec.json.Decoder(_Span)
_SPANS = msgspec.json.Decoder(list[_Span])
_RECORD = msgspec.json.Decoder(_Record)
_RECORDS = msgspec.json.Decoder(list[_Record | list[_Record]])
_TAGS = msgspec.json.Decoder(dict[str, Any] | None)


class ZipkinReader:
    """A unit is a list of spans or of such lists, a span by itself, or a dependency; versions may be mixed."""

    def __init__(self, marks: Marks, signatures: Signatures | None = None) -> None:
        self._signatures = signatures or Signatures()
        self._marks = marks
        self._templates = self._signatures.templates
        self._is_plain = True
        """So far there were but spans as `_Span` has them."""

    def read(self, unit: Unit, batch: Batch) -> None:
        """Add what one unit holds. Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError; what was added
        then has to go."""
        is_list = unit[:1] == b"["
        if self._is_plain:
            try:
                spans = _SPANS.decode(unit) if is_list else [_SPAN.decode(unit)]
            except msgspec.ValidationError:
                pass  # some are others
            else:
                self._add(spans, batch)
                return
        given = _RECORDS.decode(unit) if is_list else (_RECORD.decode(unit),)
        self._is_plain = False
        for one in given:
            self._add(one if isinstance(one, list) else (one,), batch)

    def _add(self, given: Sequence[_Span] | Sequence[_Record], batch: Batch) -> None:
        fit_of = self._templates.fit
        traces, ids, parents, starts = batch.traces, batch.ids, batch.parents, batch.starts
        durations, told_of = batch.durations, batch.told
        for raw in given:  # once, and little of it: this is most of what a span costs
            local, remote, start, lasted = raw.local_endpoint, raw.remote_endpoint, raw.timestamp, raw.duration
            if local is None and isinstance(raw, _Record) and self._is_other(raw, batch):
                continue
            about = (
                local.service if local is not None else None, remote.service if remote is not None else None,
                raw.kind, raw.name,
            )  # fmt: skip
            text = bytes(raw.tags)
            try:
                told = fit_of(about, text)
            except TypeError:  # a list or an object where a name belongs
                told = None
            if not isinstance(told, Told):
                told, weight = self._tell_second(raw, about, text, told)
                if weight != 1:
                    batch.weights[len(told_of)] = weight
            traces.append(raw.trace_id)
            ids.append(raw.id)
            parents.append(raw.parent_id)
            starts.append(0 if start is None else start)
            durations.append(-1 if lasted is None else lasted)
            told_of.append(told)

    def _is_other(self, raw: _Record, batch: Batch) -> bool:
        """Whether this is no span of version 2; it is added then."""
        if raw.call_count is not None:
            _add_dependency(raw, batch)
            return True
        return self._is_first_version(raw, batch)

    def _tell_second(self, raw: _Common, about: _About, text: bytes, fit: Fit | None) -> tuple[Told, float]:
        """What a span says that was not known again by its text, and its weight."""
        service, remote, kind = service_name(about[0]), service_name(about[1]), (raw.kind or "").lower()
        if kind not in _KINDS:
            # As Zipkin's own linker: a span of no kind that names both ends is the client's.
            kind = "client" if service and remote else ""
        found = fit.found if fit is not None else _decoded(text)
        told, weight = self._tell(raw, service, remote, kind, raw.timestamp, dict(found))
        if fit is not None:
            fit.remember(told)
        elif text and _RARE.isdisjoint(found) and all(isinstance(name, str | None) for name in about):
            self._templates.learn(about, text, found, told, _decoded)
        return told, weight

    def _is_first_version(self, raw: _Record, batch: Batch) -> bool:
        """Whether a span is of version 1; it is added then."""
        annotated = [a for a in raw.annotations or () if a is not None and a.endpoint is not None]
        if not annotated and not raw.binary_annotations:
            return False
        self._first_version(raw, annotated, batch)
        return True

    def _first_version(self, raw: _Record, annotated: list[_Annotation], batch: Batch) -> None:
        found: Attributes = {}
        remote, some = "", _name(annotated[0].endpoint) if annotated else ""
        for binary in raw.binary_annotations or ():
            if binary is not None and binary.key in ("sa", "ma"):
                remote = _name(binary.endpoint) or remote
            elif binary is not None and binary.key is not None:
                some = some or _name(binary.endpoint)
                if binary.key in _KEPT:
                    found.setdefault(binary.key, binary.value)
        marks = {a.value: a for a in reversed(annotated) if isinstance(a.value, str)}
        sides = [(kind, start, end) for kind, start, end in _SIDES if start in marks or end in marks]
        for kind, start, end in sides:
            first, last = marks.get(start) or marks[end], marks.get(end) or marks[start]
            alone = len(sides) == 1 and raw.duration is not None
            lasted = raw.duration if alone else max(0, number(last.timestamp) - number(first.timestamp))
            told, weight = self._tell(raw, _name(first.endpoint), remote, kind, first.timestamp, dict(found))
            batch.add(raw.trace_id, raw.id, raw.parent_id, first.timestamp, lasted, told, weight)
        if not sides:
            kind = "client" if some and remote else ""
            told, weight = self._tell(raw, some, remote, kind, raw.timestamp, found)
            batch.add(raw.trace_id, raw.id, raw.parent_id, raw.timestamp, raw.duration, told, weight)

    def _tell(
        self, raw: _Common, service: str, remote: str, kind: str, start: int | str | float | None, found: Attributes
    ) -> tuple[Told, float]:  # fmt: skip
        """What a span says, and its weight."""
        weight = 1.0
        if not _RARE.isdisjoint(found):
            trace, own = span_id(raw.trace_id), span_id(raw.id)
            if trace is not None and own is not None and not MARKS.isdisjoint(found):
                self._marks.see(trace, own, time_us(number(start)), found, {})
            weight = weigh(found)
        if remote:
            found.setdefault("peer.service", remote)
        return self._signatures.tell(service, "", kind, raw.name or "", found), weight


def _add_dependency(raw: _Record, batch: Batch) -> None:
    parent, child = service_name(raw.parent), service_name(raw.child)
    if parent and child:
        batch.dependencies.append(DependencyLink(parent, child, number(raw.call_count), number(raw.error_count)))


def _decoded(text: bytes) -> Attributes:
    tags = decoded(_TAGS, text) if text else None
    return {key: value for key, value in (tags or {}).items() if key in _KEPT}


def _name(endpoint: _Endpoint | None) -> str:
    return service_name(endpoint.service) if endpoint is not None else ""
