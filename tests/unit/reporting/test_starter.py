"""The first topoplan.yaml: true, harmless, and right once uncommented."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml
from hypothesis import given
from hypothesis import strategies as st

from topoplan.config import JourneySettings, ServiceSettings, Settings, load_settings
from topoplan.graph.names import exact_key
from topoplan.model.facts import NodeKind, Style
from topoplan.model.text import clean
from topoplan.model.topology import Boundary, Join, Service, Topology
from topoplan.reporting.starter import quoted, starter_config


def boundary(consumer: str, provider: str, style: Style = Style.SYNC) -> Boundary:
    return Boundary(f"{consumer}->{provider}/http", consumer, provider, style, "http")


SHOP = Topology(
    services=(
        Service("db", "db", NodeKind.DATASTORE),
        Service("gateway", "Gateway", NodeKind.GATEWAY),
        Service("legacy/db", "db", NodeKind.DATASTORE),
        Service("on", "on", NodeKind.SERVICE, ("ON", "sw"), (Join("sw", "alias\nof it"),)),
        Service(
            "orders",
            "orders: #1",
            NodeKind.SERVICE,
            ("gateway", "order-svc", "sw"),
            (Join("gateway", "alias"), Join("order-svc", "differs only in an affix"), Join("sw", "alias")),
        ),
    ),
    boundaries=(boundary("gateway", "orders"), boundary("orders", "on"), boundary("orders", "db", Style.RESOURCE)),
)


def load(text: str) -> Settings:
    with TemporaryDirectory() as folder:
        (Path(folder) / "topoplan.yaml").write_text(text, encoding="utf-8")
        return load_settings("topoplan.yaml", Path(folder))


def uncommented(text: str) -> str:
    return "\n".join(line.removeprefix("# ") for line in text.split("\n"))


def test_as_written_it_says_only_the_name() -> None:
    assert load(starter_config(SHOP, "shop")) == Settings(system="shop", path="topoplan.yaml")


def test_uncommented_it_says_what_was_found() -> None:
    settings = load(uncommented(starter_config(SHOP, "shop")))
    assert settings.services == {
        "Gateway": ServiceSettings(kind="gateway"),
        "on": ServiceSettings(kind="service", aliases=("sw",)),
        "orders: #1": ServiceSettings(kind="service", aliases=("order-svc",)),
    }
    assert settings.journeys == {"example": JourneySettings(("Gateway", "orders: #1", "on"))}


def test_a_name_of_several_services_is_told_but_not_offered() -> None:
    assert "##  db: 2 services; said here, it would join them to one\n" in starter_config(SHOP, "shop")


def test_joins_give_their_reason_on_one_line() -> None:
    assert "#       - order-svc  # differs only in an affix\n" in starter_config(SHOP, "shop")
    assert "#       - sw  # alias of it\n" in starter_config(SHOP, "shop")


def test_an_empty_topology_still_gives_a_file() -> None:
    text = starter_config(Topology(), "")
    assert load(text) == Settings(path="topoplan.yaml")
    assert load(uncommented(text)).exclude == ("examples/**",)


@given(st.text())
def test_any_name_survives_quoting(name: str) -> None:
    assert yaml.load(quoted(name), yaml.CBaseLoader) == name or not encodable(name)


def encodable(name: str) -> bool:
    return not any(0xD800 <= ord(c) < 0xE000 for c in name)


@given(st.lists(st.text(min_size=1), max_size=3), st.text())
def test_any_names_and_reasons_give_a_file_that_loads(names: list[str], reason: str) -> None:
    services = [
        Service(f"s{n}", clean(name) or "s", NodeKind.SERVICE, (), (Join(f"alias{n}", reason),))
        for n, name in enumerate(names)
    ]
    topology = Topology(services=tuple(services))
    text = starter_config(topology, clean("".join(names)))
    assert load(text).services == {}
    spellings = Counter(exact_key(service.name) for service in services)
    offered = [service.name for service in services if spellings[exact_key(service.name)] == 1]
    assert list(load(uncommented(text)).services) == offered
