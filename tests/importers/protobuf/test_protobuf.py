"""Which gRPC services there are, what they take and give, and whose they are."""

from pathlib import Path

import pytest
from definition_reading import check_golden, interfaces, read_files, sources
from fact_builders import service

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.history.breaking import breaks
from topoplan.importing.contract import Imported
from topoplan.model.change import BreakKind
from topoplan_importers.protobuf import ProtobufImporter

CART = """
syntax = "proto3"; // a comment with { and "
package shop.v1;
import "shop/money.proto";
option java_package = "x";
/* service Ghost { rpc No(A) returns (B); } */
service CartService {
  option deprecated = false;
  rpc AddItem(AddItemRequest) returns (Empty) {
    option (google.api.http) = { post: "/v1/cart" body: "*" };
  }
  rpc Watch (stream .shop.v1.GetRequest) returns (stream Cart);
}
message AddItemRequest { string user_id = 1; Item item = 2; }
message Item { string id = 1; int32 count = 2 [deprecated = true]; map<string, Item> parts = 3; }
message GetRequest { string user_id = 1; }
message Cart {
  enum State { OPEN = 0; PAID = 1; }
  message Line { Item item = 1; }
  reserved 5, 6;
  repeated Line lines = 1;
  State state = 2;
  oneof total { shop.Money money = 3; int64 points = 4; }
}
message Empty {}
"""
MONEY = 'syntax = "proto3"; package shop; message Money { string currency = 1; int64 units = 2; }'


def run(root: Path, files: dict[str, str | bytes]) -> Imported:
    return read_files(ProtobufImporter(), root, files)


def test_golden(tmp_path: Path) -> None:
    check_golden("protobuf", run(tmp_path, {"protos/cart.proto": CART, "protos/shop/money.proto": MONEY}))


def test_fields_are_read_through_imports_nesting_and_oneofs(tmp_path: Path) -> None:
    (cart,) = interfaces(run(tmp_path, {"protos/cart.proto": CART, "protos/shop/money.proto": MONEY}))
    watch = {o.id: o for o in cart.operations}["shop.v1.CartService/Watch"]
    types = {(f.place.value, f.name): (f.type, f.format) for f in watch.fields}
    assert types["request", "user_id"] == ("string", "")
    assert types["response", "lines[].item.count"] == ("integer", "int32")
    assert types["response", "state"] == ("string", "")
    assert types["response", "money.units"] == ("integer", "int64")
    assert types["response", "points"] == ("integer", "int64")


@pytest.mark.parametrize("provider", ["cart", "cartservice", "cart-service"])
def test_a_service_is_known_by_its_name(tmp_path: Path, provider: str) -> None:
    imported = run(tmp_path, {"protos/cart.proto": CART})
    topology = build_topology([service(provider), service("web"), *imported.facts], (), (), Settings())
    assert [(s.id, len(s.operations)) for s in topology.services] == [(provider, 2), ("web", 0)]


def test_copies_of_a_definition_count_once_and_belong_to_whom_they_name(tmp_path: Path) -> None:
    proto = 'syntax = "proto3"; package p; service Locations { rpc Get(A) returns (A); } message A { string x = 1; }'
    files: dict[str, str | bytes] = {f"{folder}/src/l.proto": proto for folder in ("fights", "grpc-locations", "web")}
    imported = run(tmp_path, files)
    (only,) = interfaces(imported)
    assert only.path == "grpc-locations/src/l.proto"
    folders = [service(name, folder=name) for name in ("fights", "grpc-locations", "web")]
    topology = build_topology([*folders, *imported.facts], (), (), Settings())
    assert [s.id for s in topology.services if s.operations] == ["grpc-locations"]


def test_copies_that_name_nobody_make_nobody_a_provider(tmp_path: Path) -> None:
    proto = 'syntax = "proto3"; service Ledger { rpc Get(A) returns (A); } message A {}'
    imported = run(tmp_path, {"web/l.proto": proto, "shop/l.proto": proto})
    facts = [service("web", folder="web"), service("shop", folder="shop"), *imported.facts]
    topology = build_topology(facts, (), (), Settings())
    assert [s.id for s in topology.services if s.operations] == []
    assert [s.id for s in topology.services] == ["shop", "web"]
    assert "interface-unplaced" in {notice.slug for notice in topology.notices}


