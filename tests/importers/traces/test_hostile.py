"""Damaged, wrong and malicious input: never a traceback, never a hang, never a secret."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from time import process_time

import pytest
from trace_files import Json, calls, notices, otlp, read, resource_spans, span

from topoplan.model.facts import SourceState

GOOD = otlp(span("a", 1, kind="client"), span("b", 2, 1, "server"))
CHAIN = 50_000


def test_bad_lines_cost_only_themselves(tmp_path: Path) -> None:
    found = read(
        tmp_path, {"t.jsonl": f'{GOOD}\nnonsense\n{GOOD[:-20]}\n\n{{"resourceSpans": 7}}\n["x"]\n{{}}\n{GOOD}'}
    )
    (source,) = found.sources
    assert source.state is SourceState.ANALYSED
    assert source.reason.startswith("4 of 7 lines could not be read (line 2: ")
    assert "; line 3: " in source.reason
    assert source.reason.endswith("; …)")
    assert set(calls(found)) == {("a", "b")}


def test_a_damaged_first_line_does_not_hide_the_others(tmp_path: Path) -> None:
    found = read(tmp_path, {"t.jsonl": f'{{"resourceSpans": [oops\n{GOOD}\n'})
    assert found.sources[0].state is SourceState.ANALYSED
    assert found.sources[0].reason.startswith("1 of 2 lines could not be read (line 1: ")


def test_a_truncated_document_keeps_its_beginning(tmp_path: Path) -> None:
    whole = json.dumps([json.loads(GOOD), json.loads(GOOD)], indent=1)
    found = read(tmp_path, {"t.json": whole[:-30]})
    (source,) = found.sources
    assert (source.state, set(calls(found))) == (SourceState.ANALYSED, {("a", "b")})
    assert source.reason.startswith("ends in the middle of a value at byte ")


def test_a_truncated_gzip_file_says_so(tmp_path: Path) -> None:
    (source,) = read(tmp_path, {"t.json.gz": gzip.compress(GOOD.encode() * 50)[:-12]}).sources
    assert source.reason


@pytest.mark.parametrize(
    "text",
    [
        '{"resourceSpans":[{"resource',
        '{"resourceSpans":["x"]}',
        '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":[]}]}]}]}',
        '{"resourceSpans":[{"scopeSpans":[{"spans":[{"traceId":"1","spanId":"2","attributes":{"a":1}}]}]}]}',
        '{"resourceSpans":[' + "[" * 100_000,
        '{"resourceSpans":[{"x":' + '{"a":' * 5_000 + "1" + "}" * 5_000 + "}]}",
        '{"resourceSpans":[NaN]}',
    ],
)
def test_unreadable_files_fail_with_a_reason(tmp_path: Path, text: str) -> None:
    (source,) = read(tmp_path, {"t.json": text}).sources
    assert source.state is SourceState.FAILED
    assert source.reason


def test_nulls_and_wrong_types_are_survived(tmp_path: Path) -> None:
    (_, odd) = span("a", 1, kind="client")
    odd |= {
        "startTimeUnixNano": "not a time",
        "endTimeUnixNano": 1e300,
        "kind": "weird",
        "name": None,
        "links": [None, {}],
    }
    odd["attributes"] = [
        None,
        {},
        {"key": "http.method", "value": None},
        {"key": "http.route", "value": {"arrayValue": {"values": []}}},
        {"key": "peer.service", "value": {"stringValue": ["a", {"b": 1}]}},
        {"key": "url.full", "value": {"intValue": "5"}},
        {"key": "http.status_code", "value": {"stringValue": "9" * 10_000}},
    ]
    nothing = dict.fromkeys(odd)
    entries = [None, {}, {"resource": None, "scopeSpans": [None, {"spans": None}]}, resource_spans("a", [odd, nothing])]
    later = resource_spans("b", [span("b", 2, 1, "server", lasts=-5)[1]])
    found = read(tmp_path, {"t.json": json.dumps({"resourceSpans": [*entries, later]})})
    assert found.sources[0].reason == ""
    assert set(calls(found)) == {("a", "b")}


def test_lone_surrogates_and_invalid_utf8_become_replacements(tmp_path: Path) -> None:
    text = GOOD.replace('"b"', '"b\\ud800"').encode().replace(b'"work"', b'"w\xff"')
    for name, content in (("t.json", text), ("l.jsonl", text + b"\n" + text)):
        found = read(tmp_path / name, {name: content})
        assert set(calls(found)) == {("a", "b\ufffd")}
        repr(found).encode()


def test_control_characters_and_huge_values_are_cleaned(tmp_path: Path) -> None:
    name = "evil\x1b[2J\u202e" + "x" * 1_000_000
    content = otlp(span(name, 1, kind="client", name=name), span("b", 2, 1, "server", name=name, http_route="/" + name))
    found = read(tmp_path, {"t.json": content})
    assert "\x1b" not in repr(found.facts)
    assert len(repr(found.facts)) < 10_000


def test_secrets_never_reach_a_fact_or_a_remark(tmp_path: Path) -> None:
    secret = "hunter2"
    url = f"https://user:{secret}@api.example.com/v1/pay;s={secret}?token={secret}#{secret}"
    found = read(
        tmp_path,
        {"t.json": otlp(
            span("a", 1, kind="client", name=f"GET {url}", url_full=url, http_url=url, http_target=f"/v1?{secret}",
                 http_request_header_authorization=secret, db_statement=secret, enduser_id=secret),
            span("a", 2, kind="client", name=f"SELECT {secret} x y", db_system="redis",
                 db_operation=f"SET key {secret}", db_connection__string=f"redis://:{secret}@r", server_address="r"),
            span("a", 3, kind="client", peer_service=f"https://u:{secret}@peer/x", name=f"call?{secret}"),
        )},
    )  # fmt: skip
    assert set(calls(found)) == {("a", "api.example.com"), ("a", "r"), ("a", "peer")}
    assert secret not in repr(found)


def test_a_chain_of_fifty_thousand_parents_is_walked_in_linear_time(tmp_path: Path) -> None:
    chain: list[Json] = [span("a", n, n - 1)[1] for n in range(2, CHAIN)]
    bottom = [span("a", CHAIN + n, CHAIN - 1, "server")[1] for n in range(1000)]
    nested = [
        span("a", 2 * CHAIN + n, 2 * CHAIN + n - 1 if n else CHAIN - 1, "client", server_address="x")[1]
        for n in range(5000)
    ]
    entries = [resource_spans("root", [span("root", 1)[1]]), resource_spans("a", chain + bottom + nested)]
    begun = process_time()
    found = read(tmp_path, {"t.json": json.dumps({"resourceSpans": entries})})
    assert process_time() - begun < 15
    stats = calls(found)["root", "a"].stats
    assert stats is not None
    assert stats.calls == 1000
    assert calls(found)["a", "x"].stats is not None


def test_a_cycle_of_fifty_thousand_is_counted(tmp_path: Path) -> None:
    ring = [span("a", n + 1, (n + 1) % CHAIN + 1)[1] for n in range(CHAIN)]
    found = read(tmp_path, {"t.json": json.dumps({"resourceSpans": [resource_spans("a", ring)]})})
    assert notices(found)["trace-cycles"].startswith(f"{CHAIN} spans ")


def test_negative_and_astronomic_times_are_unknown(tmp_path: Path) -> None:
    pairs = []
    for n, (start, end) in enumerate([("-5", "7"), ("9" * 30, "9" * 31), ("0", "0"), ("5", "1")]):
        (_, client), (_, server) = span("a", 10 * n + 1, kind="client"), span("b", 10 * n + 2, 10 * n + 1, "server")
        client |= {"startTimeUnixNano": start, "endTimeUnixNano": end}
        pairs += [resource_spans("a", [client]), resource_spans("b", [server])]
    stats = calls(read(tmp_path, {"t.json": json.dumps({"resourceSpans": pairs})}))["a", "b"].stats
    assert stats is not None
    assert (stats.calls, stats.first_seen, stats.last_seen) == (4, 0, 0)
