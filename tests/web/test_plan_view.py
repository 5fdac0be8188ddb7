"""The plan of the page: its order, its curve, its pyramid, and one test in full."""

from __future__ import annotations

import json
from urllib.parse import urlencode

from browser import Page
from large_system import large_report
from page_hands import catch, choose, copied
from page_reading import Reader
from sample_plan import PLANNED
from sample_report import REPORT

from topoplan.model.coverage import State
from topoplan.model.plan import Recommendation
from topoplan.model.report import Report
from topoplan.reporting import plan_digest
from topoplan.reporting.figures import hours, percent
from topoplan.reporting.signs import STATE_SIGNS
from topoplan.reporting.standing import standings

_TEXT = "document.querySelector('main').innerText"


def _place(test: Recommendation) -> str:
    return f"#{urlencode({'view': 'plan', 'test': test.id})}"


async def _column(page: Page, number: int) -> list[str]:
    """The texts of a column of the tests, counted from 0."""
    rows = "[...document.querySelectorAll('[aria-label^=\"Recommended tests\"] tbody tr')]"
    return list(await page.read(f"{rows}.map((row) => row.cells[{number}].innerText.replace(/\\s+/g, ' ').trim())"))


async def _main(page: Page) -> str:
    return " ".join(str(await page.read(_TEXT)).split())


async def test_tests_stand_in_their_order_with_what_they_bring_and_cost(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=plan")
    tests, total = shop.plan.tests, shop.plan.total_risk
    assert await _column(page, 0) == [str(place) for place in range(1, len(tests) + 1)]
    assert await _column(page, 1) == [test.title for test in tests]
    assert await _column(page, 3) == [f"{STATE_SIGNS[one.state]} {one.state}" for one in standings(shop)]
    assert await _column(page, 5) == [percent(test.risk_retired, total) for test in tests]
    assert await _column(page, 6) == [hours(test.hours) for test in tests]
    links = "[...document.querySelectorAll('tbody tr:first-child td:nth-child(5) a')].map((it) => it.hash)"
    assert await page.read(links) == [f"#{urlencode({'boundary': boundary})}" for boundary in tests[0].boundaries]


async def test_a_state_narrows_the_tests(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=plan")
    await choose(page, "State", "uncovered")
    wanted = [one.test.title for one in standings(shop) if one.state is State.UNCOVERED]
    assert await _column(page, 1) == wanted
    assert await page.read("location.hash") == "#view=plan&state=uncovered"


async def test_words_about_the_whole_are_those_of_the_text_report(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=plan")
    shown = await _main(page)
    assert plan_digest.size(shop.plan) in shown
    assert plan_digest.next_hour(shop.plan) in shown
    for step in shop.plan.steps:
        share = percent(shop.plan.existing_risk + step.risk_retired, shop.plan.total_risk)
        assert f"{hours(step.budget)} {step.tests} {share}" in shown
    for level in shop.plan.pyramid:
        assert f"{plan_digest.LEVEL_TITLES[level.name]} {level.existing:,} {level.planned:,}" in shown


async def test_existing_tests_and_observations_are_shown_where_the_plan_has_them(reader: Reader) -> None:
    page = await reader.open(PLANNED, "#view=plan")
    shown = await _main(page)
    for level in PLANNED.plan.pyramid:
        verdict = plan_digest.verdict(PLANNED, level)
        assert f"{plan_digest.LEVEL_TITLES[level.name]} {level.existing:,} {level.planned:,}" in shown
        assert verdict in shown
    assert PLANNED.plan.observations
    assert all(f"{one.message} [{one.kind}] → {one.advice}" in shown for one in PLANNED.plan.observations)


async def test_the_curve_tells_of_each_test_without_a_mouse(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=plan")
    caption = "document.querySelector('.curve figcaption').innerText"
    last = plan_digest.curve(shop.plan)[-1]
    assert (await page.read(caption)).startswith(
        f"After {hours(last.hours)}, test {len(shop.plan.tests)} of {len(shop.plan.tests)}: "
        f"{percent(last.risk, shop.plan.total_risk)} of the risk retired"
    )
    await page.read("document.querySelector('.curve input').focus()")
    await page.press("Home")
    assert await page.wait(f"{caption}.startsWith('Before any test') && {caption}")
    await page.press("ArrowRight")
    first = shop.plan.tests[0]
    assert await page.wait(f"{caption}.endsWith({json.dumps(first.title)})")
    assert await page.read("document.querySelector('.curve figcaption a').hash") == _place(first)
    assert "retire" in await page.read("document.querySelector('.curve svg').ariaLabel")


async def test_the_curve_follows_the_mouse(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=plan")
    await page.read("document.querySelector('.curve svg').scrollIntoView()")
    x, y, width = await page.read(
        "(r => [r.x, r.y + r.height / 2, r.width])(document.querySelector('.curve svg').getBoundingClientRect())"
    )
    await page.call("Input.dispatchMouseEvent", type="mouseMoved", x=x + width * 0.1, y=y)
    assert await page.wait("document.querySelector('.curve input').valueAsNumber < 5")


async def test_a_link_opens_one_test_with_cases_scope_and_alternatives(reader: Reader, shop: Report) -> None:
    test = next(test for test in shop.plan.tests if test.cases and test.scope.stubs and test.alternatives)
    page = await reader.open(shop, _place(test))
    assert await page.read("document.querySelector('main h2').textContent") == test.title
    shown = await _main(page)
    assert all(" ".join(case.title.split()) in shown for case in test.cases)
    assert await page.read("document.querySelectorAll('.checks li').length") == len(test.cases)
    assert all(f"{stub.service} ({stub.source})" in shown for stub in test.scope.stubs)
    assert all(one.reason in shown for one in test.alternatives)
    assert test.reason in shown
    await page.click("main nav a[href='#view=plan']")
    assert await page.wait("location.hash") == "#view=plan"


async def test_a_test_leads_to_the_next_one_and_back_returns(reader: Reader, shop: Report) -> None:
    first, second = shop.plan.tests[:2]
    page = await reader.open(shop, _place(first))
    await page.read("[...document.querySelectorAll('main nav a')].find((it) => it.textContent === 'next →').click()")
    assert await page.wait(f"document.querySelector('main h2').textContent === {json.dumps(second.title)}")
    await page.read("history.back()")
    assert await page.wait(f"document.querySelector('main h2').textContent === {json.dumps(first.title)}")


async def test_a_test_is_copied_as_a_task_list(reader: Reader, shop: Report) -> None:
    test = shop.plan.tests[0]
    page = await reader.open(shop, _place(test))
    await catch(page)
    text = await copied(page, "Copy as Markdown")
    assert text.count("- [ ] ") == len(test.cases)
    assert text.startswith("### ")


async def test_a_link_to_no_test_says_so(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=plan&test=contract:gone")
    assert "holds no test contract:gone" in await _main(page)


async def test_skips_have_their_reasons(reader: Reader) -> None:
    page = await reader.open(REPORT, "#view=plan")
    shown = await _main(page)
    assert REPORT.plan.skips
    assert all(skip.reason in shown for skip in REPORT.plan.skips)


async def test_a_test_far_down_a_large_plan_opens_by_link(reader: Reader) -> None:
    report = large_report(60)
    test = report.plan.tests[-1]
    page = await reader.open(report, _place(test))
    assert f"{len(report.plan.tests)} of {len(report.plan.tests)}" in await _main(page)
