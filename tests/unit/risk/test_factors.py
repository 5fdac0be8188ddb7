"""What raises which mode: one small system per factor, compared with the same system without it."""

import pytest
from topology_builders import (
    answered,
    call,
    changed,
    history,
    message,
    node,
    op,
    resource,
    sent,
    store,
    topology,
    traffic,
)

from topoplan.config import RiskSettings
from topoplan.model.change import History
from topoplan.model.facts import NodeKind
from topoplan.model.journey import Journey, JourneySource
from topoplan.model.risk import Factor, Mode, RiskProfile
from topoplan.model.topology import Boundary, Service
from topoplan.risk import profile


def scored(
    services: list[Service], boundaries: list[Boundary], past: History | None = None, *journeys: Journey
) -> RiskProfile:
    """The profile of the first boundary."""
    system = topology(services, boundaries)
    found = profile(system, past or History(), journeys)
    return next(p for p in found if p.boundary == boundaries[0].id)


def factor(found: RiskProfile, mode: Mode | None, name: str) -> Factor:
    parts = found.impact_factors if mode is None else next(m.factors for m in found.modes if m.mode is mode)
    return next(f for f in parts if f.name == name)


def value(found: RiskProfile, mode: Mode | None, name: str) -> float:
    got = factor(found, mode, name).value
    assert got is not None
    return got


def test_undocumented_operations_and_no_specification() -> None:
    known = node("b", op("GET", "/x"), op("GET", "/y"))
    full = scored([node("a"), known], [call("a", "b", "GET /x", "GET /y")])
    half = scored([node("a"), known], [call("a", "b", "GET /x", "GET /z")])
    none = scored([node("a"), node("b")], [call("a", "b", "GET /x")])
    assert [value(p, Mode.SCHEMA, "undocumented") for p in (full, half, none)] == [0, 0.5, 1]
    assert factor(half, Mode.SCHEMA, "undocumented").reason == "used but not in the specification: GET /z"
    assert factor(none, Mode.SCHEMA, "undocumented").reason == "b has no specification"


def test_a_message_without_a_payload_schema_is_undocumented() -> None:
    with_schema = node("b", op("PUBLISH", "placed", sent("id")))
    consumer_side = node("a", op("RECEIVE", "placed", sent("id")))
    edge = message("a", "b", "placed")
    assert value(scored([node("a"), with_schema], [edge]), Mode.SCHEMA, "undocumented") == 0
    assert value(scored([consumer_side, node("b")], [edge]), Mode.SCHEMA, "undocumented") == 0
    bare = scored([node("a"), node("b", op("PUBLISH", "placed"))], [edge])
    assert value(bare, Mode.SCHEMA, "undocumented") == 1
    assert factor(bare, Mode.SCHEMA, "undocumented").reason == "no schema for publish placed"


def test_uses_that_are_not_known_are_taken_from_the_specification_and_said() -> None:
    found = scored([node("a"), node("b", op("GET", "/x"), op("POST", "/x"))], [call("a", "b")])
    assert (
        factor(found, Mode.SCHEMA, "operations-used").reason == "2 operations documented; which are used is not known"
    )
    assert "which operations are used" in found.missing


def test_messages_of_a_provider_are_not_what_its_callers_use() -> None:
    both = scored([node("a"), node("b", op("GET", "/x"), op("PUBLISH", "placed"))], [call("a", "b")])
    assert factor(both, Mode.SCHEMA, "operations-used").reason.startswith("1 operation documented")
    only = scored([node("a"), node("b", op("MESSAGE", "shop.Order"))], [call("a", "b", "GET /x")])
    assert factor(only, Mode.SCHEMA, "undocumented").reason == "b has no specification"


def test_the_same_field_with_another_type_on_the_other_side() -> None:
    def found(ours: str, theirs: str, name: str = "total") -> float | None:
        services = [
            node("a", op("GET", "/a", answered(name, ours))),
            node("b", op("GET", "/b", answered(name, theirs))),
        ]
        return factor(scored(services, [call("a", "b", "GET /b")]), Mode.SEMANTIC, "field-clash").value

    assert found("number", "number") == 0
    assert found("number", "string") == 0.5
    assert found("integer", "string", "id") is None, "too general a name to mean the same on both sides"


