"""`topoplan analyze -f html`: one file that holds everything."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path

from calling import Cli


def test_a_page_is_one_file_with_the_whole_report(cli: Cli, system: Path) -> None:
    done = cli("analyze", "shop", "-f", "html=report.html", "-f", "json=report.json")
    assert (done.code, done.out) == (0, "")
    assert sorted(path.name for path in Path().iterdir()) == ["report.html", "report.json", "shop"]
    page = Path("report.html").read_bytes()
    assert b"\r" not in page
    assert _report(page.decode("utf-8")) == json.loads(Path("report.json").read_bytes())


def test_a_page_goes_to_standard_output_as_well(cli: Cli, system: Path) -> None:
    done = cli("analyze", "shop", "-f", "html")
    assert done.code == 0
    assert done.out.startswith("<!doctype html>")
    assert done.out.endswith("</html>\n")


def test_a_file_that_failed_is_told_in_the_page_as_well(cli: Cli, system: Path) -> None:
    (system / "openapi.yaml").write_text("openapi: 3.1.0\npaths: [unclosed\n")
    done = cli("analyze", "shop", "-f", "html=report.html")
    assert "failed to load (shop/openapi.yaml)" in done.err
    sources = _report(Path("report.html").read_text(encoding="utf-8"))["topology"]["sources"]
    assert [source["path"] for source in sources if source["state"] == "failed"] == ["shop/openapi.yaml"]


def _report(page: str) -> dict[str, dict[str, list[dict[str, str]]]]:
    found = re.search(r'id="report">([^<]*)<', page)
    assert found
    document: dict[str, dict[str, list[dict[str, str]]]] = json.loads(gzip.decompress(base64.b64decode(found[1])))
    return document
