"""Makes of a table and a mapping what the span table needs, in relations: ids, times, links, and what spans say.

What differs from span to span and tells nothing (numbers in paths, queries, addresses, messages of errors) is left out
already here, so that few different texts remain; leaving it out changes no description.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

import ibis
from ibis.expr.types import BooleanValue, IntegerValue, StringValue, Table, Value

from topoplan_importers.traces.engines.warehouse_dialects import json_text, microseconds
from topoplan_importers.traces.engines.warehouse_words import ATTRIBUTES, ENTRY, ESCAPES, KEYS, VALUE
from topoplan_importers.traces.mappings import First, Links, Mapping, Path, Text, Time
from topoplan_importers.traces.marks import NAMING_TEST, TELLING

LINKS = "array<struct<trace: string, span: string>>"

CONCRETE = frozenset({"http.path", "http.target", "http.url", "url.full", "url.path", "name"})
"""What has the path of one request."""
HOSTS = frozenset({
    "http.host", "net.peer.name", "net.sock.peer.name", "network.peer.address", "peer.hostname", "server.address",
})  # fmt: skip
"""What may be an address, which is no name."""
_ERROR = "error"

_LONGEST = 4096
"""Characters of a value that are looked at."""
_EARLIEST_US, _LATEST_US = 10**6, 10**16
_NUMBER = "/[0-9]+/"
_TOKEN = "/[0-9a-fA-F]{16,}/"  # noqa: S105 - of a path
_UUID = "/[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}/"
_QUERY = "[?][^@]*$"  # nothing in it may be part of a host
_ADDRESS = r"^[0-9.]+(:[0-9]*)?$|^[0-9a-fA-F.]*:[0-9a-fA-F.]*:[0-9a-fA-F.:]*$"


def exported(source: Table, mapping: Mapping, dialect: str) -> Table:
    """One row a span: `trace`, `id`, `parent`, `start_us`, `duration_us`, `links` as in the span table, and `said`, the
    text of `warehouse_words`. Raises ValueError where the table has no such column or field."""
    reader = _Reader(source, dialect)
    spans = source
    for column, values in mapping.where.items():
        spans = spans.filter(reader.text(column).isin(values))
    start, duration = reader.times(mapping)
    texts = reader.texts(mapping)
    # One select around the other: what is in one expression twice is twice in the query.
    read = spans.select(
        trace=reader.text(mapping.trace), id=reader.text(mapping.id), parent=reader.text(mapping.parent),
        start_us=start, duration_us=duration, links=reader.links(mapping.links),
        **{_column(key): text for key, text in texts.items()},
    )  # fmt: skip
    told = read.select(
        "start_us", "duration_us", "links", **{name: _id(read[name]) for name in ("trace", "id", "parent")},
        **{_column(key): _telling(key, read[_column(key)]) for key in texts},
    )  # fmt: skip
    known = told.filter(told.trace.notnull() & told.id.notnull())
    return known.select(
        "trace", "id", "parent", "start_us", "duration_us", "links",
        said=reduce(add, [_entry(key, known[_column(key)]) for key in texts]),
    )  # fmt: skip


def _column(key: str) -> str:
    return f"v{KEYS.index(key)}"


class _NoFieldError(ValueError):
    """A struct has fewer fields than looked for."""


class _Reader:
    def __init__(self, table: Table, dialect: str) -> None:
        self._table, self._dialect = table, dialect

    def texts(self, mapping: Mapping) -> dict[str, StringValue]:
        """What is said, by key, as it stands there."""
        about = {
            "kind": mapping.kind, "name": mapping.name, "service": mapping.service,
            "criticality": mapping.criticality, "status": mapping.status, "state": mapping.state,
        }  # fmt: skip
        texts = {key: self.text(text) for key, text in about.items() if text is not None}
        inside = [mapping.attributes] if isinstance(mapping.attributes, str) else mapping.attributes
        for key in ATTRIBUTES:
            try:
                texts[key] = self.text([*inside, key])
            except _NoFieldError:
                continue
        return texts | self._telling(inside, mapping.resource)

    def _telling(self, inside: Sequence[str], resource: Path | None) -> dict[str, StringValue]:
        """What tells of tests: of the span, else of its resource."""
        around = [resource] if isinstance(resource, str) else resource
        found: dict[str, StringValue] = {}
        for key in TELLING:
            for place in (inside, around):
                try:
                    text = self.text([*place, key]) if place is not None else None
                except _NoFieldError:
                    continue
                if text is not None:
                    found[key] = ibis.coalesce(found[key], text) if key in found else text
        return found

    def text(self, text: Text) -> StringValue:
        """Null where there is none."""
        if not isinstance(text, First):
            return self._at(text).cast("string")
        return ibis.coalesce(*(self._at(path).cast("string").nullif("") for path in text.first))

    def times(self, mapping: Mapping) -> tuple[IntegerValue, IntegerValue]:
        """Start and duration in microseconds."""
        begun = self._time(mapping.start)
        start = _microseconds(begun, mapping.start.unit)
        took: Value = ibis.literal(-1, "int64")
        if mapping.duration is not None:
            took = _microseconds(self._time(mapping.duration), mapping.duration.unit)
        elif mapping.end is not None:
            ended = self._time(mapping.end)
            if mapping.end.unit == mapping.start.unit:
                took = _microseconds(ended - begun, mapping.end.unit)
            else:
                took = _microseconds(ended, mapping.end.unit) - start
        return (
            ibis.ifelse((start >= _EARLIEST_US) & (start < _LATEST_US), start, 0).fill_null(0).cast("int64"),
            ibis.ifelse((start > 0) & (took >= 0) & (took < _LATEST_US), took, -1).fill_null(-1).cast("int64"),
        )

    def links(self, links: Links | None) -> Value:
        if links is None:
            return ibis.literal([], LINKS)
        if links.within is None:
            traces, spans = self._at(links.trace), self._at(links.span)
            pairs = traces.zip(spans).map(lambda pair: _link(pair.f1, pair.f2))
        else:
            pairs = self._at(links.within).map(lambda link: _link(link[links.trace], link[links.span]))
        return pairs.filter(lambda link: link["trace"].notnull() & link["span"].notnull())

    def _time(self, time: Time) -> Value:
        value = self._at(time.path)
        return microseconds(self._dialect, value) if time.unit == "timestamp" else value.cast("int64")

    def _at(self, path: Path | Sequence[str]) -> Value:
        column, *inside = [path] if isinstance(path, str) else path
        if column not in self._table.columns:
            raise ValueError(f"the table has no column {column!r}")
        value = self._table[column]
        for place, member in enumerate(inside):
            kind = value.type()
            if kind.is_struct():
                if member not in kind.names:
                    raise _NoFieldError(f"the column {column!r} has no field {member!r}")
                value = value[member]
            elif kind.is_map() and not kind.value_type.is_json():
                value = value.get(member)
            else:
                return json_text(self._dialect, value, inside[place:])
        return value


def _entry(key: str, value: StringValue) -> StringValue:
    """The entry of a key in the text; nothing where there is no value."""
    escaped = reduce(lambda text, pair: text.replace(*pair), ESCAPES, value)
    return ibis.ifelse(value == "", "", ibis.literal(f"{ENTRY}{KEYS.index(key)}{VALUE}") + escaped)


def _telling(key: str, raw: StringValue) -> StringValue:
    """A value, without what tells nothing."""
    if key == _ERROR:
        # Its presence is the error.
        said = raw.notnull() & ~raw.strip().lower().isin(["false", "0"])
        return ibis.ifelse(said.fill_null(False), "true", "")
    if key in NAMING_TEST:
        # That it has a name; cases would be as many texts.
        return ibis.ifelse((raw.strip() != "").fill_null(False), "true", "")
    value = raw.fill_null("").substr(0, _LONGEST)
    if key == "state":
        return _sampled(value)
    if key in CONCRETE:
        return _grouped(value.re_replace(_QUERY, "?"))
    if key in HOSTS:
        return ibis.ifelse(value.re_search(_ADDRESS), "", value)
    return value


def _grouped(path: StringValue) -> StringValue:
    """With placeholders for what is an identifier in any case; all else stays as it is."""
    doubled = (path + "/").replace("/", "//")
    for pattern in (_NUMBER, _TOKEN, _UUID):
        doubled = doubled.re_replace(pattern, "/{id}/")
    return doubled.replace("//", "/").re_replace("/$", "")


def _sampled(state: StringValue) -> StringValue:
    """Of a trace state what tells of sampling; the rest may be another for each trace."""
    own = ("," + state.replace(" ", "") + ",").re_extract(",ot=[^,]*,", 0).fill_null("")
    listed = own.replace(",ot=", ";").replace(",", ";")
    threshold, power = (
        listed.re_extract(pattern, 0).fill_null("") for pattern in (";th:[0-9a-f]{1,14};", ";p:[0-9]{1,2};")
    )
    return ibis.ifelse((threshold + power) == "", "", ibis.literal("ot=") + threshold + power)


def _id(raw: StringValue) -> StringValue:
    """An id as the span table has it: hexadecimal in lower case without leading zeros, else as given; null: none."""
    plain = ibis.ifelse(_is_hexadecimal(raw), raw.lower().re_replace("^0+", ""), raw)
    return plain.nullif("")


def _is_hexadecimal(raw: StringValue) -> BooleanValue:
    return raw.re_search("^[0-9a-fA-F]+$")


def _link(trace: StringValue, span: StringValue) -> Value:
    return ibis.struct({"trace": _id(trace), "span": _id(span)})


_PARTS = {"ns": (1, 1000), "us": (1, 1), "timestamp": (1, 1), "ms": (1000, 1), "s": (1_000_000, 1)}


def _microseconds(value: IntegerValue, unit: str) -> IntegerValue:
    """Whole microseconds. Made divisible first: a quotient of large numbers is not exact in every dialect."""
    times, by = _PARTS[unit]
    if by == 1:
        return value * times
    return ((value - value % by) / by).round().cast("int64")