def test_an_absent_format_clashes_with_none() -> None:
    def found(ours: str, theirs: str) -> float:
        services = [
            node("a", op("GET", "/a", answered("day", "string", ours))),
            node("b", op("GET", "/b", answered("day", "string", theirs))),
        ]
        return value(scored(services, [call("a", "b", "GET /b")]), Mode.SEMANTIC, "field-clash")

    assert (found("date", ""), found("date", "date-time")) == (0, 0.5)


def test_owners() -> None:
    def found(ours: str, theirs: str) -> Factor:
        return factor(
            scored([node("a", owner=ours), node("b", owner=theirs)], [call("a", "b")]), Mode.SEMANTIC, "owners-differ"
        )

    assert (found("x", "x").value, found("x", "y").value, found("x", "").value) == (0, 1, None)
    assert found("x", "y").reason == "x owns a, y owns b"


def test_retries_are_dangerous_without_an_idempotency_key() -> None:
    def found(operation: str, key: bool = False) -> float | None:
        method, _, path = operation.partition(" ")
        offered = op(method, path, key=key)
        return factor(
            scored([node("a"), node("b", offered)], [call("a", "b", operation)]), Mode.BEHAVIOURAL, "unsafe-without-key"
        ).value

    assert found("POST /x") == 0.5
    assert found("POST /x", key=True) == found("PUT /x") == found("GET /x") == 0


def test_messages_are_redelivered_and_calls_are_not() -> None:
    posted = scored([node("a"), node("b")], [message("a", "b", "placed")])
    assert value(posted, Mode.BEHAVIOURAL, "redelivery") == 1
    called = scored([node("a"), node("b")], [call("a", "b")])
    names = {f.name for m in called.modes if m.mode is Mode.BEHAVIOURAL for f in m.factors}
    assert names == {"prior", "unsafe-without-key", "change"}


def test_a_pair_joined_by_calls_and_messages_in_either_direction() -> None:
    services = [node("a"), node("b")]
    assert value(scored(services, [call("a", "b")]), Mode.TEMPORAL, "calls-and-messages") == 0
    both = scored(services, [call("a", "b"), message("b", "a", "placed")])
    assert value(both, Mode.TEMPORAL, "calls-and-messages") == 1


def test_a_datastore_in_common() -> None:
    services = [node("a"), node("b"), store("db")]
    shared = scored(services, [call("a", "b"), resource("a", "db"), resource("b", "db")])
    assert value(shared, Mode.TEMPORAL, "shared-store") == 1
    assert factor(shared, Mode.TEMPORAL, "shared-store").reason == "both sides use db"
    assert value(scored(services, [call("a", "b"), resource("a", "db")]), Mode.TEMPORAL, "shared-store") == 0


def test_a_call_that_reads_what_another_call_wrote() -> None:
    services = [node("a"), node("b"), node("c"), store("db")]
    alone = [call("a", "b"), call("a", "c"), resource("b", "db")]
    assert value(scored(services, alone), Mode.TEMPORAL, "reads-after-writes") == 0
    through_store = scored(services, [*alone, resource("c", "db")])
    assert value(through_store, Mode.TEMPORAL, "reads-after-writes") == 1
    through_messages = scored(services, [*alone, message("c", "b", "written")])
    assert factor(through_messages, Mode.TEMPORAL, "reads-after-writes").reason == (
        "a also calls c, joined to b by messages"
    )


def test_chains_fan_in_and_blast_radius_raise_the_cascade() -> None:
    services = [node(name) for name in "abcde"]
    alone = scored(services, [call("a", "b")])
    chained = scored(services, [call("a", "b"), call("b", "c"), call("d", "a")])
    crowded = scored(services, [call("a", "b"), call("c", "b"), call("d", "b")])
    assert value(alone, Mode.CASCADE, "chain") == 0 < value(chained, Mode.CASCADE, "chain")
    assert factor(chained, Mode.CASCADE, "chain").reason == "a synchronous chain of 3 hops runs through it"
    assert value(alone, Mode.CASCADE, "fan-in") == 0 < value(crowded, Mode.CASCADE, "fan-in")
    assert value(alone, Mode.CASCADE, "blast-radius") < value(chained, Mode.CASCADE, "blast-radius")


