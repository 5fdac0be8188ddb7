"""Names are untrusted: they pass through every output without breaking it or escaping from it."""

import csv
import io
import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from calling import Cli

from topoplan.reporting import GAP_FORMATS

Run = Callable[..., str]

NASTY = [
    "plain",
    "[/]",
    "[bold red]x[/bold red]",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"];evil[label="',
    "a|b",
    "`whoami`",
    "$(reboot)",
    "=cmd|' /C calc'!A0",
    "@mention #1 https://evil.test",
    "%0d%0aSet-Cookie:x",
    "\x1b[31mred\x1b]0;title\x07",
    "\u202egnp.exe",
    "zero\u200bwidth",
    "日本語サービス",
    "emoji 👩‍👩‍👧 name",
    "e\u0301" * 50,
    "a" * 3000,
    "line\nbreak\rand\ttab",
    "-->",
    "]]>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "../../etc/passwd",
    "C:\\con\\aux",
    "'; DROP TABLE services;--",
    "\\",
    "n1",
    "end",
    "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"),
]
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\ufeff]")


def big_list() -> list[str]:
    """A public list of naughty strings, when a copy is at hand."""
    data = os.environ.get("TOPOPLAN_DATA")
    file = Path(data) / "corpus" / "strings" / "blns.json" if data else None
    return [s for s in json.loads(file.read_text("utf-8")) if s.strip()] if file and file.is_file() else []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    names = list(dict.fromkeys(NASTY + big_list()))
    services = {name: {"image": "acme/x", "links": [names[i - 1]]} for i, name in enumerate(names)}
    (folder / "compose.json").write_text(json.dumps({"services": services}), "utf-8")
    spans = []
    for index, name in enumerate(names):
        ids = {"traceId": f"{index:032x}", "startTimeUnixNano": "1", "endTimeUnixNano": "9"}
        client = {**ids, "spanId": f"{index * 2 + 1:016x}", "name": name, "kind": 3}
        parent = client["spanId"]
        server = {**ids, "spanId": f"{index * 2 + 2:016x}", "parentSpanId": parent, "name": name, "kind": 2}
        for service, span in ((name, client), (names[index - 1], server)):
            attributes = [{"key": "service.name", "value": {"stringValue": service}}]
            spans.append({"resource": {"attributes": attributes}, "scopeSpans": [{"spans": [span]}]})
    (folder / "traces.json").write_text(json.dumps({"resourceSpans": spans}), "utf-8")
    return folder


@pytest.fixture
def run(cli: Cli, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(folder)

    def run(*arguments: str) -> str:
        done = cli(*arguments)
        assert done.code == 0, done.err
        assert not UNSAFE.search(done.out)
        assert not UNSAFE.search(done.err)
        return done.out

    return run


def test_json_holds_every_name(run: Run) -> None:
    topology = json.loads(run("graph", "."))
    names = {s["name"] for s in topology["services"]}
    assert {"[/]", "日本語サービス", "a|b"} <= names
    assert len(topology["boundaries"]) >= len(NASTY) - 5


@pytest.mark.parametrize("format_", ["text", "markdown", "json"])
def test_reports(run: Run, format_: str) -> None:
    text = run("analyze", ".", "-f", format_)
    assert "plain" in text
    if format_ == "markdown":  # inside a code span nothing is markup (CommonMark 6.1)
        assert not re.search(r"<(script|img)", re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text, flags=re.DOTALL))


@pytest.mark.parametrize("format_", ["text", "markdown", "json", "csv", "svg"])
def test_plans(run: Run, format_: str) -> None:
    text = run("plan", ".", "--pin", "*a|b*", "--pin", "*plain*", "-f", format_)  # first, where lists are cut
    assert format_ == "svg" or "plain" in text
    if format_ == "markdown":
        assert not re.search(r"<(script|img)", re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text, flags=re.DOTALL))
    if format_ == "svg":
        assert ElementTree.fromstring(text).tag.endswith("svg")
        assert "<script" not in text


@pytest.mark.parametrize("format_", GAP_FORMATS)
def test_gaps(run: Run, format_: str) -> None:
    text = run("gaps", ".", "--fail-on", "none", "-f", format_)
    if format_ == "csv":
        assert not [cell for row in csv.reader(io.StringIO(text)) for cell in row if cell[:1] in "=+-@" and cell[:1]]
    elif format_ == "junit":
        assert ElementTree.fromstring(text).tag == "testsuites"
    elif format_ in ("json", "sarif", "gitlab"):
        assert json.loads(text)
    elif format_ == "github":
        assert all(re.match("::(error|warning|notice) ", line) for line in text.splitlines())
    elif format_ == "markdown":
        assert not re.search(r"<(script|img)", re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text, flags=re.DOTALL))


def test_csv_cells_are_no_formulas(run: Run) -> None:
    rows = list(csv.reader(io.StringIO(run("graph", ".", "-f", "csv"))))
    assert len(rows) >= len(NASTY) - 5
    assert {len(row) for row in rows} == {len(rows[0])}
    assert not [cell for row in rows for cell in row if cell[:1] in "=+-@" and cell[:1]]


def test_graphml_is_well_formed(run: Run) -> None:
    root = ElementTree.fromstring(run("graph", ".", "-f", "graphml"))
    assert len(root.findall(".//{*}node")) >= len(NASTY) - 5


def test_mermaid_ids_are_not_names(run: Run) -> None:
    for line in run("graph", ".", "-f", "mermaid").splitlines()[1:]:
        assert "<script" not in line
        assert "evil[label=" not in line


@pytest.mark.skipif(not any((Path(p) / "dot").exists() for p in os.environ["PATH"].split(":")), reason="needs dot")
def test_graphviz_draws_them(run: Run) -> None:
    svg = run("graph", ".", "-f", "svg")
    root = ElementTree.fromstring(svg)
    assert root.tag.endswith("svg")
    assert "<script" not in svg
