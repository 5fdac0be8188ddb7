"""Systems too large for one picture: overviews, pages of groups, and names that are safe as files'."""

from __future__ import annotations

import re
import shutil

import pytest
from large_system import large_report
from msgspec.structs import replace
from nasty_report import NASTY
from topology_builders import call, node, topology

from topoplan.model.changes import Changes, GoneBoundary, GoneService
from topoplan.model.facts import NodeKind, Style
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting import Style as Look
from topoplan.reporting.atlas import LARGEST, MOST_ARROWS, MOST_GROUPS, atlas
from topoplan.reporting.dot import source
from topoplan.reporting.drawing import Drawing, Mark
from topoplan.reporting.picture import render_all

LARGE = large_report(300)


def _owned(owners: dict[str, int], *, ring: bool = True) -> Topology:
    """Services of these owners, each calling the next."""
    services = [
        node(f"s{n:04}", owner=owner) for n, owner in enumerate(o for o, size in owners.items() for _ in range(size))
    ]
    pairs = zip(services, [*services[1:], services[0]], strict=True)
    return topology(services, [call(a.id, b.id) for a, b in pairs] if ring else [])


def _services(drawing: Drawing) -> list[str]:
    return [node.service for node in drawing.nodes if node.service]


def test_up_to_the_limit_one_picture_shows_everything() -> None:
    found = atlas(Report("x", _owned({"a": 40, "b": LARGEST - 40})))
    assert len(found.overview.nodes) == LARGEST
    assert found.pages == ()


def test_beyond_it_every_service_is_on_exactly_one_page() -> None:
    found = atlas(LARGE)
    shown = [service for page in found.pages for service in _services(page.drawing)]
    assert sorted(shown) == [service.id for service in LARGE.topology.services]
    assert not _services(found.overview)
    assert [page.title for page in found.pages] == [node.name for node in found.overview.nodes]


def test_an_overview_counts_what_it_does_not_show() -> None:
    report = Report("x", _owned({"a": 50, "b": 50}))
    overview = atlas(report).overview
    assert [(node.name, node.captions) for node in overview.nodes] == [("a", ("50 services",)), ("b", ("50 services",))]
    assert [(a.tail, a.head, a.way) for a in overview.arrows] == [
        ("g1", "g2", "1 boundary"),
        ("g2", "g1", "1 boundary"),
    ]
    found = atlas(LARGE)
    whole = found.overview
    inside = sum(int(re.match(r"([\d,]+) open gap", node.captions[1])[1]) for node in whole.nodes)  # type: ignore[index]
    assert inside == len(LARGE.gaps.open)
    home = {service: page.slug for page in found.pages for service in _services(page.drawing)}
    between = [b for b in LARGE.topology.boundaries if home[b.consumer] != home[b.provider]]
    assert sum(arrow.count for arrow in whole.arrows) == len(between)


def test_a_page_shows_other_groups_pale_and_nothing_between_them() -> None:
    pages = atlas(Report("x", _owned({"a": 30, "b": 30, "c": 30}))).pages
    drawing = pages[0].drawing
    assert [(node.name, node.faint) for node in drawing.nodes if not node.service] == [("b", True), ("c", True)]
    own = {node.id for node in drawing.nodes if node.service}
    assert len(drawing.arrows) == 31
    assert all(arrow.tail in own or arrow.head in own for arrow in drawing.arrows)


def test_a_group_too_large_is_cut_into_pages_that_are_not() -> None:
    loose = atlas(Report("x", _owned({"a": 200, "b": 1}, ring=False)))
    assert [len(_services(page.drawing)) for page in loose.pages] == [80, 80, 40, 1]
    tied = atlas(Report("x", _owned({"a": 200, "b": 1})))
    assert max(len(_services(page.drawing)) for page in tied.pages) <= LARGEST
    assert sum(len(_services(page.drawing)) for page in tied.pages) == 201


def test_the_overview_shows_a_cut_group_whole() -> None:
    found = atlas(Report("x", _owned({"a": 200, "b": 1})), folder="out", suffix=".svg")
    assert [(node.name, node.link) for node in found.overview.nodes] == [("a", "out/a-1-of-3.svg"), ("b", "out/b.svg")]


def test_surroundings_are_shown_more_coarsely_until_arrows_can_be_followed() -> None:
    report = large_report(1200)
    found = atlas(report)
    assert max(len(page.drawing.arrows) for page in found.pages) <= MOST_ARROWS * 2
    busiest = max(found.pages, key=lambda page: len(page.drawing.arrows)).drawing
    assert busiest.nodes[-1].name.endswith(("smaller groups", "other groups"))


def test_many_groups_are_few_in_the_overview_and_all_have_a_page() -> None:
    found = atlas(Report("x", _owned({f"team-{n}": 2 for n in range(100)})))
    assert len(found.pages) == 100
    assert len(found.overview.nodes) == MOST_GROUPS
    assert found.overview.nodes[-1].name == "61 smaller groups"
    assert len(found.overview.arrows) <= MOST_ARROWS


def test_the_overview_links_to_the_pages_where_they_are() -> None:
    found = atlas(LARGE, folder="out-groups", suffix=".svg")
    assert [node.link for node in found.overview.nodes] == [f"out-groups/{page.slug}.svg" for page in found.pages]
    assert 'URL="out-groups/billing.svg"' in source(found.overview)
    assert not any(node.link for node in atlas(LARGE).overview.nodes)


@pytest.mark.parametrize("nasty", [*NASTY, "", "..", "../../etc/passwd", "a/b", "C:\\x", ".hidden", "CON", "Ünïcode"])
def test_slugs_are_safe_whatever_the_names(nasty: str) -> None:
    owners = {f"{nasty}": 60, f"{nasty} ": 60, f"{nasty}/": 60, "other": 1}
    slugs = [page.slug for page in atlas(Report("x", _owned(owners))).pages]
    assert len(set(slugs)) == len(slugs) >= 4
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) and len(slug) <= 70 for slug in slugs)


def test_what_is_gone_has_a_place_in_an_atlas() -> None:
    graph = _owned({"a": 50, "b": 50})
    gone = Changes(
        "base.json",
        services_removed=(GoneService("old", "old", NodeKind.SERVICE),),
        boundaries_removed=(GoneBoundary("s0000->old/http", "s0000", "old", Style.SYNC, "http"),),
    )
    found = atlas(replace(Report("x", graph), changes=gone))
    assert [node.mark for node in found.overview.nodes] == [None, None, Mark.GONE]
    assert [arrow.mark for arrow in found.overview.arrows if arrow.head == "g3"] == [Mark.GONE]
    assert found.overview.remark == "overview: 101 nodes in 3 groups, compared with base.json"


@pytest.mark.skipif(shutil.which("dot") is None, reason="the Graphviz program dot is not installed")
def test_all_pictures_are_drawn_and_the_same_every_time() -> None:
    report = Report("x", _owned({"a": 50, "b": 50}))
    overview, pages = render_all(report, "svg", "out-groups", Look())
    assert sorted(pages) == ["a.svg", "b.svg"]
    assert b'xlink:href="out-groups/a.svg"' in overview
    assert (overview, pages) == render_all(report, "svg", "out-groups", Look())
