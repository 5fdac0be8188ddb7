"""The boundaries of the page: their table, and one of them in full."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from browser import Page
from msgspec.structs import replace
from nasty_report import nasty_report
from page_hands import catch, choose, column, copied
from page_reading import Reader
from sample_report import REPORT

from topoplan.model.report import Report
from topoplan.model.topology import Boundary
from topoplan.reporting.digest import ranked
from topoplan.reporting.signs import COLUMN_TECHNIQUES, mark_of

_TEXT = "document.querySelector('main').innerText"
_HEADING = "document.querySelector('main h2').textContent"
_ROWS = "document.querySelectorAll('main .table-box tbody tr').length"


def _link(boundary: str) -> str:
    return f"#{urlencode({'boundary': boundary})}"


def _named(report: Report, start: str) -> Boundary:
    return next(boundary for boundary in report.topology.boundaries if boundary.id.startswith(start))


async def _section(page: Page, title: str) -> str:
    """The text under a heading, on one line."""
    found = (
        "[...document.querySelectorAll('main section')]"
        f".find((it) => it.querySelector('h2').textContent === {json.dumps(title)})"
    )
    return " ".join(str(await page.read(f"{found}?.innerText ?? ''")).split())


async def test_every_boundary_is_listed_riskiest_first_with_its_tests(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=boundaries")
    found = ranked(shop)
    assert [cell.split()[0] for cell in await column(page, 2)] == [
        str(one.profile.score) if one.profile else "not" for one in found
    ]
    assert await column(page, 3) == [one.main_reason for one in found]
    states = {one.boundary: one for one in shop.coverage.boundaries}
    marks = await page.read(
        "[...document.querySelectorAll('tbody .chips')].map((row) => [...row.querySelectorAll('.slot')]"
        ".map((slot) => slot.querySelector('[aria-hidden]')?.textContent ?? ''))"
    )
    for one, shown in zip(found, marks, strict=True):
        there = {found.technique: found.state for found in states[one.boundary.id].techniques}
        assert shown == [mark_of(t, there[t]) if t in there else "" for t in COLUMN_TECHNIQUES]


async def test_a_state_is_asked_of_the_technique_that_is_chosen(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=boundaries")
    states = [{t.technique.value: t.state.value for t in one.techniques} for one in shop.coverage.boundaries]
    await choose(page, "Technique", "contract")
    await choose(page, "State", "uncovered")
    assert await page.wait(f"{_ROWS} === {sum(one.get('contract') == 'uncovered' for one in states)}")
    await choose(page, "Technique", "")
    assert await page.wait(f"{_ROWS} === {sum('uncovered' in one.values() for one in states)}")


async def test_a_row_opens_its_boundary_and_back_returns_to_the_same_list(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=boundaries&style=message&sort=boundary")
    listed = await column(page, 0)
    await page.read("document.querySelector('main tbody a').click()")
    assert await page.wait(f"{_HEADING} === {json.dumps(listed[0])}")
    assert (await page.read("location.hash")).startswith("#boundary=")
    await page.read("history.back()")
    assert await page.wait(f"{_HEADING} === 'Boundaries'")
    assert await column(page, 0) == listed


async def test_a_link_opens_everything_known_of_a_boundary(reader: Reader, shop: Report) -> None:
    boundary = _named(shop, "gateway->order-service")
    profile = next(one for one in shop.profiles if one.boundary == boundary.id)
    gaps = [gap for gap in shop.gaps.open if gap.boundary == boundary.id]
    tests = [test for test in shop.plan.tests if boundary.id in test.boundaries]
    page = await reader.open(shop, _link(boundary.id))
    assert await page.read(_HEADING) == "gateway → order-service"
    to_do = await _section(page, "To do")
    assert all(gap.next_step in to_do for gap in gaps)
    assert all(missing.operation in to_do for gap in gaps for missing in gap.missing)
    why = await _section(page, f"Why {profile.score} of 100")
    for factor in (*profile.impact_factors, *(factor for mode in profile.modes for factor in mode.factors)):
        assert factor.reason in why
        assert all(fact in why for fact in factor.facts)
    assert why.count("not known") >= sum(f.value is None for mode in profile.modes for f in mode.factors)
    assert all(missing in why for missing in profile.missing)
    operations = await _section(page, "Operations")
    assert all(operation.id in operations for operation in boundary.operations)
    recommended = await _section(page, "Recommended tests")
    for test in tests:
        assert test.title in recommended
        assert all(case.title in recommended for case in test.cases[:20])
    assert tests[0].scope.services[0] in recommended
    evidence = await _section(page, "Evidence")
    assert all(f"{one.where} {one.detail}" in evidence for one in boundary.evidence)
    claims = next(one for one in shop.coverage.boundaries if one.boundary == boundary.id).techniques
    existing = await _section(page, "Tests that exist")
    assert all(claim.reason in existing for technique in claims for claim in technique.claims)
    journeys = await _section(page, "Journeys through it")
    assert all((one.name in journeys) == (boundary.id in one.boundaries) for one in shop.journeys)


async def test_boundaries_follow_each_other_by_risk(reader: Reader, shop: Report) -> None:
    order = [one.boundary.id for one in ranked(shop)]
    page = await reader.open(shop, _link(order[0]))
    following = "[...document.querySelectorAll('main nav a')].find((it) => it.textContent.startsWith('less risky'))"
    for boundary in order[1:3]:
        await page.read(f"{following}.click()")
        assert await page.wait(f"location.hash === {json.dumps(_link(boundary))} && !!{following}")
    await reader.open(shop, _link(order[-1]))
    assert not await page.read(f"!!{following}")


@pytest.mark.parametrize("unknown", ["nobody->nothing/http", "", "<b>x</b>"])
async def test_a_link_to_an_unknown_boundary_says_so(reader: Reader, shop: Report, unknown: str) -> None:
    page = await reader.open(shop, _link(unknown))
    assert await page.read(_HEADING) == "Boundary not found"
    assert (unknown or "without a name") in await page.read(_TEXT)
    await page.click("main a")
    assert await page.wait(f"{_HEADING} === 'Boundaries'")


async def test_a_suggestion_is_told_from_a_boundary(reader: Reader, shop: Report) -> None:
    first, *others = shop.topology.boundaries
    weaker = replace(shop, topology=replace(shop.topology, boundaries=tuple(others), suggestions=(first,)))
    page = await reader.open(weaker, _link(first.id))
    assert "too weak" in await page.read(_TEXT)


async def test_change_and_incompatible_steps_are_told_where_history_is_known(reader: Reader) -> None:
    history = next(one for one in REPORT.history.services if one.breaking)
    boundary = next(one for one in REPORT.topology.boundaries if one.provider == history.service)
    page = await reader.open(REPORT, _link(boundary.id))
    change = await _section(page, "Change")
    assert history.breaking[0].detail in change
    rates = [rate for rate in (history.code, history.interface) if rate]
    assert rates
    assert all(f"{rate.commits:,} {rate.fix_commits:,} {rate.authors:,}" in change for rate in rates)


async def test_a_boundary_is_copied_for_a_ticket(reader: Reader, shop: Report) -> None:
    boundary = _named(shop, "gateway->order-service")
    page = await reader.open(shop, _link(boundary.id))
    await catch(page)
    ticket = await copied(page, "Copy as Markdown")
    assert ticket.startswith("## gateway → order-service\n")
    assert f"`{boundary.id}`" in ticket
    for gap in shop.gaps.open:
        assert (gap.next_step in ticket) >= (gap.boundary == boundary.id)
    assert ticket.count("- [ ] **") == sum(gap.boundary == boundary.id for gap in shop.gaps.open)
    assert str(boundary.evidence[0].where) in ticket


async def test_nothing_in_a_ticket_means_anything_to_a_renderer(reader: Reader) -> None:
    nasty = "@octocat #12 <img src=x> [x](javascript:1) **b** ``` "
    report = nasty_report(nasty)
    page = await reader.open(report, _link(ranked(report)[0].boundary.id))
    await catch(page)
    ticket = await copied(page, "Copy as Markdown")
    assert ticket.count("@octocat") > 10
    # Every nasty text is inside a code span with a longer fence than its own.
    outside = "".join(part for at, part in enumerate(ticket.split("````")) if at % 2 == 0)
    assert "@octocat" not in outside
    assert "<img" not in outside


async def test_long_lists_are_cut_on_the_screen_but_not_on_paper(reader: Reader, shop: Report) -> None:
    boundary = _named(shop, "gateway->order-service")
    evidence = tuple(replace(boundary.evidence[0], detail=f"reason {number}") for number in range(50))
    others = tuple(one for one in shop.topology.boundaries if one.id != boundary.id)
    topology = replace(shop.topology, boundaries=(*others, replace(boundary, evidence=evidence)))
    page = await reader.open(replace(shop, topology=topology), _link(boundary.id))
    assert "reason 19 " in await _section(page, "Evidence")
    assert "reason 20 " not in await _section(page, "Evidence")
    await page.read("void dispatchEvent(new Event('beforeprint'))")
    assert await page.wait(f"{_TEXT}.includes('reason 49 ')")
    await page.read("void dispatchEvent(new Event('afterprint'))")
    assert await page.wait(f"!{_TEXT}.includes('reason 49 ')")
