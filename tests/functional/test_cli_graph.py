"""`topoplan graph` and `topoplan explain`."""

from __future__ import annotations

import csv
import json
import re
import shutil
from pathlib import Path

import pytest
from calling import Cli, Result


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


def test_pictures_and_mermaid_show_tests_and_risk_without_being_asked(cli: Cli, system: Path) -> None:
    assert "risk" in cli("graph", "shop", "-f", "mermaid").out
    assert "risk" not in cli("graph", "shop", "-f", "dot").out
    assert "risk" in cli("graph", "shop", "-f", "dot", "--risk").out


def _boundaries(done: Result) -> list[str]:
    assert (done.code, done.err) == (0, "")
    return [row["id"] for row in csv.DictReader(done.out.splitlines())]


def test_a_part_is_shown_around_a_service_along_a_journey_or_where_gaps_are(cli: Cli, system: Path) -> None:
    both = ["orders->orders-db/postgresql", "web->orders/http"]
    Path("topoplan.yaml").write_text("journeys:\n  Buy:\n    services: [web, orders]\n")
    shown = ("graph", "shop", "-c", "topoplan.yaml", "-f", "csv")
    assert _boundaries(cli(*shown, "--focus", "WEB")) == both[1:]
    assert _boundaries(cli(*shown, "--focus", "web", "--depth", "2")) == both
    assert _boundaries(cli(*shown, "--journey", "buy")) == both
    assert _boundaries(cli(*shown, "--journey", "buy", "--focus", "web")) == both[1:]
    assert set(_boundaries(cli(*shown, "--only-gaps"))) <= set(both)
    data = json.loads(cli("graph", "shop", "--focus", "web").out)
    assert [service["id"] for service in data["services"]] == ["orders", "web"]


@pytest.mark.parametrize(
    ("options", "error", "hint"),
    [
        (("--focus", "wep"), "there is no service 'wep' [unknown-service]", "did you mean web?"),
        (("--journey", "by"), "there is no journey 'by' [unknown-journey]", "did you mean buy?"),
        (("--depth", "2"), "--depth needs --focus SERVICE [usage]", "--help"),
        (("--highlight-diff", "base.json"), "json cannot show --highlight-diff", "--help"),
        (("--by-source", "--only-gaps"), "--by-source is a table of its own", "--help"),
    ],
)
def test_a_part_that_is_not_there_is_refused(
    cli: Cli, system: Path, options: tuple[str, ...], error: str, hint: str
) -> None:
    Path("shop/topoplan.yaml").write_text("journeys:\n  buy:\n    services: [web, orders]\n")
    done = cli("graph", "shop", *options)
    assert (done.code, done.out) == (2, "")
    assert error in done.err.splitlines()[0]
    assert hint in done.err.splitlines()[1]


def test_what_changed_since_a_base_is_marked(cli: Cli, system: Path) -> None:
    cli("graph", "shop", "-f", "json=base.json")
    compose = Path("shop/compose.yaml")
    compose.write_text(compose.read_text().replace("  web:", "  site:"))
    text = cli("graph", "shop", "--highlight-diff", "base.json", "-f", "mermaid").out
    assert re.search(r'n\d\("site<br/>new"\)', text)
    assert re.search(r'n\d\("web<br/>gone"\)', text)
    assert "|#34;gone" not in text
    assert text.count('|"gone<br/>http"|') == text.count('|"new<br/>http<br/>') == 1


def test_domains_frame_services_where_they_are_asked_for(cli: Cli, system: Path) -> None:
    parts = {"a": "one", "b": "one", "c": "two", "d": "two"}
    Path("parts").mkdir()
    Path("parts/compose.yaml").write_text(
        "services:\n"
        + "".join(
            f"  {name}:\n    image: x\n    labels: {{owner: team-{name in 'ac'}, app.kubernetes.io/part-of: {part}}}\n"
            for name, part in parts.items()
        )
    )
    assert re.findall(r'subgraph \w+\["(.*)"\]', cli("graph", "parts", "-f", "mermaid").out) == [
        "team-False",
        "team-True",
    ]
    by_domain = cli("graph", "parts", "-f", "mermaid", "--by", "domain")
    assert re.findall(r'subgraph \w+\["(.*)"\]', by_domain.out) == ["one", "two"]
    assert 'tooltip="one"' in cli("graph", "parts", "-f", "dot", "--by", "domain").out
    assert by_domain.err == ""
    unknown = cli("graph", "shop", "-f", "mermaid", "--by", "domain")
    assert (unknown.code, unknown.err) == (0, "no service's domain is known, so --by domain changes nothing\n")


def _many(count: int) -> None:
    services = [
        f"  {area}-{n}:\n    image: {area}\n    labels: {{owner: '{area}/x'}}\n    environment:\n"
        f"      URL: http://{area}-{n + 1}:80\n"
        for area in ("a", "b")
        for n in range(count)
    ]
    Path("many").mkdir()
    Path("many/compose.yaml").write_text("services:\n" + "".join(services))


@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_a_large_system_has_an_overview_and_a_folder_of_groups(cli: Cli, system: Path) -> None:
    _many(45)
    done = cli("graph", "many", "-f", "svg=out.svg")
    assert done.code == 0
    assert done.err == "out.svg is an overview; 2 pictures of groups are in out-groups\n"
    assert sorted(path.name for path in Path("out-groups").iterdir()) == ["a-x.svg", "b-x.svg"]
    assert 'xlink:href="out-groups/a-x.svg"' in Path("out.svg").read_text()
    Path("out-groups/old.svg").write_text("old")
    again = cli("graph", "many", "-f", "svg=out.svg").err.splitlines()
    assert again[1] == "warning: out-groups also holds 1 picture of another run: old.svg"
    assert Path("out-groups/old.svg").read_text() == "old"
    shown = cli("graph", "many", "-f", "svg")
    assert "<svg" in shown.out
    assert shown.err == "svg shows groups only, 90 nodes being too many to read; -f svg=FILE draws each group too\n"
    assert cli("graph", "many", "-f", "svg", "-q").err == ""
    Path("file-groups").write_text("mine")
    taken = cli("graph", "many", "-f", "svg=file.svg")
    assert (taken.code, Path("file.svg").exists()) == (2, False)
    assert "file-groups" in taken.err
    assert Path("file-groups").read_text() == "mine"


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
