"""Which code folder belongs to which service, and whose calls a file makes."""

import pytest
from fact_builders import evidence, service
from msgspec.structs import replace

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.model.facts import CallFact, Fact, ModuleFact, MountFact, NodeKind, Party, ServiceFact, Style
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


@pytest.mark.parametrize(("path", "folder"), [("orders/main.py", "orders"), ("svc/orders/a/users/b.py", "svc/orders")])
def test_source_in_a_folder_of_its_very_name_is_the_code_of_a_service_without_any(path: str, folder: str) -> None:
    built = topology(service("orders"), service("users"), call_from(path, "users"))
    assert edges(built) == [("orders", "users")]
    assert built.services[0].folders == (folder,)


@pytest.mark.parametrize(
    "further",
    [
        (service("orders", folder="apps/shop"),),
        (service("orders"), service("shop", folder="orders/web")),
        (service("orders"), service("shop", folder=".")),
        (service("orders"), call_from("old/orders/main.py", "users")),
        (service("orders", kind=NodeKind.DATASTORE),),
        (service("orders", infrastructure=True),),
        (service("order-service"),),
    ],
)
def test_a_folder_of_its_name_is_not_given_where_anything_speaks_against_it(further: tuple[Fact, ...]) -> None:
    built = topology(service("users"), *further, call_from("orders/main.py", "users"))
    assert "orders" not in {folder for s in built.services for folder in s.folders}


def test_only_source_makes_a_folder_the_code_of_its_namesake() -> None:
    built = topology(service("orders"), service("users"), call_from("orders/notes.yaml", "users"))
    assert built.boundaries == ()


def mount(name: str, path: str, confidence: Confidence = Confidence.HIGH) -> MountFact:
    return MountFact(Party(name), path, evidence("compose", confidence))


def test_a_mounted_file_speaks_for_the_service_it_is_mounted_into() -> None:
    facts = (service("proxy"), service("users"), mount("proxy", "nginx.conf"))
    assert edges(topology(*facts, call_from("nginx.conf", "users"))) == [("proxy", "users")]
    assert edges(topology(*facts, call_from("other.conf", "users"))) == []


def test_a_mount_inside_another_services_folder_is_closer_than_the_folder() -> None:
    facts = (service("web", folder="web"), service("proxy"), service("users"), mount("proxy", "web/proxy"))
    assert edges(topology(*facts, call_from("web/proxy/nginx.conf", "users"))) == [("proxy", "users")]
    assert edges(topology(*facts, call_from("web/app.js", "users"))) == [("web", "users")]


def test_who_is_built_from_a_folder_goes_before_who_mounts_it() -> None:
    facts = (service("web", folder="web"), service("proxy"), service("users"), mount("proxy", "web"))
    assert edges(topology(*facts, call_from("web/app.js", "users"))) == [("web", "users")]


@pytest.mark.parametrize("path", ["web", "web/nginx.conf"])
def test_a_mount_of_the_main_file_goes_before_one_of_a_variant(path: str) -> None:
    facts = (service("a-proxy"), service("proxy"), service("users"), mount("proxy", "web"))
    built = topology(*facts, mount("a-proxy", path, Confidence.MEDIUM), call_from("web/nginx.conf", "users"))
    assert edges(built) == [("proxy", "users")]


def test_a_file_mounted_into_several_services_speaks_for_none() -> None:
    facts = (service("a"), service("b"), service("users"), mount("a", "x.conf"), mount("b", "x.conf"))
    assert edges(topology(*facts, call_from("x.conf", "users"))) == []


def route(provider: str) -> CallFact:
    party = Party("", kind=NodeKind.GATEWAY, path="edge/nginx.conf")
    return CallFact(party, Party(provider), Style.SYNC, "http", evidence("gateways", path="edge/nginx.conf"))


@pytest.mark.parametrize(("providers", "kind"), [(("users",), NodeKind.SERVICE), (("users", "cart"), NodeKind.GATEWAY)])
def test_who_routes_to_two_services_is_a_gateway(providers: tuple[str, ...], kind: NodeKind) -> None:
    facts = (service("edge", folder="edge"), service("users"), service("cart"))
    built = topology(*facts, *(route(p) for p in providers))
    assert {s.id: s.kind for s in built.services}["edge"] is kind


def test_a_route_in_a_file_of_nobody_makes_no_service() -> None:
    built = topology(service("users"), service("cart"), route("users"), route("cart"))
    assert [s.id for s in built.services] == ["cart", "users"]


def product_from(path: str, technology: str) -> CallFact:
    meant = Party(technology, kind=NodeKind.DATASTORE, technology=technology)
    where = evidence("appconfig", Confidence.MEDIUM, path)
    return CallFact(Party("", path=path), meant, Style.RESOURCE, technology, where)


def test_a_product_named_in_settings_is_the_one_its_service_uses_or_the_only_one() -> None:
    def store(name: str) -> ServiceFact:
        return service(name, kind=NodeKind.DATASTORE, technology="mysql")

    cart = service("cart", folder="cart")
    named = product_from("cart/application.yml", "mysql")
    used = CallFact(Party("cart"), Party("cart-db"), Style.SYNC, "mysql", evidence("compose"))
    assert edges(topology(cart, store("cart-db"), named)) == [("cart", "cart-db")]
    assert edges(topology(cart, store("cart-db"), store("user-db"), named)) == []
    assert edges(topology(cart, store("cart-db"), store("mysql"), named)) == [("cart", "mysql")]
    assert edges(topology(cart, store("cart-db"), store("mysql"), named, used)) == [("cart", "cart-db")]
    assert edges(topology(cart, named)) == [("cart", "mysql")]


def test_a_folder_that_several_services_are_built_from_is_nobodys() -> None:
    facts = (service("cart", folder="shop"), service("users", folder="shop"), service("web", folder="web"))
    built = topology(*facts, module("shop/cmd/cart"), call_from("shop/cmd/cart/main.go", "users"))
    assert edges(built) == [("cart", "users")]


def test_a_folder_that_only_packs_leaves_its_service_the_folder_of_its_name() -> None:
    def coded(folder: str) -> ModuleFact:
        return ModuleFact(folder, ("cart",), replace(evidence("modules", path=folder), rule="build-file"), True)

    def packing(folder: str) -> ModuleFact:
        return ModuleFact(folder, ("cart",), replace(evidence("modules", path=folder), rule="folder"), True)

    facts = (service("cart", folder="docker/cart"), service("users"), call_from("java/cart/A.java", "users"))
    assert edges(topology(*facts, packing("docker/cart"), coded("java/cart"))) == [("cart", "users")]
    assert edges(topology(*facts, coded("docker/cart"), coded("java/cart"))) == []


def test_two_hosts_that_settings_name_are_two_stores() -> None:
    def store_of(name: str) -> CallFact:
        meant = Party(f"{name}-db", kind=NodeKind.DATASTORE, technology="mysql")
        where = evidence("appconfig", path=f"{name}/application.yml")
        return CallFact(Party("", path=f"{name}/application.yml"), meant, Style.RESOURCE, "mysql", where)

    facts = (service("cart", folder="cart"), service("users", folder="users"), store_of("cart"), store_of("users"))
    assert edges(topology(*facts)) == [("cart", "cart-db"), ("users", "users-db")]


def test_the_analysed_folder_itself_may_be_a_services() -> None:
    facts = (service("users"), module(".", "cart"))
    for path in ("main.go", "src/main.go"):
        assert edges(topology(*facts, call_from(path, "users"))) == [("cart", "users")]
