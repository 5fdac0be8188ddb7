"""Every format of the sample report, byte for byte. TOPOPLAN_UPDATE_GOLDEN=1 writes the files anew."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from msgspec.structs import replace
from sample_changes import CHANGED
from sample_plan import PLANNED
from sample_report import GATEWAY_ORDER, NOTIFICATION_ORDER, ORDER_PAYMENT, REPORT
from writing import explained, written, written_bytes

from topoplan.reporting import GAP_FORMATS, GRAPH_FORMATS, PLAN_FORMATS, REPORT_FORMATS, Style

GOLDEN = Path(__file__).parents[2] / "golden" / "reporting"
RENDERER = GOLDEN / "renderer.txt"


def check(name: str, content: bytes) -> None:
    file = GOLDEN / name
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        file.write_bytes(content)
    assert content == file.read_bytes(), f"{file} differs; TOPOPLAN_UPDATE_GOLDEN=1 pytest {__file__} writes it anew"


@pytest.mark.parametrize("name", [name for name in REPORT_FORMATS if name != "html"])
def test_report(name: str) -> None:
    """The HTML page holds the built script, which changes on its own; reporting/html has its tests."""
    made = REPORT_FORMATS[name]
    check(f"report{made.suffix}", written_bytes(made, REPORT))


@pytest.mark.parametrize("name", [name for name in GAP_FORMATS if name != "json"])
def test_gaps(name: str) -> None:
    """The JSON format is that of the whole report."""
    made = GAP_FORMATS[name]
    check(f"gaps-{name}{made.suffix}", written_bytes(made, REPORT))


@pytest.mark.parametrize("width", [60, 160])
def test_gaps_at_other_widths(width: int) -> None:
    check(f"gaps-{width}.txt", written(GAP_FORMATS["text"], REPORT, Style(width)).encode("utf-8"))


def test_gaps_in_ascii_and_colour() -> None:
    text = written(GAP_FORMATS["text"], REPORT, Style(80, color=True, unicode=False))
    check("gaps-ascii-color.txt", text.encode("ascii"))


@pytest.mark.parametrize("name", PLAN_FORMATS)
def test_plan(name: str) -> None:
    made = PLAN_FORMATS[name]
    check(f"plan{made.suffix}", written_bytes(made, PLANNED))


@pytest.mark.parametrize("width", [60, 160])
def test_plan_at_other_widths(width: int) -> None:
    check(f"plan-{width}.txt", written(PLAN_FORMATS["text"], PLANNED, Style(width)).encode("utf-8"))


def test_plan_in_ascii_and_colour() -> None:
    text = written(PLAN_FORMATS["text"], PLANNED, Style(100, color=True, unicode=False))
    check("plan-ascii-color.txt", text.encode("ascii"))


@pytest.mark.parametrize("name", ["text", "markdown"])
def test_report_with_slices_and_shape(name: str) -> None:
    made = REPORT_FORMATS[name]
    check(f"report-planned{made.suffix}", written_bytes(made, PLANNED))


@pytest.mark.parametrize("name", ["text", "json", "markdown"])
def test_report_with_changes(name: str) -> None:
    made = REPORT_FORMATS[name]
    check(f"report-changed{made.suffix}", written_bytes(made, CHANGED))


def test_gaps_that_a_change_opens() -> None:
    report = replace(REPORT, gaps=replace(REPORT.gaps, open=REPORT.gaps.open[:1], against="main"))
    check("gaps-against.md", written(GAP_FORMATS["markdown"], report).encode("utf-8"))


@pytest.mark.parametrize("name", [name for name in GRAPH_FORMATS if name not in ("svg", "png", "pdf")])
def test_graph(name: str) -> None:
    made = GRAPH_FORMATS[name]
    check(f"topology{made.suffix}", written_bytes(made, REPORT))


@pytest.mark.parametrize("name", ["svg", "png"])
def test_picture(name: str) -> None:
    """Pictures depend on Graphviz and the fonts it finds, so bytes are compared only where both are the same."""
    made = GRAPH_FORMATS[name]
    here = renderer()
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        RENDERER.write_text(here, "utf-8")
    if here != RENDERER.read_text("utf-8"):
        pytest.skip(f"drawn by another Graphviz or font than here: {here.strip() or 'none'}")
    check(f"topology{made.suffix}", written_bytes(made, REPORT))


@pytest.mark.parametrize("width", [60, 160])
def test_text_at_other_widths(width: int) -> None:
    check(f"report-{width}.txt", written(REPORT_FORMATS["text"], REPORT, Style(width)).encode("utf-8"))


def test_text_in_ascii_and_colour() -> None:
    text = written(REPORT_FORMATS["text"], REPORT, Style(80, color=True, unicode=False))
    check("report-ascii-color.txt", text.encode("ascii"))


def test_explanation() -> None:
    check("explanation.txt", explained(REPORT, [GATEWAY_ORDER, NOTIFICATION_ORDER, ORDER_PAYMENT]).encode("utf-8"))


def test_explanation_of_sampled_traffic() -> None:
    operations = tuple(
        replace(o, stats=replace(o.stats, sampled_out=19.0 * o.stats.calls)) if o.stats else o
        for o in GATEWAY_ORDER.operations
    )
    assert GATEWAY_ORDER.stats is not None
    stats = replace(GATEWAY_ORDER.stats, sampled_out=19.0 * GATEWAY_ORDER.stats.calls)
    seen = replace(GATEWAY_ORDER, operations=operations, stats=stats)
    others = tuple(seen if b.id == seen.id else b for b in REPORT.topology.boundaries)
    report = replace(REPORT, topology=replace(REPORT.topology, boundaries=others))
    check("explanation-sampled.txt", explained(report, [seen]).encode("utf-8"))


def test_explanation_of_a_planned_boundary() -> None:
    check("explanation-planned.txt", explained(PLANNED, [NOTIFICATION_ORDER, ORDER_PAYMENT]).encode("utf-8"))


def renderer() -> str:
    """Version of dot and the font it takes, empty without them."""
    if not shutil.which("dot") or not shutil.which("fc-match"):
        return ""
    version = subprocess.run(["dot", "-V"], capture_output=True, text=True, check=True).stderr
    font = subprocess.run(["fc-match", "Helvetica"], capture_output=True, text=True, check=True).stdout
    return version + font
