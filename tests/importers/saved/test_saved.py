"""A saved topology or report becomes the same topology again."""

import copy
import io
import json
from pathlib import Path
from typing import Any

import pytest
from fact_builders import call, channel, service
from msgspec.structs import replace

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import (
    CallFact,
    ChannelRole,
    Fact,
    Hint,
    HintKind,
    InterfaceFact,
    NodeKind,
    Party,
    ServiceFact,
    SourceState,
    Use,
)
from topoplan.model.operation import Field, FieldPlace, Operation, Outcome
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.stats import Stats
from topoplan.model.topology import Topology
from topoplan.reporting.json_text import dump
from topoplan.reporting.topology_json import topology_document
from topoplan_importers.saved import SavedImporter

TRAFFIC = Stats(calls=40, errors=2, traces=30, first_seen=1_700_000_000, last_seen=1_700_000_600, buckets=((400, 40),))


def spec_evidence(path: str) -> Evidence:
    return Evidence("openapi", Where(path, 1), Basis.DECLARED, Confidence.HIGH, "specification", "OpenAPI 3.0")


def interface(operation: Operation, protocol: str, path: str) -> InterfaceFact:
    return InterfaceFact((Hint(HintKind.FILE, "users"),), (operation,), protocol, path, spec_evidence(path))


def rich_facts() -> list[Fact]:
    """A system with most of what facts can say."""
    get = Operation(
        "GET",
        "/users/{id}",
        Where("users/openapi.yaml", 7),
        "Find one",
        (Outcome("200", "Found"),),
        (Field(FieldPlace.PATH, "id", "string", "uuid", True),),
        ("key",),
        False,
    )
    check = Operation("RPC", "health.Health/Check", Where("users/health.proto", pointer="/x"))
    users = replace(
        service("users", aliases=("user-api",), folder="users"),
        image="acme/users:1",
        owner="team-users",
        domain="people",
        criticality="high",
    )
    uses = (Use("GET", "/users/8", TRAFFIC), Use("GET", "/gone", Stats(calls=1)), Use("RPC", "health.Health/Check"))
    store = Party("postgres", kind=NodeKind.DATASTORE, technology="postgresql")
    return [
        service("gateway", kind=NodeKind.GATEWAY),
        users,
        service("users", folder="libs/users"),
        service("db", kind=NodeKind.DATASTORE, technology="postgresql"),
        service("tracing", infrastructure=True),
        service("mailer"),
        interface(get, "http", "users/openapi.yaml"),
        interface(check, "grpc", "users/health.proto"),
        call("gateway", "users", uses=(Use("GET", "/users/{id}"),)),
        call("gateway", "users", confidence=Confidence.LOW),
        replace(call("gateway", "users", importer="otlp", uses=uses), stats=TRAFFIC),
        call("users", store, protocol="postgresql"),
        call("users", Party("api.stripe.com", kind=NodeKind.EXTERNAL)),
        channel("users", ChannelRole.PUBLISH, "user.created"),
        channel("mailer", ChannelRole.RECEIVE, "user.created"),
    ]


def saved(topology: Topology) -> dict[str, Any]:
    return topology_document(topology)


def read(root: Path, document: object, name: str = "topology.json") -> Imported:
    """The importer's reading of a document written as topoplan writes it."""
    out = io.StringIO()
    dump(document, out)  # type: ignore[arg-type]
    data = out.getvalue().encode()
    (root / name).write_bytes(data)
    found = Candidate(name, name, len(data), data[:4096])
    importer = SavedImporter()
    assert importer.claims(found)
    return importer.read([found], Workspace({".": root}), ImportOptions())


def rebuilt(root: Path, topology: Topology) -> Topology:
    imported = read(root, saved(topology))
    assert [source.state for source in imported.sources] == [SourceState.ANALYSED]
    assert imported.sources[0].facts == len(imported.facts)
    return build_topology(imported.facts, imported.sources, imported.notices, Settings())


def without_joins(topology: Topology) -> list[object]:
    """Services and boundaries but for the reasons of joins, which facts cannot carry."""
    return [replace(s, joins=()) for s in topology.services] + list(topology.boundaries)


@pytest.fixture
def topology() -> Topology:
    made = build_topology(rich_facts(), (), (), Settings())
    assert len(made.services) == 6
    assert len(made.boundaries) == 4
    return made


def test_saving_and_reading_gives_the_same_topology(tmp_path: Path, topology: Topology) -> None:
    again = rebuilt(tmp_path, topology)
    assert without_joins(again) == without_joins(topology)
    third = rebuilt(tmp_path, again)
    assert (third.services, third.boundaries) == (again.services, again.boundaries)


def test_evidence_is_kept_as_it_was(tmp_path: Path, topology: Topology) -> None:
    imported = read(tmp_path, saved(topology))
    told = {fact.evidence for fact in imported.facts if isinstance(fact, CallFact)}
    assert told == {evidence for boundary in topology.boundaries for evidence in boundary.evidence}


