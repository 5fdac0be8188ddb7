"""Where spans are asked for that an engine elsewhere holds, and what is told when that fails."""

from __future__ import annotations

from pathlib import Path

import ibis
import pytest

from topoplan.cli.traces import DIALECTS, ELSEWHERE, MOST_ROUNDS, ROUNDS
from topoplan.errors import UsageError
from topoplan_importers.traces.engines import warehouse_script, warehouse_source
from topoplan_importers.traces.engines.warehouse_source import ENGINES, URL, USUAL, mapping_of, observe_source
from topoplan_importers.traces.mappings import names
from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.tools import TraceTools

SECRET = "clickhouse://maria:s3cr3t%2Fword@ch.example:9000/traces?token=t0k3n"


def refused(engine: str, source: str = "t", mapping: str = "", environment: dict[str, str] | None = None) -> UsageError:
    with pytest.raises(UsageError) as caught:
        observe_source(engine, source, mapping, environment or {})
    return caught.value


def test_the_command_knows_every_engine() -> None:
    assert sorted(ELSEWHERE) == sorted(ENGINES)
    assert set(USUAL.values()) <= set(names())
    assert (DIALECTS, ROUNDS, MOST_ROUNDS) == (
        warehouse_script.DIALECTS, warehouse_script.ROUNDS, warehouse_script.MOST_ROUNDS,
    )  # fmt: skip


def test_where_a_warehouse_is_comes_from_the_environment_and_must_be_of_the_engine() -> None:
    for environment in ({}, {URL: SECRET}):
        error = refused("trino", environment=environment)
        assert error.slug == "no-warehouse"
        assert "s3cr3t" not in f"{error} {error.hint}"


def test_nothing_of_the_url_is_told_when_the_warehouse_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(url: str, **_: object) -> None:
        raise OSError(f"no route to {url}: maria / s3cr3t/word / s3cr3t%2Fword / t0k3n\nmore")

    monkeypatch.setattr(ibis, "connect", connect)
    error = refused("clickhouse", environment={URL: SECRET})
    assert error.slug == "warehouse-failed"
    assert str(error).count("…") >= 4
    for secret in ("maria", "s3cr3t", "t0k3n", "example"):
        assert secret not in str(error)


def test_a_driver_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def connect(url: str, **_: object) -> None:
        raise ModuleNotFoundError("clickhouse_connect")

    monkeypatch.setattr(ibis, "connect", connect)
    error = refused("clickhouse", environment={URL: SECRET})
    assert error.slug == "engine-missing"
    assert error.hint == "pip install 'ibis-framework[clickhouse]'"


@pytest.mark.parametrize("source", ["a b", "t; DROP TABLE t", "a.b.c.d", "../t", ""])
def test_a_table_is_named_plainly(source: str) -> None:
    assert refused("clickhouse", source, environment={URL: SECRET}).slug == "no-table"
    with pytest.raises(UsageError) as caught:
        TraceTools().script("clickhouse", source, 7)
    assert caught.value.slug == "no-table"


def test_mappings_are_found_by_name_or_file(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_bytes((Path(warehouse_source.__file__).parents[1] / "mappings" / "clickhouse.toml").read_bytes())
    assert mapping_of(str(own)) == mapping_of("clickhouse")
    assert mapping_of("spans") is None
    own.write_text("version = 1")
    for name, slug in (
        (str(own), "bad-mapping"),
        (str(tmp_path / "no.toml"), "bad-mapping"),
        ("no", "unknown-mapping"),
    ):
        assert refused("clickhouse", mapping=name).slug == slug


def test_a_table_of_spans_is_observed_through_the_url(monkeypatch: pytest.MonkeyPatch) -> None:
    backend = ibis.duckdb.connect()
    backend.con.execute("CREATE SCHEMA otel; CREATE TABLE otel.spans (trace VARCHAR)")
    given: list[dict[str, object]] = []
    monkeypatch.setattr(ibis, "connect", lambda url, **more: given.append(more) or backend)
    with pytest.warns(DeprecationWarning, match="fetch_arrow_table"):  # Ibis 12 on DuckDB 2
        assert "has no column 'Timestamp'" in str(refused("clickhouse", "otel.spans", environment={URL: SECRET}))
    monkeypatch.setattr("topoplan_importers.traces.engines.warehouse.observe_table", lambda *_: Observed())
    with pytest.warns(DeprecationWarning, match="fetch_arrow_table"):
        assert observe_source("clickhouse", "otel.spans", "", {URL: SECRET}) == Observed()
    assert given[-1] == {"settings": {"join_use_nulls": 1}}, "else its outer joins say 0 and '' for nothing"
