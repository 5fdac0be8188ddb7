"""Tables of the page: sorting, filtering, and what is taken out of them."""

from __future__ import annotations

import csv
import io

from large_system import large_report
from nasty_report import nasty_report
from page_hands import catch, choose, column, copied, press_button, saved, sort_by
from page_reading import Reader

from topoplan.model.report import Report
from topoplan.reporting.digest import ranked

_ROWS = "document.querySelectorAll('main .table-box tbody tr').length"
_COUNT = "document.querySelector('main .count').textContent.trim()"
_CALLS = 8


async def test_a_column_sorts_both_ways_with_unknown_values_last(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=boundaries")
    calls = [boundary.stats.calls for boundary in shop.topology.boundaries if boundary.stats]
    unknown = ["n/a"] * (len(shop.topology.boundaries) - len(calls))
    assert unknown
    assert await sort_by(page, "Calls") == "descending"
    assert await column(page, _CALLS) == [f"{n:,}" for n in sorted(calls, reverse=True)] + unknown
    assert await sort_by(page, "Calls") == "ascending"
    assert await column(page, _CALLS) == [f"{n:,}" for n in sorted(calls)] + unknown
    assert await page.read("location.hash") == "#view=boundaries&sort=calls"


async def test_words_sort_by_meaning(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=gaps&sort=-urgency")
    order = {"high": 0, "medium": 1, "low": 2}
    assert await column(page, 0) == sorted((gap.urgency.value for gap in shop.gaps.open), key=order.__getitem__)


async def test_filter_and_choices_combine_and_open_by_link(reader: Reader, shop: Report) -> None:
    wanted = [
        boundary for boundary in shop.topology.boundaries if boundary.style == "resource" and "kafka" in boundary.id
    ]
    of_style = [boundary for boundary in shop.topology.boundaries if boundary.style == "resource"]
    assert 0 < len(wanted) < len(of_style)
    page = await reader.open(shop, "#view=boundaries")
    await choose(page, "Style", "resource")
    assert await page.wait(f"{_ROWS} === {len(of_style)}")
    await page.press("/")
    await page.call("Input.insertText", text="KAFKA")
    assert await page.wait(f"{_ROWS} === {len(wanted)}")
    assert await page.read(_COUNT) == f"{len(wanted)} of {len(shop.topology.boundaries)} boundaries"
    await reader.open(shop, await page.read("location.hash"))
    assert await page.read(_ROWS) == len(wanted)


async def test_what_is_shown_is_saved_as_csv(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=boundaries&style=sync&sort=-calls")
    await catch(page)
    rows = list(csv.DictReader(io.StringIO(await saved(page, "CSV"))))
    assert await page.read("window.named") == "shop-boundaries.csv"
    found = [one for one in ranked(shop) if one.boundary.style == "sync"]
    assert len(rows) == len(found)
    assert sorted(row["Main reason"] for row in rows) == sorted(one.main_reason for one in found)
    calls = [int(row["Calls"]) for row in rows if row["Calls"]]
    assert calls == sorted((one.boundary.stats.calls for one in found if one.boundary.stats), reverse=True)


async def test_no_cell_of_a_csv_runs_in_a_spreadsheet(reader: Reader) -> None:
    for nasty in ("=cmd()", "＝cmd()"):
        page = await reader.open(nasty_report(nasty), "#view=boundaries")
        await catch(page)
        cells = [cell for row in csv.reader(io.StringIO(await saved(page, "CSV"))) for cell in row]
        assert any(cell.startswith(f"'{nasty}") for cell in cells)
        assert not [cell for cell in cells if cell.startswith(tuple("=+-@＝＋－＠"))]


async def test_copied_markdown_shows_every_text_as_it_is(reader: Reader) -> None:
    nasty = "a|b <b>*c*</b> `d` "
    page = await reader.open(nasty_report(nasty), "#view=boundaries")
    await catch(page)
    head, rule, *rows = (await copied(page, "Copy as Markdown")).splitlines()
    assert head.count("|") == rule.count("|") == 13
    for row in rows:
        assert row.replace("\\|", "").count("|") == 13
        assert "| ``a\\|b <b>*c*</b> `d` " in row
    assert await page.wait("document.querySelector('.told').textContent") == "Copied as Markdown"


async def test_long_tables_are_shown_in_parts_and_filter_at_once(reader: Reader) -> None:
    report = large_report(120)
    page = await reader.open(report, "#view=boundaries")
    assert await page.read(_ROWS) == 100
    await press_button(page, "Show more")
    assert await page.wait(f"{_ROWS} === {len(report.topology.boundaries)}")
    took = await page.read(
        "(async () => {const field = document.querySelector('.filter'); const start = performance.now();"
        " field.value = 'ledger'; field.dispatchEvent(new Event('input', {bubbles: true}));"
        f" const before = {_ROWS}; while ({_ROWS} === before) await new Promise(requestAnimationFrame);"
        " return performance.now() - start})()"
    )
    assert took < 1000, "far above the 100 ms that it takes alone on a machine"
