"""Queries, mutations and subscriptions of GraphQL schemas."""

from pathlib import Path

import pytest
from definition_reading import check_golden, interfaces, read_files, sources
from fact_builders import service

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.importing.contract import Imported
from topoplan_importers.graphql import GraphqlImporter

SCHEMA = '''
"""Root with "quotes" and { braces }"""
schema @link(url: "https://specs.apollo.dev/federation/v2.3") { query: Root mutation: Mutation }
type Root { # what can be asked
  "one user" user(id: ID!, with: Filter = {deep: true}): User @deprecated(reason: "old")
  users(first: Int = 10): [User!]!
  _service: String
}
type Mutation { rename(input: Rename!): User }
extend type Mutation { forget(id: ID!): Boolean }
input Rename { id: ID! name: String }
input Filter { deep: Boolean }
interface Node { id: ID! }
type User implements Node & Named @key(fields: "id") { id: ID! name: String role: Role friends: [User] }
extend type Product @key(fields: "sku") { sku: ID! @external }
enum Role { ADMIN @deprecated GUEST }
union Any = User | Product
scalar Date
directive @key(fields: String!) repeatable on OBJECT
'''


def run(root: Path, files: dict[str, str | bytes]) -> Imported:
    return read_files(GraphqlImporter(), root, files)


def test_golden(tmp_path: Path) -> None:
    check_golden("graphql", run(tmp_path, {"users/schema.graphql": SCHEMA}))


def test_operations_are_fields_of_the_roots(tmp_path: Path) -> None:
    (schema,) = interfaces(run(tmp_path, {"users/schema.graphql": SCHEMA}))
    assert [o.id for o in schema.operations] == ["MUTATION forget", "MUTATION rename", "QUERY user", "QUERY users"]
    assert [o.unsafe for o in schema.operations] == [True, True, False, False]
    user = {(f.place.value, f.name): (f.type, f.required) for f in schema.operations[2].fields}
    assert user["request", "id"] == ("string", True)
    assert user["request", "with.deep"] == ("boolean", False)
    assert user["response", "role"] == ("string", False)
    assert user["response", "friends"] == ("array", False)


def test_the_service_whose_folder_holds_it_offers_it(tmp_path: Path) -> None:
    imported = run(tmp_path, {"users/src/schema.graphqls": SCHEMA})
    topology = build_topology([service("accounts", folder="users"), *imported.facts], (), (), Settings())
    assert [(s.id, len(s.operations)) for s in topology.services] == [("accounts", 4)]


def test_a_clients_requests_are_no_schema(tmp_path: Path) -> None:
    imported = run(tmp_path, {"q.graphql": "query Q($id: ID!) { user(id: $id) { ...F } } fragment F on User { id }"})
    assert interfaces(imported) == []
    assert sources(imported)["q.graphql"] == ("analysed", "holds a client's requests, no schema")


@pytest.mark.parametrize(
    "text", ["type Query { a(", "type Query { a: ", "type", "{" * 50_000, "type Query { a: [[[ }", b"type \xff"]
)
def test_a_malformed_schema_fails_with_a_reason(tmp_path: Path, text: str | bytes) -> None:
    imported = run(tmp_path, {"bad.graphql": text, "users/schema.gql": SCHEMA})
    state, reason = sources(imported)["bad.graphql"]
    assert (state, bool(reason)) == ("failed", True)
    assert len(interfaces(imported)) == 1
    content = text if isinstance(text, bytes) else text.encode()
    assert GraphqlImporter().operations("bad.graphql", content) is None
