"""`topoplan traces edges`."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from calling import Cli
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from trace_files import otlp, span

from topoplan.reporting.edges import Edge

SPECS = Path(__file__).parents[2] / "specs"
DAY_MS = 86_400_000


def night(number: int, calls: int = 1, **more: object) -> str:
    """Traces of one night, each a call of web to cart."""
    traces = [
        one
        for trace in range(number * 1000, number * 1000 + calls)
        for one in (
            span("web", 1, kind="client", trace=trace, at=number * DAY_MS, **more),
            span("cart", 2, 1, "server", trace=trace, at=number * DAY_MS, http_route="/c", http_request_method="GET"),
        )
    ]
    return otlp(*traces)


def test_a_state_grows_by_what_is_new_and_shows_all_of_it(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/1.json").write_text(night(1), "utf-8")
    done = cli("traces", "edges", "in", "--state", "kept", "-f", "csv")
    assert (done.code, done.err.splitlines()[-1]) == (0, "kept: folded 1 new file")
    (tmp_path / "in/2.json").write_text(night(2, SampleRate=10), "utf-8")
    done = cli("traces", "edges", "in", "--state", "kept", "-f", "csv")
    assert done.err.splitlines()[-1] == "kept: folded 1 new file"
    (row,) = csv.DictReader(io.StringIO(done.out))
    assert [row[name] for name in ("consumer", "provider", "calls", "estimated_calls", "traces")] == [
        "web", "cart", "2", "11", "2"
    ]  # fmt: skip
    assert int(row["last_seen"]) - int(row["first_seen"]) == 86_400
    again = cli("traces", "edges", "--state", "kept", "-q", "-f", "csv")
    assert (again.code, again.out, again.err) == (0, done.out, "")


def test_what_is_shown_is_the_same_with_and_without_a_state(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1.json").write_text(night(1, calls=3), "utf-8")
    for engine in ("dicts", "duckdb"):
        chosen = cli("traces", "edges", "1.json", "-q", "-f", "json", "--engine", engine, "--no-cache")
        assert chosen.out == cli("traces", "edges", "1.json", "-q", "-f", "json").out
    for wanted in ("text", "csv", "json"):
        plain = cli("traces", "edges", "1.json", "-q", "-f", wanted)
        assert plain.code == 0
        assert cli("traces", "edges", "1.json", "-q", "-f", wanted, "--state", f"kept-{wanted}").out == plain.out
    document = json.loads(cli("traces", "edges", "1.json", "-q", "-f", "json").out)
    assert (document["format"], document["format_version"]) == ("topoplan/trace-edges", 1)
    assert [one["presence"]["traces"] for one in document["services"]] == [3, 3]
    assert [edge["stats"]["calls"] for edge in document["edges"]] == [3]


@pytest.mark.parametrize("target", ["tables", "tables.parquet"])
def test_span_tables_show_what_the_traces_show(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.chdir(tmp_path)
    traces = str(SPECS / "shop/traces/otlp.jsonl")
    assert cli("traces", "flatten", traces, "-o", target, "-q").code == 0
    for more in ((), ("--state", "kept")):
        shown = cli("traces", "edges", target, *more, "-q", "-f", "json")
        assert (shown.code, shown.err) == (0, "")
        assert shown.out == cli("traces", "edges", traces, "-q", "-f", "json").out


def test_the_document_fits_its_schema(cli: Cli) -> None:
    schemas = {
        name: json.loads((SPECS / f"schemas/{name}.schema.json").read_text("utf-8"))
        for name in ("topology", "trace-edges")
    }
    topology = Resource[Any].from_contents(schemas["topology"])
    registry = Registry[Any]().with_resource("topology.schema.json", topology)
    validator = Draft202012Validator(schemas["trace-edges"], registry=registry)
    document = json.loads(cli("traces", "edges", str(SPECS / "shop/traces"), "-f", "json").out)
    validator.validate(document)
    assert {edge["style"] for edge in document["edges"]} == {"sync", "message", "resource"}
    described = schemas["trace-edges"]["$defs"]["edge"]["properties"]
    assert list(described) == list(Edge.__struct_fields__)
    document["edges"][0]["stats"]["calls"] = -1
    document["services"][0]["surprise"] = 1
    assert len(list(validator.iter_errors(document))) == 2


def test_a_state_tells_an_analysis_how_rare_an_unseen_call_is(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for number in (1, 2, 3):
        (tmp_path / f"in/{number}.json").write_text(night(number, calls=40), "utf-8")
    cli("traces", "edges", "in", "--state", "kept", "-q")
    (tmp_path / "app").mkdir()
    asking = "{image: x, environment: {STOCK_URL: 'http://stock'}}"
    (tmp_path / "app/compose.yaml").write_text(
        f"services:\n  web: {asking}\n  unseen: {asking}\n  cart: {{image: c}}\n  stock: {{image: s}}\n", "utf-8"
    )
    report = json.loads(cli("analyze", "app", "kept", "-f", "json").out)
    told = {drift["subject"]: drift["message"] for drift in report["topology"]["drift"]}
    assert told["web->stock/http"] == (
        "declared, but no trace shows it: none of 120 traces of web over 2 days, so less than 2.5 % of such traces "
        "have it (95 % confidence)"
    )
    assert told["unseen->stock/http"] == "declared, but unseen is in no trace"
    shown = cli("analyze", "app", "kept").out
    assert "none of 120 traces of web over" in " ".join(shown.split())


def test_a_damaged_state_is_never_taken_for_an_empty_one(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1.json").write_text(night(1), "utf-8")
    cli("traces", "edges", "1.json", "--state", "kept")
    (part,) = (tmp_path / "kept").glob("*.fold")
    part.write_bytes(part.read_bytes()[:-1])
    done = cli("traces", "edges", "1.json", "--state", "kept")
    assert done.code == 2
    assert f"kept/{part.name}: is damaged" in done.err
    assert "[trace-state-damaged]" in done.err
    done = cli("analyze", "kept", f"kept/{part.name}", "-f", "json")
    assert done.code == 2
    assert "[nothing-readable]" in done.err


def test_misuse_is_told(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "empty").mkdir()
    for arguments, slug in (
        ((), "usage"),
        (("--state", "nowhere"), "no-such-path"),
        (("empty",), "no-traces"),
        (("empty", "--state", "nowhere"), "no-such-path"),
        (("--engine", "spark"), "usage"),
        (("--engine", "spark", "--source", "t", "empty"), "usage"),
        (("--engine", "duckdb", "--source", "t"), "usage"),
        (("--mapping", "clickhouse", "empty"), "usage"),
    ):
        done = cli("traces", "edges", *arguments)
        assert done.code == 2
        assert f"[{slug}]" in done.err
    assert not (tmp_path / "nowhere").exists()


def test_sql_is_printed_for_a_database_that_runs_it(cli: Cli) -> None:
    done = cli("traces", "sql", "--dialect", "clickhouse", "--source", "otel.spans", "--rounds", "3")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("-- Edges of a span table. Chains are followed up to 8 spans")
    assert "SET join_use_nulls = 1;" in done.out
    for more in (("--rounds", "0"), ("--rounds", "21"), ("--dialect", "mysql"), ("--source", "a; b")):
        done = cli("traces", "sql", "--dialect", "trino", "--source", "t", *more)
        assert (done.code, done.out) == (2, "")


def test_names_in_a_spreadsheet_do_not_run(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "1.json").write_text(otlp(span("=cmd()", 1, kind="client"), span("cart", 2, 1, "server")), "utf-8")
    assert "\n'=cmd(),cart," in cli("traces", "edges", "1.json", "-f", "csv").out
