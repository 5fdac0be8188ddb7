"""What is known again by its text says what it says when it is decoded."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.batch import Batch
from topoplan_importers.traces.conventions import Signatures, _grouped_url, _settled_path, _settled_url
from topoplan_importers.traces.ledger import Ledger
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.otlp import OtlpReader
from topoplan_importers.traces.paths import group
from topoplan_importers.traces.reading import FileReader, Reader
from topoplan_importers.traces.table import Row, row_of
from topoplan_importers.traces.templates import Templates
from topoplan_importers.traces.zipkin import ZipkinReader

Json = dict[str, Any]
ODD_NAMES = ["shop", "", True, 1, 1.0, 0, False, None, ["web"], {"web": 1}, "unknown_service:x", "w\x01eb"]
TEXTS = [
    "", "GET", "shop", "shop-db", "10.0.0.7", "a b", 'say "x"', "back\\slash", "\\", '"', "naïve", "\u2028", "\x7f4",
    "key", ":", "},{", '"},{"key":"http.route', "/users/17", "/users/18/x?y=1#z", "http://user:pw@shop:80/a/17",
    "http.route", "\n", "null", "1e5",
]  # fmt: skip
KEYS = [
    "http.method", "url.path", "http.target", "http.url", "url.full", "http.route", "peer.service", "server.address",
    "db.system", "messaging.destination.name", "messaging.system", "rpc.method", "http.status_code", "error",
    "thread.id", "enduser.id", "app.detail",
]  # fmt: skip


def value(draw: Random) -> Json:
    match draw.randrange(12):
        case 0 | 1:
            return {"intValue": draw.choice([200, 404, 503, 0, -1, 7_777_000_000_001, "200", "-3"])}
        case 2:
            return {"doubleValue": draw.choice([1.5, 2, -0.25, 1e300])}
        case 3:
            return {"boolValue": draw.random() < 0.5}
        case 4:
            return {"kvlistValue": {"values": [{"key": "http.route", "value": {"stringValue": "/hidden"}}]}}
        case 5:
            return {"arrayValue": {"values": [{"stringValue": draw.choice(TEXTS)}]}}
        case _:
            return {"stringValue": draw.choice([*TEXTS, f"/orders/{draw.randrange(10**6)}", f"u{draw.random()}"])}


def attributes_like(draw: Random, shape: list[tuple[str, Json]], noise: float = 0.03) -> list[tuple[str, Json]]:
    """As others from the same place, but for a value or two, and now and then a key."""
    said = [
        (key if draw.random() > noise / 5 else draw.choice(KEYS), own if draw.random() > noise else value(draw))
        for key, own in shape
    ]
    said.append(("enduser.id", {"stringValue": f"u{draw.randrange(10**6)}"}))
    said.append(("url.path", {"stringValue": f"/orders/{draw.randrange(10**6)}"}))
    return said if draw.random() > noise else said[1:]


def otlp_span(draw: Random, number: int, shape: list[tuple[str, Json]]) -> Json:
    return {
        "traceId": f"{number + 1:032x}", "spanId": f"{1:016x}", "name": "call", "kind": 3,
        "startTimeUnixNano": "1700000000000000000", "endTimeUnixNano": "1700000000000001000",
        "attributes": [{"key": key, "value": own} for key, own in attributes_like(draw, shape)],
        "status": draw.choice([{}, {}, {"code": 2}]),
    }  # fmt: skip


def otlp_line(draw: Random, number: int, shape: list[tuple[str, Json]]) -> bytes:
    service = {"key": "service.name", "value": {"stringValue": "web"}}
    spans = {"spans": [otlp_span(draw, number, shape)]}
    return written(draw, {"resourceSpans": [{"resource": {"attributes": [service]}, "scopeSpans": [spans]}]})


def zipkin_line(draw: Random, number: int, shape: list[tuple[str, Json]]) -> bytes:
    tags = {key: str(next(iter(own.values()))) for key, own in attributes_like(draw, shape)}
    span = {
        "traceId": f"{number + 1:016x}", "id": "1", "kind": "CLIENT", "name": "call",
        "timestamp": draw.choice([1700000000000000] * 8 + ["1700000000000000", 1.7e15, -1, None]),
        "duration": draw.choice([5] * 8 + ["5", 5.5, -5, None, 10**30]),
        "localEndpoint": {"serviceName": draw.choice(["web"] * 20 + ODD_NAMES)}, "tags": tags,
    }  # fmt: skip
    if draw.random() < 0.1:
        span["remoteEndpoint"] = {"serviceName": draw.choice(ODD_NAMES)}
    return written(draw, [span] if draw.random() < 0.9 else [[span], {**span, "id": "2"}])


def written(draw: Random, content: object) -> bytes:
    """As most write it, and as some do."""
    style = draw.random()
    if style < 0.9:
        return json.dumps(content, separators=(",", ":"), ensure_ascii=False).encode()
    return json.dumps(content, ensure_ascii=style < 0.95).encode()


def rows(reader: Reader, line: bytes) -> list[Row]:
    batch = Batch()
    reader.read(line, batch)
    return [row_of(span, ["t.json"]) for span in batch.spans(0)]


FORMATS: dict[str, tuple[Callable[[Marks, Signatures], Reader], Callable[..., bytes]]] = {
    "otlp": (OtlpReader, otlp_line),
    "zipkin": (ZipkinReader, zipkin_line),
}


@pytest.mark.parametrize("seed", range(25))
@pytest.mark.parametrize("name", FORMATS)
def test_a_span_says_the_same_whatever_came_before(name: str, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    make, line_of = FORMATS[name]
    draw, fits = Random(seed), 0
    fit = Templates.fit

    def counting(*given: Any) -> Any:
        nonlocal fits
        found = fit(*given)
        fits += found is not None
        return found

    monkeypatch.setattr(Templates, "fit", counting)
    shape = [(key, value(draw)) for key in draw.sample(KEYS, draw.randrange(1, 7))]
    shape += [("http.method", {"stringValue": "GET"}), ("thread.id", {"intValue": "17"})]
    lines = [line_of(draw, number, shape) for number in range(150)]
    reader = make(Marks(), Signatures(many=True))
    for line in lines:
        assert rows(reader, line) == rows(make(Marks(), Signatures()), line), line
    assert fits > 15


@pytest.mark.parametrize("key", ["url.path", "http.url", "peer.service", "app.detail"])
@pytest.mark.parametrize("path", ["/orders/{}/lines", "/v1/orders/{}", "http://shop:80/a/{}/b/9?x=1", "{}/{}/{}"])
def test_where_numbers_stood_nothing_else_is_taken_for_one(key: str, path: str) -> None:
    draw, reader = Random(0), ZipkinReader(Marks(), Signatures(many=True))
    odd = ["1.5", "-3", "", "x7", "7x", "7/8", "7?y=1", "007", "7#z", "1e5", "٣", "a b", "{id}", " 7", "7/", 'a"', "/"]
    numbers = [str(draw.randrange(10**6)) for _ in range(60)]
    for at, one in enumerate([*numbers[:40], *odd, *numbers[40:], *odd]):
        tags = {"http.request.method": "GET", key: path.format(one, *numbers[:2]), "z": one}
        line = json.dumps(
            [{"traceId": f"{at + 1:x}", "id": "1", "kind": "CLIENT", "localEndpoint": {"serviceName": "web"},
              "tags": tags}],
            separators=(",", ":"),
        ).encode()  # fmt: skip
        assert rows(reader, line) == rows(ZipkinReader(Marks(), Signatures()), line), line


PIECES = [
    "/", "//", "17", "0", "1e5", "a", "v1", "{id}", "?", "#", ";", ":", "@", "http:", "http://", "shop", "shop:80",
    "%2F", "123456789", "deadbeef00", "-", "*", ".", "é", " ", "\\",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=9).map("".join))
def test_of_values_made_fewer_the_same_follows(value: str) -> None:
    assert _settled_path(value.encode()) == group(value)
    assert _settled_url(value.encode()) == _grouped_url(value)


@pytest.mark.parametrize(
    ("damage", "good"),
    [
        (lambda line: line.replace(b'"GET"', b'"G\xffT"'), True),
        (lambda line: line.replace(b'"GET"', rb'"G\ud800T"'), True),
        (lambda line: line.replace(b'{"stringValue":"GET"}', b'"GET"'), False),
        (lambda line: line.replace(b'"http.method"', b"7"), False),
    ],
)
def test_a_line_with_damaged_attributes_counts_whole_or_not_at_all(
    damage: Callable[[bytes], bytes], good: bool, tmp_path: Path
) -> None:
    shape = [("http.method", {"stringValue": "GET"}), ("server.address", {"stringValue": "shop"})]
    spans = [otlp_span(Random(0), number, []) | {"attributes": attributes(shape)} for number in range(3)]
    service = {"key": "service.name", "value": {"stringValue": "web"}}
    plain = [
        json.dumps(
            {"resourceSpans": [{"resource": {"attributes": [service]}, "scopeSpans": [{"spans": [span]}] * 2}]},
            separators=(",", ":"),
        ).encode()
        for span in spans
    ]
    (tmp_path / "t.json").write_bytes(b"\n".join([plain[0], damage(plain[1]), plain[2]]) + b"\n")
    ledger = Ledger()
    reading = FileReader(OtlpReader(Marks()), ledger, Workspace({".": tmp_path})).read("t.json", 0)
    assert (reading.good, reading.bad) == ((3, 0) if good else (2, 1))
    assert reading.records == 2 * reading.good
    assert sum(map(len, ledger.take(range(1, 4)).values())) == reading.records


def attributes(shape: list[tuple[str, Json]]) -> list[Json]:
    return [{"key": key, "value": own} for key, own in shape]