def test_public_and_trial_services_are_not_the_systems_own(tmp_path: Path) -> None:
    health = "package grpc.health.v1; service Health { rpc Check(A) returns (A); }"
    files: dict[str, str | bytes] = {"health.proto": health, "src/test/cart.proto": CART}
    assert interfaces(run(tmp_path, files)) == []


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ("rpc Watch (stream .shop.v1.GetRequest) returns (stream Cart);", "", BreakKind.PATH_REMOVED),
        ("State state = 2;", "", BreakKind.FIELD_REMOVED),
        ("int32 count = 2", "string count = 2", BreakKind.TYPE_CHANGED),
    ],
)
def test_breaking_changes_are_seen(old: str, new: str, kind: BreakKind) -> None:
    importer = ProtobufImporter()
    before = importer.operations("cart.proto", CART.encode())
    after = importer.operations("cart.proto", CART.replace(old, new).encode())
    assert before is not None
    assert after is not None
    assert kind in {b.kind for b in breaks(before, after)}
    assert breaks(before, before) == ()


@pytest.mark.parametrize(
    "text",
    [
        "message A {" * 70,
        "service A { rpc",
        "message { string x = 1; }",
        "message A { string = 1; }",
        "service A { rpc B(C returns (D); }",
        "message A { map<string, A",
        "{" * 100_000,
        '"' * 100_001 + "message",
        b"service \xff {}",
    ],
)
def test_a_malformed_file_fails_with_a_reason_and_harms_no_other(tmp_path: Path, text: str | bytes) -> None:
    imported = run(tmp_path, {"bad.proto": text, "cart.proto": CART})
    told = sources(imported)
    assert told["cart.proto"][0] == "analysed"
    assert told["bad.proto"][0] == "failed"
    assert told["bad.proto"][1]
    assert len(interfaces(imported)) == 1


def lengthy(number: int, content: bytes | str) -> bytes:
    """One field with a length, on the wire."""
    data = content.encode() if isinstance(content, str) else content
    size = bytes([len(data)]) if len(data) < 128 else bytes([len(data) & 0x7F | 0x80, len(data) >> 7])
    return bytes([number << 3 | 2]) + size + data


MESSAGE = (
    lengthy(1, "Cart")
    + lengthy(2, lengthy(1, "id") + b"\x28\x05")
    + lengthy(2, lengthy(1, "next") + b"\x20\x03\x28\x0b" + lengthy(6, ".shop.Cart"))
)
METHOD = lengthy(1, "Get") + lengthy(2, ".shop.Cart") + lengthy(3, ".shop.Cart")
SERVICE = lengthy(1, "CartService") + lengthy(2, METHOD)
SET = lengthy(1, lengthy(1, "shop.proto") + lengthy(2, "shop") + lengthy(4, MESSAGE) + lengthy(6, SERVICE))


def test_descriptor_sets_are_read_as_their_text_would_be(tmp_path: Path) -> None:
    (only,) = interfaces(run(tmp_path, {"cart/api.desc": SET}))
    assert [hint.name for hint in only.hints] == ["CartService", "CartService"]
    (get,) = only.operations
    assert get.id == "shop.CartService/Get"
    assert {f.name: (f.type, f.format) for f in get.fields} == {"id": ("integer", "int32"), "next": ("array", "")}


@pytest.mark.parametrize("end", [20, 40, -1])
def test_a_torn_descriptor_set_fails_with_a_reason(tmp_path: Path, end: int) -> None:
    told = sources(run(tmp_path, {"cart/api.desc": SET[:end]}))
    assert told["cart/api.desc"] == ("failed", "is no whole descriptor set")


def test_other_binary_files_are_not_claimed(tmp_path: Path) -> None:
    assert run(tmp_path, {"model.pb": b"\x08\x01\x12\x00" * 100}).sources == ()


def test_messages_that_hold_each_other_and_imports_in_a_circle_end(tmp_path: Path) -> None:
    one = 'import "b.proto"; service S { rpc R(A) returns (B); } message A { B b = 1; repeated A more = 2; }'
    two = 'import "a.proto"; message B { A a = 1; B b = 2; }'
    (only,) = interfaces(run(tmp_path, {"a.proto": one, "b.proto": two}))
    assert "b" in {f.name for f in only.operations[0].fields}


def test_wide_messages_are_bounded(tmp_path: Path) -> None:
    text = "service S { rpc R(M0) returns (M0); }\n"
    for i in range(40):
        text += f"message M{i} {{ " + " ".join(f"M{(i + k) % 40} f{k} = {k + 1};" for k in range(40)) + " }\n"
    (only,) = interfaces(run(tmp_path, {"wide.proto": text}))
    assert 300 <= len(only.operations[0].fields) <= 600
