"""What belongs together: owners, folders, neighbourhoods, and what goes with whom."""

from __future__ import annotations

import subprocess
import sys

import pytest
from large_system import large_report
from msgspec.structs import replace
from topology_builders import call, message, node, resource, store, topology

from topoplan.graph.groups import Group, GroupBasis, groups, split
from topoplan.model.facts import NodeKind
from topoplan.model.topology import Boundary, Service


def _told(services: list[Service], boundaries: list[Boundary]) -> list[tuple[str, str, str]]:
    return [(g.basis.value, g.name, " ".join(g.members)) for g in groups(topology(services, boundaries))]


def _in(folder: str, name: str) -> Service:
    return replace(node(name), folders=(folder,))


def test_services_go_with_their_owner_and_resources_with_those_who_use_them_most() -> None:
    services = [
        node("orders", owner="shop"),
        node("cart", owner="shop"),
        node("ledger", owner="money"),
        store("orders-db"),
        node("bank", kind=NodeKind.EXTERNAL),
        node("kafka", kind=NodeKind.BROKER),
    ]
    boundaries = [
        resource("orders", "orders-db"),
        resource("cart", "orders-db"),
        resource("ledger", "orders-db"),
        call("ledger", "bank"),
        message("ledger", "orders", "paid", broker="kafka"),
    ]
    assert _told(services, boundaries) == [
        ("owner", "money", "bank kafka ledger"),
        ("owner", "shop", "cart orders orders-db"),
    ]


def test_one_owner_of_everything_groups_nothing() -> None:
    services = [node(name, owner="everyone") for name in ("a", "b", "x", "y")]
    boundaries = [call("a", "b"), call("x", "y")]
    assert _told(services, boundaries) == [
        ("neighbourhood", "around a", "a b"),
        ("neighbourhood", "around x", "x y"),
    ]


def test_a_service_without_owner_is_in_nobodys_group() -> None:
    services = [node("a", owner="team"), node("b", owner="team"), node("c"), node("d")]
    boundaries = [call("a", "b"), call("b", "c"), call("c", "d")]
    assert _told(services, boundaries) == [("owner", "team", "a b"), ("neighbourhood", "around c", "c d")]
    assert _told(services[:3], boundaries[:2]) == [("owner", "team", "a b"), ("alone", "others", "c")]


def test_services_without_owner_go_with_their_domain_and_the_domain_can_come_first() -> None:
    services = [
        node("cart", owner="team", domain="sales"),
        node("prices", domain="sales"),
        node("ads", domain="sales"),
        node("ledger", owner="money", domain="accounts"),
        node("taxes", domain="accounts"),
        store("ledger-db"),
    ]
    boundaries = [resource("ledger", "ledger-db")]
    assert _told(services, boundaries) == [
        ("owner", "money", "ledger ledger-db"),
        ("owner", "team", "cart"),
        ("domain", "accounts", "taxes"),
        ("domain", "sales", "ads prices"),
    ]
    assert [(g.name, " ".join(g.members)) for g in groups(topology(services, boundaries), by_domain=True)] == [
        ("accounts", "ledger ledger-db taxes"),
        ("sales", "ads cart prices"),
    ]


@pytest.mark.parametrize("domains", [("shop",) * 4, ("a", "b", "x", "y"), ("a", "b", "", "")], ids=str)
def test_a_domain_of_everything_or_one_for_each_service_groups_nothing(domains: tuple[str, ...]) -> None:
    services = [node(name, domain=domain) for name, domain in zip("abxy", domains, strict=True)]
    boundaries = [call("a", "b"), call("x", "y")]
    assert _told(services, boundaries) == [
        ("neighbourhood", "around a", "a b"),
        ("neighbourhood", "around x", "x y"),
    ]


def test_folders_group_where_they_hold_several_services() -> None:
    services = [_in("src/pay/api", "api"), _in("src/pay/jobs", "jobs"), _in("src/web", "web"), _in("src/shop/a", "a")]
    assert _told(services, []) == [
        ("folder", "pay", "api jobs"),
        ("folder", "shop", "a"),
        ("folder", "web", "web"),
    ]


def test_a_folder_for_each_service_is_no_group() -> None:
    services = [_in(f"src/{name}/src" if name == "a" else f"src/{name}", name) for name in "abcd"]
    assert _told(services, [call("a", "b"), call("c", "d")]) == [
        ("neighbourhood", "around a", "a b"),
        ("neighbourhood", "around c", "c d"),
    ]


def test_infrastructure_and_what_nothing_connects_stand_apart() -> None:
    services = [node("a"), node("b"), node("lonely"), node("zipkin", infrastructure=True)]
    assert _told(services, [call("a", "b"), call("a", "zipkin"), call("b", "zipkin")]) == [
        ("neighbourhood", "around a", "a b"),
        ("beside", "beside the system", "zipkin"),
        ("alone", "others", "lonely"),
    ]


def test_every_node_is_in_exactly_one_group() -> None:
    graph = large_report(300).topology
    members = [member for group in groups(graph) for member in group.members]
    assert sorted(members) == [service.id for service in graph.services]


def test_nothing_has_no_groups() -> None:
    assert groups(topology([], [])) == ()


def test_a_large_group_is_split_so_that_neighbours_stay_together() -> None:
    services = [node(name, owner="all") for name in "abcxyz"]
    graph = topology(services, [call("a", "z"), call("b", "y"), call("y", "x")])
    whole = Group("all", GroupBasis.OWNER, tuple("abcxyz"))
    assert [(g.name, "".join(g.members)) for g in split(graph, whole, 3)] == [
        ("all 1 of 2", "bxy"),
        ("all 2 of 2", "acz"),
    ]
    assert ["".join(g.members) for g in split(graph, whole, 2)] == ["bx", "cy", "az"]
    assert split(graph, whole, 6) == (whole,)


def test_neighbourhoods_are_the_same_in_every_process() -> None:
    program = (
        "from topoplan.graph.metrics import communities\n"
        "print(communities((f's{i}', f's{i * 7 % 40}') for i in range(1, 120)))"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", program], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(found) == 1
    assert b"s1" in found.pop()
