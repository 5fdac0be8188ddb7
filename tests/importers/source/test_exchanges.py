"""Exchanges that configuration names, and who listens on one without saying to what."""

from __future__ import annotations

import json

from topoplan.importing.contract import Imported
from topoplan.model.facts import ChannelFact


def settings(section: str, **values: str) -> str:
    return json.dumps({section: {"Host": "broker", "Exchange": "shop", **values}})


def ends(imported: Imported) -> set[tuple[str, str, str]]:
    """Role, channel and folder of every channel fact."""
    facts = [f for f in imported.facts if isinstance(f, ChannelFact)]
    return {(str(f.role), f.channel, f.service.path.partition("/")[0]) for f in facts}


SENDER = {"orders/appsettings.json": settings("BusPublisher"), "orders/orders.csproj": ""}
LISTENER = {"audit/appsettings.json": settings("BusHandler", Queue="audit"), "audit/audit.csproj": ""}


def test_a_listener_without_routing_key_hears_all_of_the_exchange(read):
    assert ends(read({**SENDER, **LISTENER})) == {
        ("publish", "shop", "orders"),
        ("receive", "shop", "audit"),
        ("receive", "audit", "audit"),
    }


def test_what_its_code_handles_is_all_that_a_listener_takes_of_an_exchange(read):
    code = {
        "orders/A.cs": "class A { void F() { bus.PublishAsync(new OrderPlaced()); } }\n",
        "stock/B.cs": "class B { void F(OrderPlaced e) { Handle(OrderPlaced e) } }\n",
        "stock/appsettings.json": settings("BusHandler", Queue="stock"),
        "stock/stock.csproj": "",
    }
    found = ends(read({**SENDER, **LISTENER, **code}))
    assert ("receive", "shop", "audit") in found
    assert {(role, channel) for role, channel, folder in found if folder == "stock"} == {("receive", "OrderPlaced")}


def test_another_exchange_is_not_heard(read):
    other = {
        "audit/appsettings.json": settings("BusHandler", Queue="audit", Exchange="other"),
        "audit/audit.csproj": "",
    }
    assert ("receive", "shop", "audit") not in ends(read({**SENDER, **other}))


def test_a_section_that_tells_no_direction_says_nothing(read):
    assert ends(read({"a/appsettings.json": settings("RabbitMQ", Queue="q"), "a/a.csproj": ""})) == set()


def test_sections_of_yaml_and_properties(read):
    found = read(
        {
            "orders/application.properties": "orders.publisher.exchange=shop\n",
            "orders/pom.xml": "",
            "mail/application.yml": "mail:\n  consumer:\n    exchange-name: shop\n    queue-name: mail\n",
            "mail/pom.xml": "",
        }
    )
    assert {("publish", "shop", "orders"), ("receive", "shop", "mail")} <= ends(found)
