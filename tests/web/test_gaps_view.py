"""The gaps of the page: what is open, what was accepted, how much is covered."""

from __future__ import annotations

from msgspec.structs import replace
from nasty_report import nasty_report
from page_hands import catch, choose, column, copied
from page_reading import Reader
from sample_report import REPORT

from topoplan.model.gaps import Gaps
from topoplan.model.report import Report
from topoplan.reporting.figures import percent
from topoplan.reporting.gap_digest import counted_gaps, evidence_read, reason_of, title_of
from topoplan.reporting.html.boundary_block import gap_facts

_ROWS = "document.querySelectorAll('main .table-box tbody tr').length"
_TEXT = "document.querySelector('main').innerText"
_TEST, _STATE, _REASON, _NEXT, _RISK = 1, 3, 5, 6, 7


async def test_open_gaps_are_listed_most_open_risk_first(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=gaps")
    gaps = shop.gaps.open
    assert await column(page, 0) == [gap.urgency.value for gap in gaps]
    assert await column(page, _TEST) == [title_of(gap.technique) for gap in gaps]
    assert [cell.split()[-1] for cell in await column(page, _STATE)] == [gap.state.value for gap in gaps]
    assert await column(page, _REASON) == [reason_of(gap) for gap in gaps]
    assert await column(page, _NEXT) == [gap.next_step for gap in gaps]
    assert await column(page, _RISK) == [percent(gap.open_risk, shop.gaps.total_risk) for gap in gaps]
    text = await page.read(_TEXT)
    assert all(line in text for _, line in gap_facts(shop))


async def test_choices_narrow_by_urgency_technique_and_state(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=gaps")
    urgent = [gap for gap in shop.gaps.open if gap.urgency == "high"]
    contracts = [gap for gap in urgent if gap.technique == "contract"]
    assert 0 < len(contracts) < len(urgent) < len(shop.gaps.open)
    await choose(page, "Urgency", "high")
    assert await page.wait(f"{_ROWS} === {len(urgent)}")
    await choose(page, "Technique", "contract")
    assert await page.wait(f"{_ROWS} === {len(contracts)}")
    assert "urgency=high&technique=contract" in await page.read("location.hash")


async def test_covered_is_counted_and_nothing_recommended_is_not_all(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=gaps")
    rows = await page.read(
        "[...[...document.querySelectorAll('main section')].find((it) => it.querySelector('h2').textContent ==="
        " 'Covered, by technique').querySelectorAll('tbody tr')].map((row) => [...row.cells].map((it) => it.innerText))"
    )
    tallies = [*(tally for tally in shop.gaps.tallies if tally.technique), shop.gaps.all]
    for cells, tally in zip(rows, tallies, strict=True):
        pairs = (tally.tests, tally.boundaries, tally.operations, tally.calls)
        assert cells[1:5] == [f"{one.covered} of {one.total}" if one.total else "n/a" for one in pairs]
        assert cells[5] == percent(tally.risk_retired, tally.risk_retirable)
    assert "n/a" in {cell for cells in rows for cell in cells}


async def test_what_was_accepted_is_told_with_its_reason_and_end(reader: Reader) -> None:
    accepted, stale = REPORT.gaps.accepted, REPORT.gaps.stale_baseline
    assert {one.by for one in accepted} == {"suppression", "baseline"}
    text = await (await reader.open(REPORT, "#view=gaps")).read(_TEXT)
    assert all(one.reason in text and one.until in text for one in accepted)
    assert stale
    assert all(entry in text for entry in stale)


async def test_only_new_gaps_are_told_as_such(reader: Reader, shop: Report) -> None:
    new = replace(shop, gaps=replace(shop.gaps, against="main~3"))
    assert "only what main~3 does not have" in await (await reader.open(new, "#view=gaps")).read(_TEXT)


async def test_without_evidence_gaps_are_unknown_and_without_gaps_it_says_why(reader: Reader, shop: Report) -> None:
    unread = replace(shop, coverage=replace(shop.coverage, read=()))
    text = await (await reader.open(unread, "#view=gaps")).read(_TEXT)
    assert evidence_read(unread)[0] in text
    assert "unknown: nothing read could tell" in text
    none = replace(shop, gaps=Gaps())
    assert counted_gaps(none.gaps) in await (await reader.open(none, "#view=gaps")).read(_TEXT)


async def test_the_gaps_shown_are_copied_as_a_check_list(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=gaps&urgency=high")
    await catch(page)
    lines = (await copied(page, "Copy as check list")).splitlines()
    gaps = [gap for gap in shop.gaps.open if gap.urgency == "high"]
    items = [line for line in lines if line.startswith("- [ ] **high** ")]
    assert len(items) == len(gaps)
    for gap, item in zip(gaps, items, strict=True):
        assert title_of(gap.technique).lower() in item
        assert gap.next_step in item
    named = [missing.operation for gap in gaps for missing in gap.missing if missing.operation]
    assert [line.partition("`")[2].rstrip("`") for line in lines if line.startswith("  - ") and "`" in line] == [
        name for name in named if "/" in name or "." in name
    ]


async def test_a_check_list_shows_nasty_texts_as_they_are(reader: Reader) -> None:
    page = await reader.open(nasty_report("@octocat <b> "), "#view=gaps")
    await catch(page)
    text = await copied(page, "Copy as check list")
    assert "`@octocat <b> " in text
    assert "octocat" not in "".join(part for at, part in enumerate(text.split("`")) if at % 2 == 0)
