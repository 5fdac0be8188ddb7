"""Graph formats: every name comes through, none breaks out."""

from __future__ import annotations

import csv
import io
import re
import shutil
import subprocess
from xml.etree import ElementTree as ET

import networkx
import pytest
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_report import REPORT
from writing import written, written_bytes

from topoplan.errors import OutputError
from topoplan.model.facts import NodeKind
from topoplan.model.report import Report
from topoplan.model.text import UNSAFE, clean
from topoplan.model.topology import Boundary, Service, Topology
from topoplan.reporting import GRAPH_FORMATS
from topoplan.reporting.dot import LARGE
from topoplan.reporting.drawing import draw
from topoplan.reporting.mermaid import escaped
from topoplan.reporting.picture import render

EMPTY = Report("", Topology())
NODES, EDGES = len(REPORT.topology.services), len(REPORT.topology.boundaries)

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="the Graphviz program dot is not installed")


def plain(source: str) -> list[list[str]]:
    """The lines of `dot -Tplain`, which lays the graph out and so parses everything."""
    done = subprocess.run(["dot", "-Tplain"], input=source.encode(), capture_output=True, check=True, timeout=60)
    assert not re.search(rb"syntax|error", done.stderr, re.IGNORECASE), done.stderr
    return [line.split() for line in done.stdout.decode().splitlines()]


@pytest.mark.parametrize("name", [name for name, made in GRAPH_FORMATS.items() if not made.binary and name != "svg"])
@pytest.mark.parametrize("nasty", NASTY)
def test_no_control_character_is_written(name: str, nasty: str) -> None:
    text = written(GRAPH_FORMATS[name], nasty_report(nasty))
    assert not UNSAFE.search(text.replace("\n", ""))


@needs_dot
@pytest.mark.parametrize("nasty", NASTY)
def test_dot_keeps_its_structure(nasty: str) -> None:
    lines = plain(written(GRAPH_FORMATS["dot"], nasty_report(nasty)))
    assert [line[1] for line in lines if line[0] == "node"] == [f"n{i}" for i in range(1, NODES + 1)]
    assert sum(line[0] == "edge" for line in lines) == EDGES


@needs_dot
@pytest.mark.parametrize("nasty", NASTY)
def test_svg_is_xml_and_shows_names_as_they_are(nasty: str) -> None:
    report = nasty_report(nasty)
    root = ET.fromstring(written(GRAPH_FORMATS["svg"], report))
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert tags <= {"svg", "g", "title", "polygon", "path", "text", "a", "ellipse", "polyline", "defs"}
    shown = {
        "".join(element.itertext()).replace("\xa0", " ") for element in root.iter() if element.tag.endswith("text")
    }
    assert {node.name.replace("\xa0", " ") for node in draw(report).nodes} <= shown


@needs_dot
def test_empty_topologies_have_pictures() -> None:
    assert plain(written(GRAPH_FORMATS["dot"], EMPTY))[0][0] == "graph"
    assert written_bytes(GRAPH_FORMATS["png"], EMPTY).startswith(b"\x89PNG")


@needs_dot
def test_pictures_are_the_same_every_time() -> None:
    assert written(GRAPH_FORMATS["svg"], REPORT) == written(GRAPH_FORMATS["svg"], REPORT)
    assert b"CreationDate" not in written_bytes(GRAPH_FORMATS["pdf"], REPORT)


def large_report(nodes: int) -> Report:
    services = tuple(Service(f"s{i:04}", f"s{i:04}", NodeKind.SERVICE) for i in range(nodes))
    pairs = [(services[i].id, services[(i * 7 + 1) % nodes].id) for i in range(nodes)]
    boundaries = tuple(replace(BOUNDARY, id=f"{a}->{b}/http", consumer=a, provider=b) for a, b in pairs)
    return Report("large", Topology(services, boundaries))


BOUNDARY: Boundary = REPORT.topology.boundaries[0]


def test_large_graphs_get_a_cheaper_layout() -> None:
    assert "splines=line" not in written(GRAPH_FORMATS["dot"], large_report(LARGE))
    assert "splines=line" in written(GRAPH_FORMATS["dot"], large_report(LARGE + 1))


@needs_dot
def test_a_layout_that_takes_too_long_is_stopped() -> None:
    with pytest.raises(OutputError) as caught:
        render(draw(large_report(LARGE * 2)), "svg", time_limit=0.01)
    assert caught.value.slug == "graphviz-timeout"


def test_without_dot_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(OutputError) as caught:
        written(GRAPH_FORMATS["svg"], REPORT)
    assert caught.value.slug == "graphviz-missing"
    assert "apt install graphviz" in caught.value.hint


def test_dashes_tell_declared_from_observed_only_where_there_are_traces() -> None:
    assert written(GRAPH_FORMATS["dot"], REPORT).count("style=dashed") == 4
    untraced = [replace(b, evidence=b.evidence[:1]) for b in REPORT.topology.boundaries if b.declared]
    report = replace(REPORT, topology=replace(REPORT.topology, boundaries=tuple(untraced)))
    assert "style=dashed" not in written(GRAPH_FORMATS["dot"], report)


