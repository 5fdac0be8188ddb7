"""The tables of formats."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest
from sample_report import REPORT
from writing import written_bytes

from topoplan.reporting import GRAPH_FORMATS, PLAN_FORMATS, REPORT_FORMATS, Format

ALL = [*REPORT_FORMATS.items(), *GRAPH_FORMATS.items(), *PLAN_FORMATS.items()]


@pytest.mark.parametrize(("name", "made"), ALL)
def test_every_format_writes_and_ends_its_last_line(name: str, made: Format) -> None:
    if name in ("svg", "png") and not shutil.which("dot"):
        pytest.skip("the Graphviz program dot is not installed")
    content = written_bytes(made, REPORT)
    assert content
    assert made.binary or content.endswith(b"\n")


def test_suffixes_tell_formats_apart() -> None:
    for formats in (REPORT_FORMATS, GRAPH_FORMATS, PLAN_FORMATS):
        assert len({made.suffix for made in formats.values()}) == len(formats)
        assert all(made.summary and made.suffix.startswith(".") for made in formats.values())


def test_formats_load_only_when_used() -> None:
    lines = (
        "import sys, topoplan.reporting",
        "heavy = {'graphviz', 'csv', 'json', 'xml.etree.ElementTree', 'topoplan.reporting.text'} & set(sys.modules)",
        "sys.exit(repr(heavy) if heavy else 0)",
    )
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
