"""The first view of the page: what it shows is what the report says, and where it leads."""

from __future__ import annotations

import json

from browser import Page
from msgspec.structs import replace
from page_reading import Reader
from sample_changes import CHANGED

from topoplan.model.coverage import Coverage
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting import changes_digest, digest, gap_digest, plan_digest
from topoplan.reporting.figures import hours, percent
from topoplan.reporting.html.overview import next_tests
from topoplan.reporting.standing import standings
from topoplan.reporting.summary import summarize


async def _card(page: Page, title: str) -> str:
    return await _text(page, f"article[aria-label={json.dumps(title)}]")


async def _text(page: Page, selector: str) -> str:
    """What is seen of the first element, on one line."""
    return " ".join(str(await page.read(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")).split())


async def _rows(page: Page, caption: str) -> list[list[str]]:
    found = f"[...document.querySelectorAll('[aria-label={json.dumps(caption)}] tbody tr')]"
    cell = "cell.innerText.replace(/\\s+/g, ' ').trim()"
    return list(await page.read(f"{found}.map((row) => [...row.cells].map((cell) => {cell}))"))


async def test_the_cards_show_the_figures_of_the_report(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop)
    counts = summarize(shop)
    system = await _card(page, "The system")
    for noun, kind in (("services", "service"), ("gateways", "gateway"), ("datastores", "datastore")):
        assert f"{noun} {counts['services'][kind]}" in system
    for noun, style in (("calls", "sync"), ("messages", "message"), ("uses of stores and brokers", "resource")):
        assert f"{noun} {counts['boundaries'][style]}" in system
    assert " · ".join(digest.counted_bases(counts)) in system
    coverage = await _card(page, "Coverage")
    for told in gap_digest.covered(shop.gaps):
        figure, _, what = told.partition(") ")
        assert (figure if what else told.split(" of the")[0]) in coverage
    assert gap_digest.residual(shop.gaps) in coverage
    gaps = await _card(page, "Gaps")
    assert all(f"{urgency} {number}" in gaps for urgency, number in counts["gaps"].items())
    assert all(f"{state} {number}" in gaps for state, number in counts["states"].items() if number)
    drift = await _card(page, "Drift")
    assert all(f"{digest.DRIFT_TITLES[kind]} {number}" in drift for kind, number in counts["drift"].items())
    assert plan_digest.would_retire(shop.plan) in await _card(page, "Risk")
    assert digest.looked_back(shop) in await _card(page, "Basis")


async def test_the_riskiest_boundaries_have_their_reasons_and_lead_to_them(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop)
    best = digest.ranked(shop)[:10]
    rows = await _rows(page, "The riskiest boundaries")
    assert [(row[0].split()[0], row[2], row[3]) for row in rows] == [
        (str(one.profile.score) if one.profile else "", one.via, one.main_reason) for one in best
    ]
    await page.read("document.querySelector('[aria-label=\"The riskiest boundaries\"] a').click()")
    first = best[0].boundary.id
    assert await page.wait("new URLSearchParams(location.hash.slice(1)).get('boundary')") == first


async def test_the_next_tests_are_those_still_to_write(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop)
    places = {test.id: place for place, test in enumerate(shop.plan.tests, 1)}
    steps = {gap.test: gap.next_step for gap in shop.gaps.open}
    rows = await _rows(page, "The next tests to write, in the order of the plan")
    assert [(row[0], row[1], row[3], row[4], row[5]) for row in rows] == [
        (
            str(places[one.test.id]),
            one.test.title,
            percent(one.test.risk_retired, shop.plan.total_risk),
            hours(one.test.hours),
            steps[one.test.id],
        )
        for one in next_tests(standings(shop))
    ]


async def test_journeys_tell_how_much_they_matter_and_how_well_they_are_tested(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop)
    rows = await _rows(page, "Journeys and how well they are tested")
    assert [(row[0], row[1]) for row in rows] == [(one.name, plan_digest.about(one)) for one in shop.journeys]
    assert all(" of " in row[3] for row in rows)


async def test_figures_lead_to_the_lists_they_count(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop)
    shown = "document.querySelectorAll('main .table-box')[0].querySelectorAll('tbody tr').length"
    for card, link, count in (
        ("Risk", "high", sum(profile.score >= 50 for profile in shop.profiles)),
        ("Gaps", "medium", summarize(shop)["gaps"]["medium"]),
        ("Drift", "Observed, not declared", summarize(shop)["drift"]["not-declared"]),
        ("Gaps", "- uncovered", summarize(shop)["states"]["uncovered"]),
    ):
        await reader.open(shop)
        await page.read(
            f"[...document.querySelectorAll('article[aria-label={json.dumps(card)}] a')]"
            f".find((it) => it.innerText.replace(/\\s+/g, ' ').trim() === {json.dumps(link)}).click()"
        )
        assert await page.wait(f"document.querySelector('main .table-box') && {shown}") == count, (card, link)


async def test_what_changed_since_a_base_is_told_as_elsewhere(reader: Reader, shop: Report) -> None:
    assert CHANGED.changes
    page = await reader.open(CHANGED)
    shown = " ".join((await page.read("document.querySelector('main').innerText")).split())
    assert f"Changes since {CHANGED.changes.base}" in shown
    for title, found in changes_digest.change_groups(CHANGED, CHANGED.changes):
        card = await _card(page, f"Changes: {title}")
        assert all(" ".join(one.text.split()) in card for one in found[:8]), title
    await reader.open(shop)
    assert "not compared: no base was given" in await _card(page, "Basis")


async def test_of_nothing_there_is_no_share_and_unknown_is_no_nought(reader: Reader, shop: Report) -> None:
    page = await reader.open(Report("nothing", Topology()))
    assert (await _card(page, "Coverage")).count("n/a") == 4
    assert "none: no test is recommended" in await _card(page, "Gaps")
    assert "Not compared" in await _card(page, "Drift")
    await reader.open(replace(shop, coverage=Coverage()))
    coverage = await _card(page, "Coverage")
    assert coverage.count("unknown") >= 5
    assert "%" not in coverage