def test_traffic_is_counted_once(tmp_path: Path, topology: Topology) -> None:
    facts = [fact for fact in read(tmp_path, saved(topology)).facts if isinstance(fact, CallFact)]
    assert sum(fact.stats.calls for fact in facts if fact.stats) == TRAFFIC.calls
    uses = [use for fact in facts for use in fact.uses]
    assert len(uses) == len({(use.method, use.path) for use in uses})


def test_a_report_is_read_for_its_topology(tmp_path: Path, topology: Topology) -> None:
    report = {"format": "topoplan/report", "format_version": 1, "system": "shop", "topology": saved(topology)}
    assert read(tmp_path, report).facts == read(tmp_path, saved(topology)).facts


@pytest.mark.parametrize(
    "operation", ["GET /a b", "shop.Users/Get", "publish a.b", "receive a b", "GET", "odd", "COPY /x"]
)
def test_operations_keep_their_id(tmp_path: Path, topology: Topology, operation: str) -> None:
    document = saved(topology)
    edge = next(b for b in document["boundaries"] if b["operations"])
    edge["operations"] = [{"id": operation, "basis": "declared"}]
    again = build_topology(read(tmp_path, document).facts, (), (), Settings())
    assert [o.id for b in again.boundaries if b.id == edge["id"] for o in b.operations] == [operation]


def test_two_services_of_one_name_stay_two(tmp_path: Path) -> None:
    facts = [
        replace(service("db", scope=scope), folder=scope, evidence=spec_evidence(f"{scope}/compose.yaml"))
        for scope in ("shop", "pay")
    ]
    topology = build_topology(facts, (), (), Settings())
    assert len(topology.services) == 2
    assert len(rebuilt(tmp_path, topology).services) == 2


def test_a_service_without_evidence_points_at_the_saved_file(tmp_path: Path) -> None:
    document = {"format": "topoplan/topology", "format_version": 1}
    document |= {"services": [{"id": "a", "name": "a", "kind": "service"}]}  # type: ignore[dict-item]
    (fact,) = read(tmp_path, document).facts
    assert isinstance(fact, ServiceFact)
    assert str(fact.evidence.where) == "topology.json#/services/0"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format_version": 2}, "version"),
        ({"format_version": None}, "version"),
        ({"services": 5}, "expected list, found int (#/services)"),
        ({"services": [{}]}, "id, name, kind, found dict (#/services/0)"),
        ({"services": [{"id": "a", "name": "a", "kind": "robot"}]}, "#/services/0/kind"),
        ({"boundaries": [{"id": 1}]}, "#/boundaries/0/id"),
        ({"format": ["topoplan/topology"]}, "is no report or topology"),
    ],
)
def test_what_does_not_fit_is_a_failed_source(
    tmp_path: Path, topology: Topology, change: dict[str, object], reason: str
) -> None:
    document = {"note": {"format": "topoplan/topology"}, **saved(topology), **change}
    imported = read(tmp_path, document)
    (source,) = imported.sources
    assert source.state is SourceState.FAILED
    assert reason in source.reason
    assert imported.facts == ()


@pytest.mark.parametrize(
    "stats",
    [{"calls": -1}, {"calls": 2**80}, {"buckets": [[10**9, 1]]}, {"buckets": [[-1, 1]]}, {"buckets": [[1, 0]]}],
)
def test_impossible_traffic_is_refused(tmp_path: Path, topology: Topology, stats: dict[str, object]) -> None:
    document = copy.deepcopy(saved(topology))
    document["boundaries"][0]["stats"] = stats
    (source,) = read(tmp_path, document).sources
    assert source.state is SourceState.FAILED
    assert "impossible" in source.reason


def test_text_of_a_saved_file_is_cleaned(tmp_path: Path, topology: Topology) -> None:
    text = json.dumps(saved(topology)).replace("mailer", "mail\\u001b[31m\\u202eer")
    imported = read(tmp_path, json.loads(text))
    assert imported.facts
    assert "\\x1b" not in repr(imported.facts)
    assert "\\u202e" not in repr(imported.facts)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"format": "other"}', b'format: "topoplan/topology"', b"\xff{"])
def test_other_files_are_not_claimed(content: bytes) -> None:
    assert not SavedImporter().claims(Candidate("topology.json", "topology.json", len(content), content))


def test_malformed_json_is_a_failed_source(tmp_path: Path) -> None:
    data = b'{"format": "topoplan/topology", "format_version": 1, "services": ['
    (tmp_path / "t.json").write_bytes(data)
    imported = SavedImporter().read(
        [Candidate("t.json", "t.json", len(data), data)], Workspace({".": tmp_path}), ImportOptions()
    )
    assert [source.state for source in imported.sources] == [SourceState.FAILED]