def test_monitoring_neither_lengthens_chains_nor_widens_the_blast() -> None:
    services = [node("a"), node("b"), node("prometheus", infrastructure=True)]
    plain = scored(services, [call("a", "b")])
    watched = scored(
        services, [call("a", "b"), call("prometheus", "b"), call("prometheus", "a"), call("b", "prometheus")]
    )
    assert plain == watched


def test_errors_and_tail() -> None:
    def found(errors: int, slow_ms: float) -> RiskProfile:
        return scored([node("a"), node("b")], [call("a", "b", stats=traffic(100, errors, slow_ms=slow_ms))])

    assert value(found(0, 10), Mode.CASCADE, "error-rate") == 0
    assert value(found(2, 10), Mode.CASCADE, "error-rate") == 0.5
    assert value(found(0, 10), Mode.CASCADE, "tail") == 0 < value(found(0, 500), Mode.CASCADE, "tail")


def test_stores() -> None:
    services = [node("a"), node("b"), store("db"), store("cache", "redis"), store("odd", "")]

    def found(name: str, *boundaries: Boundary) -> float | None:
        return factor(scored(services, list(boundaries)), Mode.INFRASTRUCTURE, name).value

    assert found("transactions", resource("a", "db")) == 1
    assert found("transactions", resource("a", "cache", protocol="redis")) == 0
    assert found("expiry", resource("a", "cache", protocol="redis")) == 1
    assert found("expiry", resource("a", "odd", protocol="tcp")) is None
    assert found("store-writes", resource("a", "db")) is None
    assert found("store-writes", resource("a", "db", "SELECT x")) == 0
    assert found("store-writes", resource("a", "db", "UPDATE x")) == 1
    assert found("store-users", resource("a", "db")) == 0
    assert found("store-users", resource("a", "db"), resource("b", "db")) == 0.5


def test_gateways() -> None:
    gate = node("gate", kind=NodeKind.GATEWAY)

    def found(*operations: tuple[str, bool | None, tuple[str, ...]]) -> RiskProfile:
        offered = [op("GET", path, security=schemes, unauthenticated=anyone) for path, anyone, schemes in operations]
        return scored([gate, node("b", *offered)], [call("gate", "b", *(o.id for o in offered))])

    closed = found(("/x", False, ("oauth",)))
    open_ = found(("/x", False, ("oauth",)), ("/y", True, ("key",)))
    for name in ("routes", "open-operations", "auth-schemes"):
        assert value(closed, Mode.GATEWAY, name) < value(open_, Mode.GATEWAY, name)
    assert factor(open_, Mode.GATEWAY, "open-operations").reason == "anyone may call GET /y"
    assert factor(found(("/x", None, ())), Mode.GATEWAY, "open-operations").value is None


def test_journeys_that_write_in_more_services_with_messages_and_compensations() -> None:
    order, payment = (
        node("order", op("POST", "/orders")),
        node("payment", op("POST", "/payments"), op("POST", "/refund")),
    )
    edges = [call("gate", "order", "POST /orders"), call("order", "payment", "POST /payments")]
    short = Journey("checkout", ("gate", "order", "payment"))
    plain = scored([node("gate"), order, payment, node("mail")], edges, None, short)
    long = Journey("checkout", ("gate", "order", "payment", "mail"))
    wider = [*edges, message("mail", "order", "placed"), call("gate", "payment", "POST /refund")]
    saga = scored([node("gate"), order, payment, node("mail")], wider, None, long)
    for name in ("writers", "message-steps", "compensations"):
        assert value(plain, Mode.CONSISTENCY, name) < value(saga, Mode.CONSISTENCY, name)
    assert factor(saga, Mode.CONSISTENCY, "writers").reason == (
        "journey checkout writes in 3 services: mail, order, payment"
    )


@pytest.mark.parametrize("word", ["money", "compliance"])
def test_money_and_compliance_are_the_top_of_criticality(word: str) -> None:
    services, edges = [node("a"), node("b")], [call("a", "b")]
    values = [
        value(scored(services, edges, None, Journey("j", ("a", "b"), w)), None, "criticality")
        for w in (word, "high", "normal", "low")
    ]
    assert values == [1, 0.75, 0.5, 0.25]


