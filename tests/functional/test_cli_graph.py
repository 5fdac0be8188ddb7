"""`topoplan graph` and `topoplan explain`."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from calling import Cli


def test_json_is_printed_for_several_paths(cli: Cli, system: Path) -> None:
    done = cli("graph", "--format", "json", "shop/compose.yaml", "shop/orders")
    assert (done.code, done.err) == (0, "")
    graph = json.loads(done.out)
    assert (graph["format"], graph["format_version"]) == ("topoplan/topology", 1)
    assert [s["id"] for s in graph["services"]] == ["orders", "orders-db", "web"]
    assert [b["id"] for b in graph["boundaries"]] == ["orders->orders-db/postgresql", "web->orders/http"]
    assert cli("graph", "shop/compose.yaml", "shop/orders") == done


def test_what_graph_prints_can_be_read_back(cli: Cli, system: Path) -> None:
    cli("graph", "shop", "-f", "json=graph.json")
    before = json.loads(Path("graph.json").read_bytes())
    after = json.loads(cli("graph", "graph.json").out)
    for key in ("id", "consumer", "provider", "style", "protocol", "basis"):
        assert [b[key] for b in after["boundaries"]] == [b[key] for b in before["boundaries"]]
    assert [(s["id"], s["kind"]) for s in after["services"]] == [(s["id"], s["kind"]) for s in before["services"]]


def test_several_forms_come_from_one_run(cli: Cli, system: Path) -> None:
    done = cli("graph", "shop", "-f", "dot=g.dot", "-f", "mermaid=g.mmd", "-f", "graphml=g.graphml", "-f", "csv")
    assert (done.code, done.err) == (0, "")
    rows = list(csv.DictReader(done.out.splitlines()))
    assert [row["id"] for row in rows] == ["orders->orders-db/postgresql", "web->orders/http"]
    assert Path("g.dot").read_text().startswith("digraph")
    assert Path("g.mmd").stat().st_size
    assert Path("g.graphml").read_text().startswith("<?xml")


def test_risk_is_shown_when_asked(cli: Cli, system: Path) -> None:
    def risks(*options: str) -> list[str]:
        return [row["risk"] for row in csv.DictReader(cli("graph", "shop", "-f", "csv", *options).out.splitlines())]

    assert risks() == ["", ""]
    assert all(float(risk) > 0 for risk in risks("--risk"))


def test_a_picture_without_graphviz_is_a_clear_error(
    cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    Path("g.svg").write_text("old")
    monkeypatch.setenv("PATH", str(tmp_path))
    done = cli("graph", "shop", "-f", "svg=g.svg")
    assert done.code == 2
    assert done.err.startswith("error: ")
    assert "hint: " in done.err
    assert Path("g.svg").read_text() == "old"


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_a_picture_is_written(cli: Cli, system: Path) -> None:
    assert cli("graph", "shop", "-f", "png=g.png").code == 0
    assert Path("g.png").read_bytes().startswith(b"\x89PNG")


def test_one_boundary_is_explained(cli: Cli, system: Path) -> None:
    done = cli("explain", "WEB", "orders", "shop")
    assert (done.code, done.err) == (0, "")
    assert "shop/compose.yaml:5" in done.out
    assert "orders-db" not in done.out.splitlines()[0]


@pytest.mark.parametrize(
    ("pair", "error", "hint"),
    [
        (("wep", "orders"), "there is no service 'wep' [unknown-service]", "did you mean web?"),
        (("orders", "web"), "orders does not depend on web [no-boundary]", "topoplan explain web orders"),
        (
            ("web", "orders-db"),
            "web does not depend on orders-db [no-boundary]",
            "web depends on orders; orders-db is used by orders",
        ),
    ],
)
def test_what_cannot_be_explained_says_what_can(
    cli: Cli, system: Path, pair: tuple[str, str], error: str, hint: str
) -> None:
    done = cli("explain", *pair, "shop")
    assert (done.code, done.out) == (2, "")
    first, second = done.err.splitlines()
    assert first == f"error: {error}"
    assert second.startswith("hint: ")
    assert hint in second


def test_rules_are_counted_instead_of_drawn(cli: Cli, system: Path) -> None:
    done = cli("graph", "shop", "--by-source")
    assert (done.code, done.err) == (0, "")
    head, *rows, total = [line.split() for line in done.out.splitlines()]
    assert head == ["IMPORTER", "RULE", "BOUNDARIES", "ALONE"]
    assert ["compose", "environment", "2", "2"] in rows
    assert total == ["total", "2", "2"]


@pytest.mark.parametrize("option", [("-f", "json"), ("--risk",)])
def test_a_table_of_rules_is_no_graph(cli: Cli, system: Path, option: tuple[str, ...]) -> None:
    done = cli("graph", "shop", "--by-source", *option)
    assert (done.code, done.out) == (2, "")
    assert "--by-source" in done.err
