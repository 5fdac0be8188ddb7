"""The graph of the page: what it shows, how it is moved, searched, filtered, collapsed and opened."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from browser import Page
from large_system import large_report
from msgspec.structs import replace
from page_hands import choose, press_button
from page_reading import Reader
from sample_changes import CHANGES
from sample_report import REPORT
from topology_builders import call, node, topology

from topoplan.model.report import Report

_NODES = "[...document.querySelectorAll('.canvas .node')]"
_KEYS = f"{_NODES}.map((it) => it.dataset.key)"
_PLACES = f"Object.fromEntries({_NODES}.map((it) => [it.dataset.key, it.getAttribute('transform')]))"
_LINES = "document.querySelectorAll('.canvas .drawn').length"
_BRIGHT = "[...document.querySelectorAll('.canvas .line:not(.dim)')].map((it) => it.dataset.key).sort()"
_BOX = "document.querySelector('.canvas').getAttribute('viewBox')"
_PANEL = "document.querySelector('.graph-panel')?.innerText ?? ''"
_FOCUSED = "document.activeElement?.dataset?.key ?? ''"
_PART = "(name) => new URLSearchParams(location.hash.slice(1)).get(name)"


async def _part(page: Page, name: str) -> Any:
    return await page.read(f"({_PART})('{name}')")


async def _press_when(page: Page, text: str, condition: str) -> None:
    await press_button(page, text)
    await page.wait(condition)


async def test_every_service_and_boundary_is_drawn_and_named(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    assert await page.read(_KEYS) == [f"service {it.id}" for it in shop.topology.services]
    assert await page.read(_LINES) == len(shop.topology.boundaries)
    named = await page.read(f"{_NODES}.map((it) => [it.getAttribute('role'), it.getAttribute('aria-label')])")
    for service, (role, name) in zip(shop.topology.services, named, strict=True):
        assert role == "button"
        assert name.startswith(service.name)
        assert service.kind in name or service.technology in name


async def test_a_click_on_a_node_tells_of_it_and_leads_to_its_boundaries(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    await page.click(".node[data-key='service payment-service']")
    told = await page.wait(_PANEL)
    assert {"payment-service", "billing", "payment-db", "api.stripe.com"} <= set(told.split())
    await page.click(".graph-panel a[href='#boundary=payment-service-%3Eapi.stripe.com%2Fhttp']")
    assert await page.wait("location.hash === '#boundary=payment-service-%3Eapi.stripe.com%2Fhttp'")
    await page.read("history.back()")
    assert "payment-service" in await page.wait(_PANEL)


async def test_a_click_on_a_line_tells_of_its_boundary(reader: Reader, shop: Report) -> None:
    boundary = shop.topology.boundaries[0].id
    page = await reader.open(shop, "#view=graph")
    await page.read(
        "[...document.querySelectorAll('.line')].find((it) => it.dataset.key === "
        f"'{boundary}').querySelector('.catch').dispatchEvent(new MouseEvent('click', {{bubbles: true}}))"
    )
    await page.wait(_PANEL)
    hrefs = await page.read("[...document.querySelectorAll('.graph-panel a')].map((it) => decodeURIComponent(it.hash))")
    assert hrefs == [f"#boundary={boundary}"]


async def test_keys_reach_every_service(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    await page.read("document.querySelector('.canvas').focus()")
    await page.press("Tab")
    assert await page.read(_FOCUSED) == f"service {shop.topology.services[0].id}"
    await page.read("document.querySelector(\".node[data-key='service gateway']\").focus()")
    seen = ["service gateway"]
    for _ in range(3):
        await page.press("ArrowRight")
        seen.append(await page.read(_FOCUSED))
    lefts = [int((await page.read(_PLACES))[key].split("(")[1].split()[0]) for key in seen]
    assert lefts == sorted(set(lefts))
    await page.press("Enter", "\r")
    assert seen[-1].removeprefix("service ") in await page.wait(_PANEL)
    await page.press("Escape")
    assert await page.wait(f"({_PANEL}) === ''")


async def test_arrow_keys_and_buttons_move_and_zoom_and_the_address_follows(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    start = await page.wait(_BOX)
    await page.read("document.querySelector('.canvas').focus()")
    await page.press("ArrowRight")
    moved = await page.read(_BOX)
    (x, y, w, h), (x2, y2, w2, h2) = (tuple(map(float, box.split())) for box in (start, moved))
    assert x2 > x
    assert (y, w, h) == (y2, w2, h2)
    await page.press("+", "+")
    assert float((await page.read(_BOX)).split()[2]) < w
    assert await page.wait(f"({_PART})('at')")
    place, box = await page.read("location.hash"), await page.read(_BOX)
    await reader.open(shop, place)
    await page.wait(f"({_BOX})?.split(' ')[2]")
    for value, again in zip(box.split(), (await page.read(_BOX)).split(), strict=True):
        assert float(value) == pytest.approx(float(again), abs=3)
    await _press_when(page, "Fit", f"({_BOX}) === '{start}'")


async def test_the_wheel_zooms_and_dragging_moves(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    x, y, w, _ = map(float, (await page.wait(_BOX)).split())
    middle = await page.read(
        "(r => ({x: r.x + r.width / 2, y: r.y + 30}))(document.querySelector('.canvas').getBoundingClientRect())"
    )
    await page.call("Input.dispatchMouseEvent", type="mouseWheel", **middle, deltaX=0, deltaY=-200)
    assert await page.wait(f"Number(({_BOX}).split(' ')[2]) < {w}")
    await press_button(page, "Fit")
    for kind, by in (("mousePressed", 0), ("mouseMoved", 20), ("mouseMoved", 40), ("mouseReleased", 40)):
        at = {"x": middle["x"] + by, "y": middle["y"]}
        await page.call("Input.dispatchMouseEvent", type=kind, **at, button="left", buttons=1, clickCount=1)
    x2, y2, *_ = map(float, (await page.read(_BOX)).split())
    assert x2 < x
    assert y2 == y
    assert await _part(page, "pick") is None


async def test_a_filter_dims_and_moves_nothing(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    places = await page.read(_PLACES)
    await choose(page, "Style", "message")
    messages = sorted(it.id for it in shop.topology.boundaries if it.style == "message")
    await page.wait(f"({_BRIGHT}).length === {len(messages)}")
    assert await page.read(_BRIGHT) == messages
    assert await page.read(_PLACES) == places
    assert await _part(page, "style") == "message"


async def test_filters_stand_in_links(reader: Reader, shop: Report) -> None:
    owners = {service.id: service.owner for service in shop.topology.services}
    kept = {
        "technique=contract": {test.boundaries[0] for test in shop.plan.tests if test.technique == "contract"},
        "owner=billing": {
            it.id for it in shop.topology.boundaries if "billing" in (owners[it.consumer], owners[it.provider])
        },
        "risk=high": {profile.boundary for profile in shop.profiles if profile.score >= 50},
        "state=failing&style=resource": {"payment-service->payment-db/mysql"},
    }
    for filtered, boundaries in kept.items():
        page = await reader.open(shop, f"#view=graph&{filtered}")
        await page.wait(_BOX)
        assert await page.read(_BRIGHT) == sorted(boundaries), filtered
        told = f"{len(boundaries)} of {len(shop.topology.boundaries)} lines meet the filter"
        assert told in await page.read("document.querySelector('.section-head').innerText")


async def test_colour_is_the_state_of_the_worst_gap(reader: Reader, shop: Report) -> None:
    worst: dict[str, str] = {}
    for gap in shop.gaps.open:
        worst.setdefault(gap.boundary, gap.state.value)
    page = await reader.open(shop, "#view=graph")
    looks = await page.read(
        "[...document.querySelectorAll('.line[data-key]')].map((it) => [it.dataset.key, it.className.baseVal])"
    )
    for key, look in looks:
        if key in worst:
            assert f"line-{worst[key]} " in look, key
    marks = await page.read("[...document.querySelectorAll('.mark text')].map((it) => it.textContent)")
    assert "C-" in marks


async def test_search_jumps_to_a_service(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    await page.read("document.querySelector('#graph-search').focus()")
    await page.call("Input.insertText", text="notif")
    assert await page.wait("document.querySelectorAll('.node.hit').length === 1")
    await page.press("Enter", "\r")
    assert await page.wait(f"({_FOCUSED}) === 'service notification-service'")
    assert await _part(page, "pick") == "service notification-service"


async def test_groups_collapse_and_open_and_the_way_back_is_kept(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    await _press_when(page, "Collapse into groups", "!!document.querySelector('.kind-group')")
    groups = await page.read(_KEYS)
    assert {"group owner: billing", "group owner: sales"} <= set(groups)
    await page.click(".node[data-key='group owner: billing']")
    await _press_when(page, "Open this group", "!!document.querySelector('.frame')")
    shown = set(await page.read(_KEYS))
    assert {"service payment-service", "group owner: sales"} <= shown
    assert "group owner: billing" not in shown
    await page.read("history.back()")
    await page.wait("!document.querySelector('.frame')")
    assert await page.read(_KEYS) == groups


async def test_groups_can_be_domains(reader: Reader) -> None:
    services = [
        node("a", owner="x", domain="one"),
        node("b", owner="y", domain="one"),
        node("c", owner="x", domain="two"),
    ]
    services.append(node("d", owner="y", domain="two"))
    report = replace(REPORT, topology=topology(services, [call("a", "b"), call("b", "c"), call("c", "d")]))
    page = await reader.open(report, "#view=graph&show=groups")
    assert await page.read(_KEYS) == ["group owner: x", "group owner: y"]
    box = await page.wait(_BOX)
    await choose(page, "Groups", "domain")
    assert await page.wait(f"({_KEYS}).includes('group domain: one')")
    assert await page.read(_KEYS) == ["group domain: one", "group domain: two"]
    assert await page.read(_LINES) == 1
    assert await _part(page, "by") == "domain"
    await choose(page, "Groups", "owner")
    assert await page.wait(f"({_BOX}) === '{box}' && ({_LINES}) === 2")


async def test_search_opens_the_group_of_what_it_finds(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph&show=groups&q=payment-db")
    await press_button(page, "Go")
    assert await page.wait(f"({_FOCUSED}) === 'service payment-db'")
    assert await page.read("document.querySelector('.frame text').textContent") == "billing"


async def test_a_neighbourhood_grows_with_its_depth(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph&focus=user-db")
    pairs = [(it.consumer, it.provider) for it in shop.topology.boundaries]
    near = {"user-db"}
    for depth in ("1", "2", "3"):
        near |= {end for pair in pairs if near.intersection(pair) for end in pair}
        await choose(page, "Around", depth)
        await page.wait(f"{_NODES}.length === {len(near)}")
        assert set(await page.read(_KEYS)) == {f"service {it}" for it in near}
    await _press_when(page, "Back to the whole", f"{_NODES}.length === {len(shop.topology.services)}")


async def test_width_can_show_traffic(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph")
    widths = "[...document.querySelectorAll('.line[data-key]')].map((it) => /width-(.)/.exec(it.className.baseVal)[1])"
    by_risk = await page.read(widths)
    await choose(page, "Width", "traffic")
    await page.wait(f"JSON.stringify({widths}) !== '{_json(by_risk)}'")
    busiest = max(shop.topology.boundaries, key=lambda it: it.stats.calls if it.stats else 0).id
    assert await page.read(f"!!document.querySelector('.width-5[data-key=\"{busiest}\"]')")


def _json(values: list[str]) -> str:
    return "[" + ",".join(f'"{value}"' for value in values) + "]"


async def test_a_large_system_opens_collapsed_and_says_so(reader: Reader) -> None:
    report = large_report(200)
    page = await reader.open(report, "#view=graph")
    assert await page.wait("document.querySelector('.graph-note').textContent.startsWith('200 services are more than')")
    assert 1 < len(await page.read(_KEYS)) < 30
    await _press_when(page, "Show all services", f"{_NODES}.length === 200")
    assert await page.read(_LINES) == len(report.topology.boundaries)


async def test_too_dense_a_system_is_never_shown_whole(reader: Reader) -> None:
    """The same way as one that is too large."""
    names = [f"service-{number:02}" for number in range(70)]
    nodes = (node(name, owner=f"team-{at % 5}") for at, name in enumerate(names))
    report = Report("dense", topology([*nodes], [call(*pair) for pair in combinations(names, 2)]))
    page = await reader.open(report, "#view=graph&show=all")
    assert await page.wait("document.querySelector('.graph-note').textContent.includes('too many to show at once')")
    assert len(await page.read(_KEYS)) == 5
    assert not await page.read(
        "[...document.querySelectorAll('button')].some((it) => it.textContent === 'Show all services')"
    )


async def test_what_came_and_went_is_marked(reader: Reader) -> None:
    page = await reader.open(replace(REPORT, changes=CHANGES), "#view=graph")
    await page.wait(_BOX)
    marked = "[...document.querySelectorAll('.%s')].map((it) => it.dataset.key).sort()"
    assert await page.read(marked % "line.new") == list(CHANGES.boundaries_added)
    assert await page.read(marked % "line.gone") == sorted(it.id for it in CHANGES.boundaries_removed)
    assert await page.read(marked % "node.gone") == ["service mailer"]
    assert "− gone" in await page.read("document.querySelector('.node.gone').getAttribute('aria-label')")


async def test_without_graphviz_the_page_lays_out_the_graph(
    reader: Reader, shop: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    report = replace(shop, system="shop without Graphviz")
    page = await reader.open(report, "#view=graph")
    await page.wait(_BOX)
    places = list((await page.read(_PLACES)).values())
    assert len(set(places)) == len(places) == len(shop.topology.services)
    assert await page.read(_LINES) == len(shop.topology.boundaries)
    again = await reader.open(report, "#view=graph")
    assert list((await again.read(_PLACES)).values()) == places


async def test_on_paper_stands_the_whole_picture(reader: Reader, shop: Report) -> None:
    page = await reader.open(shop, "#view=graph&at=0,0,3")
    near = await page.wait(_BOX)
    await page.read("dispatchEvent(new Event('beforeprint'))")
    box = [float(value) for value in (await page.read(_BOX)).split()]
    for place in (await page.read(_PLACES)).values():
        x, y = map(float, place.removeprefix("translate(").removesuffix(")").split())
        assert box[0] < x < box[0] + box[2]
        assert box[1] < y < box[1] + box[3]
    await page.read("dispatchEvent(new Event('afterprint'))")
    assert await page.read(_BOX) == near
