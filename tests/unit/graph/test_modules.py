"""Which code folder belongs to which service, and whose calls a file makes."""

from fact_builders import evidence, service

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.model.facts import CallFact, Fact, ModuleFact, Party, Style
from topoplan.model.place import Confidence
from topoplan.model.topology import Topology


def module(folder: str, *names: str, deployable: bool = True) -> ModuleFact:
    return ModuleFact(folder, names or (folder.rpartition("/")[2],), evidence("modules", path=folder), deployable)


def call_from(path: str, provider: str, confidence: Confidence = Confidence.HIGH) -> CallFact:
    return CallFact(Party("", path=path), Party(provider), Style.SYNC, "http", evidence("source", confidence, path))


def topology(*facts: Fact) -> Topology:
    return build_topology(facts, (), (), Settings())


def edges(built: Topology) -> list[tuple[str, str]]:
    return [(b.consumer, b.provider) for b in built.boundaries]


def test_a_file_speaks_for_the_service_named_like_its_folder() -> None:
    built = topology(service("cart"), service("users"), module("src/cart"), call_from("src/cart/lib/http.py", "users"))
    assert edges(built) == [("cart", "users")]
    assert built.services[0].folders == ("src/cart",)


def test_the_deepest_folder_decides() -> None:
    facts = [service("shop", folder="shop"), service("cart", folder="shop/cart"), service("users")]
    assert edges(topology(*facts, call_from("shop/cart/main.go", "users"))) == [("cart", "users")]
    assert edges(topology(*facts, call_from("shop/main.go", "users"))) == [("shop", "users")]


def test_a_folder_inside_a_built_service_stays_inside_it() -> None:
    facts = (service("shop", folder="shop"), service("users"), module("shop/users"))
    assert edges(topology(*facts, call_from("shop/users/client.py", "users"))) == [("shop", "users")]


def test_a_build_context_beats_a_name() -> None:
    facts = (service("web", folder="apps/frontend"), service("frontend"), module("apps/frontend"))
    assert edges(topology(*facts, call_from("apps/frontend/a.js", "frontend"))) == [("web", "frontend")]


def test_a_program_that_no_manifest_names_is_a_service_when_something_runs_it() -> None:
    assert [s.id for s in topology(module("src/cart"), module("src/lib", deployable=False)).services] == ["cart"]


def test_the_application_name_is_an_alias() -> None:
    built = topology(service("cart"), module("cart", "shop-cart-application", "cart"), service("web", folder="web"))
    assert built.services[0].aliases == ("shop-cart-application",)
    built = topology(
        service("cart"),
        service("web", folder="web"),
        module("x", "cart-app", "cart"),
        call_from("web/a.js", "cart-app"),
    )
    assert edges(built) == [("web", "cart")]


def test_a_file_of_nobody_says_nothing() -> None:
    built = topology(service("users"), call_from("scripts/load.py", "users"))
    assert built.boundaries == ()
    assert built.notices == ()
