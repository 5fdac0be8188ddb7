"""Facts about one edge become one boundary with all its evidence."""

import pytest
from fact_builders import call, channel, evidence, service
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from topoplan.config import ServiceSettings, Settings
from topoplan.graph import build_topology
from topoplan.model.facts import (
    CallFact,
    ChannelFact,
    ChannelRole,
    Fact,
    Hint,
    HintKind,
    InterfaceFact,
    NodeKind,
    Party,
    Severity,
    Style,
    Use,
)
from topoplan.model.operation import Operation
from topoplan.model.place import Confidence
from topoplan.model.stats import Stats
from topoplan.model.topology import Topology


def topology(*facts: Fact, config: Settings | None = None) -> Topology:
    return build_topology(facts, (), (), config or Settings())


def interface(*operations: Operation, hints: tuple[Hint, ...] = (), folder: str = "") -> InterfaceFact:
    path = f"{folder or '.'}/openapi.yaml"
    return InterfaceFact(hints, operations, "http", path, evidence("openapi", path=path), folder=folder)


USERS = (service("web"), service("users"))
GET_USER = Operation("GET", "/users/{userId}")
SERVER = (Hint(HintKind.SERVER, "users"),)


def test_declared_and_observed_facts_meet_in_one_boundary() -> None:
    built = topology(*USERS, call("web", "users"), call("web", "users", "otlp", calls=4))
    (boundary,) = built.boundaries
    assert boundary.id == "web->users/http"
    assert boundary.basis == "both"
    assert boundary.stats == Stats(calls=4)
    assert [e.importer for e in boundary.evidence] == ["compose", "otlp"]


def test_an_unknown_protocol_speaks_of_the_known_one() -> None:
    built = topology(*USERS, call("web", "users", protocol="tcp"), call("web", "users", "otlp", protocol="grpc"))
    assert [b.protocol for b in built.boundaries] == ["grpc"]
    assert len(built.boundaries[0].evidence) == 2


def test_a_declared_protocol_that_traces_contradict_was_a_guess() -> None:
    built = topology(*USERS, call("web", "users"), call("web", "users", "otlp", protocol="grpc", calls=2))
    assert [(b.id, b.basis) for b in built.boundaries] == [("web->users/grpc", "both")]
    assert built.drift == ()


def test_two_known_protocols_are_two_boundaries() -> None:
    built = topology(*USERS, call("web", "users"), call("web", "users", protocol="grpc"))
    assert [b.id for b in built.boundaries] == ["web->users/grpc", "web->users/http"]


def test_who_talks_to_a_store_uses_a_resource() -> None:
    store = service("cache", kind=NodeKind.DATASTORE, technology="redis")
    built = topology(service("web"), store, call("web", "cache", protocol="tcp"))
    assert [(b.style, b.protocol) for b in built.boundaries] == [(Style.RESOURCE, "redis")]


def test_self_calls_are_no_boundary() -> None:
    assert topology(service("web"), call("web", "web")).boundaries == ()


def test_called_paths_become_documented_operations() -> None:
    uses = (Use("GET", "/users/{id}", Stats(calls=2)), Use("DELETE", "/users/{id}", Stats(calls=1)))
    built = topology(*USERS, interface(GET_USER, hints=SERVER), call("web", "users", "otlp", uses=uses, calls=3))
    got = {o.id: (o.documented, o.stats.calls if o.stats else 0) for o in built.boundaries[0].operations}
    assert got == {"GET /users/{userId}": (True, 2), "DELETE /users/{id}": (False, 1)}


def test_without_a_spec_nobody_says_undocumented() -> None:
    built = topology(*USERS, call("web", "users", "otlp", uses=(Use("GET", "/users/{id}"),)))
    assert built.boundaries[0].operations[0].documented is None
    assert [d.kind for d in built.drift] == []


def test_a_spec_of_requests_says_nothing_of_messages() -> None:
    event = call(
        "web", "users", "otlp", Style.MESSAGE, "kafka", uses=(Use("PUBLISH", "user.left"),), channel="user.left"
    )
    built = topology(*USERS, interface(GET_USER, hints=SERVER), event)
    assert built.boundaries[0].operations[0].documented is None


def test_a_spec_belongs_to_the_service_whose_folder_holds_it() -> None:
    services = (service("users", folder="src/users"), service("users-admin", folder="src/users/admin"))
    built = topology(*services, interface(GET_USER, folder="src/users/admin/api"))
    assert {s.id: bool(s.operations) for s in built.services} == {"users": False, "users-admin": True}


def test_a_spec_that_fits_nobody_makes_its_own_service() -> None:
    hints = (Hint(HintKind.FOLDER, "billing"), Hint(HintKind.TITLE, "Billing API"))
    built = topology(interface(GET_USER, hints=hints, folder="billing"))
    assert [(s.id, s.specs) for s in built.services] == [("billing", ("billing/openapi.yaml",))]


def test_configuration_says_whose_spec_it_is() -> None:
    config = Settings(services={"web": ServiceSettings(specs=("x/openapi.yaml",))})
    built = topology(*USERS, interface(GET_USER, hints=SERVER, folder="x"), config=config)
    assert {s.id: bool(s.operations) for s in built.services} == {"users": False, "web": True}


