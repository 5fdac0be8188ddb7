"""What is real, in which order it starts, and what every stub is made from."""

from msgspec.structs import replace
from topology_builders import EVIDENCE, call, message, node, op, resource, store, topology

from topoplan.model.coverage import BoundaryCoverage, Claim, Coverage, Grade, State, TechniqueCoverage
from topoplan.model.facts import NodeKind
from topoplan.model.plan import Stub, Technique
from topoplan.model.topology import Boundary, Service
from topoplan.planning.scope import contracts_of, scope_along, scope_of, start_order
from topoplan.planning.system import System, system_of

A_B, B_C, C_D = call("a", "b"), call("b", "c"), call("c", "d")
B_DB = resource("b", "b-db")
OUT = call("b", "stripe")
SERVICES = [
    node("a"), node("b"), node("c", op("GET", "/c")), node("d"), store("b-db", image="registry.local/postgres:16"),
    store("z-db"), node("stripe", kind=NodeKind.EXTERNAL), node("kafka", kind=NodeKind.BROKER),
]  # fmt: skip


def system(*boundaries: Boundary, services: list[Service] | None = None) -> System:
    return system_of(topology(services or SERVICES, list(boundaries)), (), ())


def covered(boundary: Boundary, *claims: Claim) -> Coverage:
    state = TechniqueCoverage(Technique.CONTRACT, State.COVERED, 1.0, claims=claims)
    return Coverage((BoundaryCoverage(boundary.id, (state,)),))


def claim(check: str, grade: Grade = Grade.VERIFIED, *operations: str) -> Claim:
    return Claim(check, grade, EVIDENCE, operations)


def test_a_slice_holds_its_services_their_resources_and_no_more() -> None:
    scope = scope_along(system(A_B, B_C, C_D, B_DB, OUT, resource("d", "z-db")), [A_B, B_C])
    assert scope.services == ("c", "b", "a"), "providers start before their consumers"
    assert scope.resources == ("b-db (postgres:16)",), "not the store of d, which is a stub"
    assert scope.stubs == (Stub("d", "hand-written stub"), Stub("stripe", "hand-written stub"))


def test_end_to_end_leaves_only_external_systems_out() -> None:
    scope = scope_along(system(A_B, B_C, C_D, B_DB, OUT, resource("d", "z-db")), [A_B], whole=True)
    assert scope.services == ("d", "c", "b", "a")
    assert scope.resources == ("b-db (postgres:16)", "z-db (postgresql)")
    assert scope.stubs == (Stub("stripe", "hand-written stub"),)


def test_messages_bring_their_broker() -> None:
    news = message("d", "c", "news", broker="kafka")
    scope = scope_along(system(B_C, news), [B_C, news])
    assert (set(scope.services), scope.resources) == ({"b", "c", "d"}, ("kafka",))


def test_an_external_store_is_a_stub() -> None:
    bucket = resource("b", "bucket", protocol="s3")
    services = [*SERVICES, node("bucket", kind=NodeKind.EXTERNAL)]
    scope = scope_along(system(A_B, B_C, bucket, services=services), [A_B, B_C])
    assert (scope.resources, scope.stubs) == ((), (Stub("bucket", "hand-written stub"),))


def test_start_order_follows_calls_whatever_order_is_asked_for() -> None:
    chain = system(A_B, B_C, C_D)
    assert start_order(chain, ["a", "b", "c", "d"]) == start_order(chain, ["b", "d", "a", "c"]) == ("d", "c", "b", "a")


def test_a_circle_is_cut_at_the_service_asked_for_first() -> None:
    circle = system(A_B, B_C, call("c", "a"))
    assert start_order(circle, ["a", "b", "c"]) == ("c", "b", "a")
    assert start_order(circle, ["b", "a", "c"]) == ("a", "c", "b")


def test_a_stub_is_made_from_the_contract_of_the_pair_rather_than_from_the_specification() -> None:
    contracts = contracts_of([B_C], covered(B_C, claim("pact b / c", Grade.VERIFIED, "GET /c")))
    scope = scope_of(system(A_B, B_C), A_B, Technique.BOUNDARY, contracts)
    assert scope.stubs == (Stub("c", "pact b / c"),)


def test_who_has_no_contract_keeps_the_specification() -> None:
    a_c = call("a", "c")
    contracts = contracts_of([B_C, a_c], covered(B_C, claim("pact b / c", Grade.UNVERIFIED, "GET /c")))
    scope = scope_along(system(A_B, B_C, a_c), [A_B], contracts=contracts)
    assert scope.stubs == (Stub("c", "pact b / c and spec c/openapi.yaml"),)


def test_contracts_that_fail_or_were_never_read_or_are_no_contracts_make_no_stub() -> None:
    failing = claim("pact b / c", Grade.FAILING, "GET /c")
    unread = claim("pact b / c", Grade.UNVERIFIED)
    test = claim("tests > reads c", Grade.VERIFIED, "GET /c")
    for one in (failing, unread, test):
        assert contracts_of([B_C], covered(B_C, one)) == {}
    passing = replace(failing, grade=Grade.VERIFIED)
    assert contracts_of([B_C], covered(B_C, passing, failing)) == {}, "a stub of what fails would lie"


def test_who_receives_messages_starts_before_who_sends_them() -> None:
    news = message("d", "c", "news", broker="kafka")
    assert start_order(system(B_C, news), ["b", "c", "d"]) == ("d", "c", "b")
