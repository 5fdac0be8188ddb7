"""How large the page of a report is, how long it takes to write, and how quickly a browser shows it and answers.

    python tests/benchmarks/bench_page.py [NAME ...]      names: shop 60 300 1000 2000 20000

Systems but the shop are generated (tests/support/large_system.py): 60 services; 300 with about 1,700 boundaries; more
with about as many to each service. Told of each are the page's size, the time it takes to write, and how much more
memory than making the report. One headless Chromium, with a new profile, opens each page from a file.

- *first view*: from the start of the navigation to the frame that shows the first heading of a view.
- *view*: from the change of the address to the second frame after the view's heading is there, once for each view.
- *filter*: from the input event of one keystroke to the task after the frame that shows its rows, in the table of
  boundaries; median and worst of the keystrokes of three words, typed and taken away.
- *longest task*: the longest time the page's thread could not answer (Long Tasks API; 50 ms is the least it tells):
  while opening, and in everything after that.
- *memory*: JavaScript's heap after a garbage collection, with every view visited.

Exits with 1 when a target is missed: file of 300 services 4 MB; first view and each view 2 s; filter 100 ms.
"""

from __future__ import annotations

import asyncio
import io
import json
import resource
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from browser import Page, browser
from large_system import large_report
from running import SHOP

from topoplan.analysis import Request, analyse
from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.html.page import write

SIZES = {"60": (60, 3), "300": (300, 8), "1000": (1000, 8), "2000": (2000, 8), "20000": (20_000, 7)}
"""Services, and the most that each calls."""
VIEWS = ("graph", "matrix", "boundaries", "plan", "gaps", "drift", "sources", "overview")
WORDS = ("orders", "http db", "billing-0")

MOST_BYTES, MOST_SECONDS, MOST_FILTER_SECONDS = 4_000_000, 2.0, 0.1

_WATCH = """
window.longest = 0;
new PerformanceObserver((list) => {
  for (const task of list.getEntries()) window.longest = Math.max(window.longest, task.duration);
}).observe({ type: "longtask", buffered: true });
const frame = () => new Promise((done) => requestAnimationFrame(done));
window.painted = async () => (await frame(), await frame(), performance.now());
document.addEventListener("DOMContentLoaded", async () => {
  while (!document.querySelector("main h2")) await new Promise((done) => setTimeout(done, 1));
  window.shown = await painted();
});
"""
_GO = """(async () => {
  const start = performance.now();
  location.hash = "#view=%s";
  while (!document.querySelector("nav a[aria-current][href='#view=%s']") || !document.querySelector("main h2"))
    await new Promise((done) => setTimeout(done));
  return (await painted()) - start;
})()"""
_TYPE = """(async () => {
  const field = document.querySelector("input[type=search]");
  const start = performance.now();
  field.value = %s;
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
  await new Promise((done) => requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => done();
    after.port2.postMessage(0);
  }));
  return performance.now() - start;
})()"""


@dataclass(slots=True)
class Measured:
    """Seconds, bytes."""

    name: str
    bytes: int
    first: float
    views: dict[str, float]
    keys: list[float]

    def misses(self) -> list[str]:
        found = [f"{view} {took:.2f} s" for view, took in self.views.items() if took > MOST_SECONDS]
        if self.name == "300" and self.bytes > MOST_BYTES:
            found.append("file")
        if self.first > MOST_SECONDS:
            found.append("first view")
        return [*found, "filter"] if median(self.keys) > MOST_FILTER_SECONDS else found


def report_of(name: str) -> Report:
    if name == "shop":
        return analyse(Request((str(SHOP),)))
    services, calls = SIZES[name]
    return large_report(services, calls=calls)


def peak_megabytes() -> float:
    """Most memory this process ever had; Linux tells it in KiB, macOS in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def written(name: str, report: Report, folder: Path) -> Path:
    out = io.StringIO()
    before = peak_megabytes()
    start = perf_counter()
    write(report, out, Style())
    took = perf_counter() - start
    more = peak_megabytes() - before
    file = folder / f"{name}.html"
    file.write_text(out.getvalue(), encoding="utf-8", newline="\n")
    topology = report.topology
    print(f"{name}: {len(topology.services):,} services, {len(topology.boundaries):,} boundaries")
    print(f"  file            {file.stat().st_size / 1e6:7.2f} MB, written in {took:.2f} s, {more:.0f} MB more memory")
    return file


async def measure(name: str, file: Path, page: Page) -> Measured:
    await page.open(file.as_uri())
    first = await page.wait("window.shown", seconds=60) / 1000
    print(f"  first view      {1000 * first:7.0f} ms, longest task {await _longest(page):.0f} ms")
    views = {view: await page.read(_GO.replace("%s", view)) / 1000 for view in VIEWS}
    for view, took in views.items():
        print(f"  {view:<15} {1000 * took:7.0f} ms")
    await page.read(_GO.replace("%s", "boundaries"))
    keys = [await page.read(_TYPE.replace("%s", json.dumps(text))) / 1000 for text in _typed()]
    print(f"  filter          {1000 * median(keys):7.0f} ms, worst {1000 * max(keys):.0f} ms ({len(keys)} keystrokes)")
    print(f"  longest task    {await _longest(page):7.0f} ms after opening")
    await page.call("HeapProfiler.collectGarbage")
    heap: dict[str, Any] = await page.call("Runtime.getHeapUsage")
    print(f"  memory          {heap['usedSize'] / 1e6:7.1f} MB")
    return Measured(name, file.stat().st_size, first, views, keys)


def _typed() -> list[str]:
    """What stands in the filter after each keystroke."""
    return [word[:end] for word in WORDS for end in (*range(1, len(word) + 1), *range(len(word) - 1, -1, -1))]


async def _longest(page: Page) -> float:
    """The longest task since it was last asked, in milliseconds."""
    await asyncio.sleep(0.2)  # the browser tells of tasks when it has nothing else to do
    return float(await page.read("((it) => ((window.longest = 0), it))(window.longest)"))


async def main(names: list[str]) -> int:
    missed = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with browser(Path(folder) / "profile") as page:
            await page.call("Page.addScriptToEvaluateOnNewDocument", source=_WATCH)
            for name in names:
                found = await measure(name, written(name, report_of(name), Path(folder)), page)
                if misses := found.misses():
                    print(f"  over the target: {', '.join(misses)}")
                missed += bool(misses)
                if page.errors:
                    print(f"  the console complains: {page.errors[:3]}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(sys.argv[1:] or ["shop", *SIZES])))
