"""Mermaid's own parser and renderer on what `graph -f mermaid` writes, set up as on GitHub."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import pytest_asyncio
from browser import Page
from large_system import large_report
from nasty_report import NASTY, nasty_report
from sample_report import REPORT
from writing import written

from topoplan.model.report import Report
from topoplan.reporting import GRAPH_FORMATS
from topoplan.reporting.drawing import draw

ROOT = Path(__file__).parents[2]
MERMAID = ROOT / "topoplan/reporting/html/web/node_modules/mermaid/dist/mermaid.min.js"
LARGE = large_report(300)

pytestmark = pytest.mark.skipif(not MERMAID.exists(), reason="mermaid is not installed: npm ci in the page's folder")

_DRAWN = """(async () => {
  const { svg } = await mermaid.render('drawn', %s);
  document.body.innerHTML = svg;
  const texts = [...document.querySelectorAll('.node .nodeLabel')].map(one => one.innerText);
  return {
    nodes: document.querySelectorAll('.node').length,
    arrows: document.querySelectorAll('path.flowchart-link').length,
    frames: document.querySelectorAll('.cluster').length,
    foreign: document.body.querySelectorAll('script, a, img, iframe, em, strong, code, del').length,
    texts,
  };
})()"""


@pytest_asyncio.fixture(loop_scope="session")
async def page(chromium: Page, tmp_path: Path) -> Page:
    """A page with Mermaid set up as GitHub has it."""
    file = tmp_path / "page.html"
    file.write_text(f'<meta charset="utf-8"><script src="{MERMAID.as_uri()}"></script><body>', "utf-8")
    await chromium.open(file.as_uri())
    await chromium.wait("typeof mermaid === 'object'")
    await chromium.read("mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' })")
    return chromium


@pytest.mark.parametrize("report", ["shop", REPORT, LARGE], ids=["shop", "sample", "large"])
async def test_mermaid_draws_it(page: Page, report: Report | str, request: pytest.FixtureRequest) -> None:
    shown = request.getfixturevalue("shop") if isinstance(report, str) else report
    text = written(GRAPH_FORMATS["mermaid"], shown)
    assert (await page.read(f"mermaid.parse({json.dumps(text)})"))["diagramType"].startswith("flowchart")
    drawn = await page.read(_DRAWN % json.dumps(text))
    if shown is LARGE:
        assert 0 < drawn["nodes"] < 80 <= len(shown.topology.services)
        assert drawn["arrows"] > 0
        return
    nodes = len(shown.topology.services) + 1  # and the key
    assert (drawn["nodes"], drawn["arrows"]) == (nodes, len(shown.topology.boundaries))
    assert drawn["frames"] == text.count("subgraph ")


async def test_nasty_names_are_names(page: Page) -> None:
    for nasty in NASTY:
        report = nasty_report(nasty)
        drawn = await page.read(_DRAWN % json.dumps(written(GRAPH_FORMATS["mermaid"], report)))
        assert drawn["nodes"] == len(report.topology.services) + 1, nasty
        assert drawn["arrows"] == len(report.topology.boundaries), nasty
        assert drawn["foreign"] == 0, nasty
        shown = [" ".join(text.split("\n")[0].split()) for text in drawn["texts"]]
        assert {" ".join(node.name.replace("\\n", "∖n").split()) for node in draw(report).nodes} <= set(shown), nasty