def test_publishers_and_receivers_of_a_channel_meet() -> None:
    broker = service("kafka", kind=NodeKind.BROKER, technology="kafka")
    built = topology(
        service("orders"),
        service("mail"),
        service("stock"),
        broker,
        channel("orders", ChannelRole.PUBLISH, "order.created", "kafka"),
        channel("mail", ChannelRole.RECEIVE, "order.created", "kafka"),
        channel("stock", ChannelRole.RECEIVE, "order.cancelled", "kafka"),
    )
    messages = [b for b in built.boundaries if b.style is Style.MESSAGE]
    assert [b.id for b in messages] == ["mail<-orders/kafka:order.created"]
    assert messages[0].broker == "kafka"
    assert {b.id for b in built.boundaries if b.style is Style.RESOURCE} == {
        "mail->kafka/kafka",
        "orders->kafka/kafka",
        "stock->kafka/kafka",
    }


def test_a_broker_is_used_over_one_protocol_whatever_a_source_calls_it() -> None:
    broker = service("rabbit", kind=NodeKind.BROKER, technology="rabbitmq")
    party = Party("rabbit", kind=NodeKind.BROKER, technology="rabbitmq")
    publishes = ChannelFact(Party("orders"), ChannelRole.PUBLISH, "created", "amqp", evidence("source"), party)
    built = topology(service("orders"), broker, call("orders", "rabbit", protocol="amqp"), publishes)
    assert [b.id for b in built.boundaries] == ["orders->rabbit/rabbitmq"]


def test_weak_boundaries_are_left_out_and_told() -> None:
    facts = (*USERS, call("web", "users", confidence=Confidence.LOW))
    built = topology(*facts)
    assert built.boundaries == ()
    assert [n.slug for n in built.notices] == ["no-calls", "weak-boundaries"]
    notice = built.notices[1]
    assert (notice.slug, notice.severity) == ("weak-boundaries", Severity.WARNING)
    assert notice.message.startswith("only suggested: 1 boundary on weak evidence")
    assert [b.id for b in built.suggestions] == ["web->users/http"]
    mostly_known = topology(*facts, service("carts"), call("web", "carts"))
    assert [n.severity for n in mostly_known.notices] == [Severity.INFO]
    assert len(topology(*facts, config=Settings(min_confidence="low")).boundaries) == 1


def test_two_importers_that_agree_are_surer_than_either() -> None:
    weak = call("web", "users", confidence=Confidence.LOW)
    also = call("web", "users", "kubernetes", confidence=Confidence.LOW)
    assert [b.confidence for b in topology(*USERS, weak, also).boundaries] == [Confidence.MEDIUM]
    assert topology(*USERS, weak, weak).boundaries == ()


@pytest.mark.parametrize("rule", ["depends-on", "registry-proxy"])
def test_whom_a_service_may_call_is_doubted_where_calls_are_known_better(rule: str) -> None:
    vague = CallFact(
        Party("web"), Party("stock"), Style.SYNC, "tcp", replace(evidence(confidence=Confidence.MEDIUM), rule=rule)
    )
    services = (*USERS, service("stock"))
    assert [b.provider for b in topology(*services, vague).boundaries] == ["stock"]
    assert [b.provider for b in topology(*services, vague, call("web", "users", "source")).boundaries] == ["users"]


def test_drift_tells_both_directions_and_operations() -> None:
    uses = (Use("GET", "/users", Stats(calls=5)),)
    built = topology(
        service("web"),
        service("users"),
        service("stock"),
        interface(GET_USER, hints=SERVER),
        call("web", "stock"),
        call("web", "users", "otlp", uses=uses, calls=5),
    )
    assert [(d.kind, d.subject, d.operation) for d in built.drift] == [
        ("never-observed", "web->stock/http", ""),
        ("not-declared", "web->users/http", ""),
        ("undocumented-operation", "web->users/http", "GET /users"),
        ("unused-operation", "users", "GET /users/{userId}"),
    ]


def test_there_is_no_drift_without_traces() -> None:
    assert topology(*USERS, call("web", "users"), interface(GET_USER, hints=SERVER)).drift == ()


NAMES = st.sampled_from(["web", "users", "UserService", "user", "orders", "order-db", "db"])
FACTS = st.one_of(
    st.builds(
        service,
        NAMES,
        st.sampled_from(["compose", "otlp", "kubernetes"]),
        st.sampled_from(["", "a", "b"]),
        st.sampled_from([None, NodeKind.SERVICE, NodeKind.DATASTORE]),
        st.sampled_from(["", "postgresql"]),
    ),
    st.builds(
        call,
        NAMES,
        st.builds(Party, NAMES, kind=st.sampled_from([None, NodeKind.DATASTORE]), technology=st.just("postgresql")),
        st.sampled_from(["compose", "otlp"]),
        protocol=st.sampled_from(["tcp", "http", "grpc"]),
        calls=st.integers(0, 9),
    ),
    st.builds(channel, NAMES, st.sampled_from(list(ChannelRole)), st.sampled_from(["t1", "t2"])),
    st.builds(interface, st.just(GET_USER), hints=st.just(SERVER), folder=st.sampled_from(["", "users", "web"])),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(FACTS, max_size=12).flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts))))
def test_the_order_of_facts_does_not_matter(pair: tuple[list[Fact], list[Fact]]) -> None:
    assert topology(*pair[0]) == topology(*pair[1])