def test_what_runs_beside_the_system_stays_in_the_background() -> None:
    (arrow,) = [line for line in written(GRAPH_FORMATS["dot"], REPORT).splitlines() if "zipkin/http" in line]
    assert "label" not in arrow
    assert "penwidth=0.8" in arrow


def test_risk_is_told_in_words_and_colour_and_only_where_scored() -> None:
    scored, bare = written(GRAPH_FORMATS["dot"], REPORT), written(GRAPH_FORMATS["dot"], replace(REPORT, profiles=()))
    assert "risk 71<" in scored
    assert "risk" not in bare


@pytest.mark.parametrize("nasty", NASTY)
def test_mermaid_keeps_its_structure(nasty: str) -> None:
    lines = written(GRAPH_FORMATS["mermaid"], nasty_report(nasty)).splitlines()
    label = r'"(?:[\w \-#;·]|[^\x00-\x7f]|<br/>)*"'
    node = rf"  n\d+(?:\({label}\)|\{{\{{{label}\}}\}}|\[\({label}\)\]|\[\[{label}\]\]|\[{label}\])"
    arrow = rf"  n\d+ (?:--|-\.-)[>o](?:\|{label}\|)? n\d+"
    frames = rf"  subgraph c\d\[{label}\]|    n\d(?: & n\d)*|  end"
    rest = lines[NODES + 1 :]
    first = next(number for number, line in enumerate(rest) if re.match(r"  n\d+ -", line))
    assert lines[0] == "flowchart LR"
    assert all(re.fullmatch(node, line) for line in lines[1 : NODES + 1])
    assert all(re.fullmatch(frames, line) for line in rest[:first])
    assert all(re.fullmatch(arrow, line) for line in rest[first : first + EDGES])
    assert re.fullmatch(rf"  key\[{label}\]", rest[first + EDGES])
    assert all(re.match("  (classDef|class|linkStyle) ", line) for line in rest[first + EDGES + 1 :])


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("order-db", "order-db"),
        ("a_b", "a_b"),
        ('"x"', "#34;x#34;"),
        ("#1;", "#35;1#59;"),
        ("- x", "#45; x"),
        ("日本", "日本"),
    ],
)
def test_mermaid_labels(text: str, label: str) -> None:
    assert escaped(text) == label


@pytest.mark.parametrize("report", [REPORT, EMPTY, *map(nasty_report, NASTY)])
def test_graphml_reads_back(report: Report) -> None:
    graph = networkx.read_graphml(io.BytesIO(written_bytes(GRAPH_FORMATS["graphml"], report)))
    assert graph.is_directed()
    services = [data["service"] for _, data in graph.nodes(data=True)]
    boundaries = {data["boundary"] for _, _, data in graph.edges(data=True)}
    assert services == [clean(service.id, 1000) for service in report.topology.services]
    assert boundaries == {clean(boundary.id, 1000) for boundary in report.topology.boundaries}


def test_graphml_values_have_their_types() -> None:
    graph = networkx.read_graphml(io.BytesIO(written_bytes(GRAPH_FORMATS["graphml"], REPORT)))
    (checkout,) = [data for _, _, data in graph.edges(data=True) if data["boundary"] == "gateway->order/http"]
    assert (checkout["calls"], checkout["risk"], checkout["p99_ms"]) == (940, 0.714, 161.192)
    assert [data["infrastructure"] for _, data in graph.nodes(data=True)][-1] is True


@pytest.mark.parametrize("nasty", NASTY)
def test_csv_reads_back_and_holds_no_formula(nasty: str) -> None:
    report = nasty_report(nasty)
    text = written(GRAPH_FORMATS["csv"], report)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert "\r" not in text
    assert [row["id"].removeprefix("'") for row in rows] == [clean(b.id, 1000) for b in report.topology.boundaries]
    assert not any(cell[:1] in tuple("=+-@＝＋－＠") for row in rows for cell in row.values() if cell)


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t=", "\r@"])
def test_csv_quotes_what_could_run(first: str) -> None:
    boundary = replace(REPORT.topology.boundaries[0], channel=f"{first}cmd()")
    report = Report("x", replace(REPORT.topology, boundaries=(boundary,)))
    (row,) = csv.DictReader(io.StringIO(written(GRAPH_FORMATS["csv"], report)))
    assert row["channel"] == f"'{first.strip()}cmd()"


def test_csv_leaves_unknown_figures_empty() -> None:
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(written(GRAPH_FORMATS["csv"], REPORT)))}
    unseen, quiet = rows["order->events/kafka"], rows["payment->audit-log/grpc"]
    assert (unseen["calls"], unseen["errors"], unseen["risk"]) == ("", "", "")
    assert (quiet["calls"], quiet["errors"], quiet["risk"]) == ("3", "0", "0.004")


def test_a_caption_does_not_repeat_the_name() -> None:
    services = (
        Service("gateway", "gateway", NodeKind.GATEWAY),
        Service("kafka", "Kafka", NodeKind.BROKER, technology="kafka"),
        Service("db", "db", NodeKind.DATASTORE, technology="mysql"),
    )
    drawn = draw(Report("", Topology(services)))
    assert [node.captions for node in drawn.nodes] == [(), ("broker",), ("datastore · mysql",)]