def test_criticality_is_the_highest_of_journeys_and_ends_and_normal_when_undeclared() -> None:
    edges = [call("a", "b")]
    assert value(scored([node("a"), node("b")], edges), None, "criticality") == 0.5
    lowly = scored([node("a"), node("b", criticality="low")], edges)
    assert value(lowly, None, "criticality") == 0.25
    mixed = scored([node("a"), node("b", criticality="low")], edges, None, Journey("pay", ("b", "a"), "money"))
    assert factor(mixed, None, "criticality").reason == "on journey pay (money)"


def test_a_boundary_lies_on_a_journey_only_with_both_ends_or_as_a_members_store() -> None:
    services, pay = [node("a"), node("b"), store("db")], Journey("pay", ("b",), "money")
    assert value(scored(services, [call("a", "b")], None, pay), None, "criticality") == 0.5
    assert value(scored(services, [resource("b", "db")], None, pay), None, "criticality") == 1


def test_writes_and_traffic_raise_the_impact() -> None:
    b = node("b", op("POST", "/x"), op("GET", "/x"))
    reads, writes = (scored([node("a"), b], [call("a", "b", f"{method} /x")]) for method in ("GET", "POST"))
    assert (value(reads, None, "writes"), value(writes, None, "writes")) == (0, 1)
    assert reads.impact < writes.impact
    busy = [call("a", "b", stats=traffic(300)), call("b", "a", stats=traffic(100)), call("a", "c")]
    quiet = [busy[1], busy[0], busy[2]]
    assert value(scored([node("a"), b], quiet), None, "traffic") < value(scored([node("a"), b], busy), None, "traffic")
    unseen = factor(scored([node("a"), b], [busy[2], *busy[:2]]), None, "traffic")
    assert (unseen.value, unseen.reason) == (0, "none of 400 calls in the traces")


def test_history_tells_each_side_and_leaves_out_what_is_not_under_version_control() -> None:
    services, edges = [node("a"), node("b", op("GET", "/x"))], [call("a", "b", "GET /x")]
    found = scored(services, edges, history(changed("b", 0.5, 0.25, fixes=2)))
    assert factor(found, Mode.SCHEMA, "change").reason == (
        "interface changed by 25 % of its size lately (2 commits); b changed by 50 % of its size lately (3 commits); "
        "2 fix commits"
    )
    assert value(found, Mode.SCHEMA, "interface-churn") == 0.5
    outside = scored(services, edges, history(changed("z")))
    assert factor(outside, Mode.SCHEMA, "change").reason == "neither side is under version control; taken as 0.5"
    off = scored(services, edges, History(reason="switched off"))
    assert factor(off, Mode.SCHEMA, "change").reason == "no version control history (switched off); taken as 0.5"


def test_a_teams_own_words_count_as_money() -> None:
    system = topology([node("a"), node("b", op("GET", "/x", answered("points")))], [call("a", "b", "GET /x")])
    (plain,) = profile(system)
    (taught,) = profile(system, settings=RiskSettings(money_fields=("Points",)))
    assert value(plain, Mode.SEMANTIC, "measured-fields") == 0 < value(taught, Mode.SEMANTIC, "measured-fields")


def test_one_dependent_is_told_in_the_singular() -> None:
    one, two = [call("a", "b")], [call("a", "b"), call("c", "a")]
    nodes = [node("a"), node("b"), node("c")]
    assert (
        factor(scored(nodes, one), None, "blast-radius").reason == "1 service depends on b, directly or through others"
    )
    assert (
        factor(scored(nodes, two), None, "blast-radius").reason == "2 services depend on b, directly or through others"
    )


def test_a_journey_seen_in_traces_does_not_tell_how_much_it_matters() -> None:
    seen = Journey("s", ("a", "b"), source=JourneySource.TRACES, boundaries=("a->b/http",))
    ends = [node("a", criticality="low"), node("b", criticality="low")]
    assert factor(scored(ends, [call("a", "b")], None, seen), None, "criticality").reason == "a is low"
