"""What service catalogues say of services, relations and owners."""

import json
from pathlib import Path

import pytest
from definition_reading import calls, check_golden, read_files, sources
from fact_builders import service

from topoplan.config import Settings
from topoplan.graph import build_topology
from topoplan.importing.contract import Imported
from topoplan.model.facts import Fact, OwnerFact, ServiceFact
from topoplan_importers.catalogue import CatalogueImporter

CART = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: cart, annotations: {acme.io/tier: tier-1}}
spec:
  type: service
  owner: group:default/basket-team
  lifecycle: production
  consumesApis: [prices-api]
  dependsOn: ['resource:default/cart-db', 'component:users', 'component:shared-lib']
"""
OTHERS = """
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: prices}
spec: {type: service, owner: money, lifecycle: experimental, providesApis: [default/prices-api]}
---
apiVersion: backstage.io/v1alpha1
kind: API
metadata: {name: prices-api}
spec: {type: openapi, definition: x}
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {name: shared-lib}
spec: {type: library}
---
apiVersion: backstage.io/v1alpha1
kind: Resource
metadata: {name: cart-db}
spec: {type: postgresql}
"""
WORKSPACE = {
    "name": "Shop",
    "model": {
        "people": [{"id": "1", "relationships": [{"id": "9", "sourceId": "1", "destinationId": "3"}]}],
        "softwareSystems": [
            {
                "id": "2",
                "name": "Shop",
                "containers": [
                    {
                        "id": "3",
                        "name": "Web Shop",
                        "components": [
                            {"id": "4", "name": "Basket", "relationships": [
                                {"id": "10", "destinationId": "5", "technology": "JSON/HTTPS"}]},
                        ],
                        "relationships": [{"id": "13", "destinationId": "5", "interactionStyle": "Asynchronous"}],
                    },
                    {"id": "5", "name": "Orders", "relationships": [
                        {"id": "11", "destinationId": "6"}, {"id": "12", "destinationId": "7"}]},
                    {"id": "6", "name": "Order Database", "technology": "PostgreSQL", "tags": "Element,Database"},
                ],
            },
            {"id": "7", "name": "Payment Provider", "location": "External"},
        ],
    },
}  # fmt: skip
OWNERS = """
* @acme/everybody
/src/cart/ @acme/basket lena@acme.test
src/users/** @acme/users
*.js @acme/web
/src/cart/**/x.py @acme/none
/docs/
"""
FILES: dict[str, str | bytes] = {
    "src/cart/catalog-info.yaml": CART,
    "catalogue.yaml": OTHERS,
    "c4/workspace.json": json.dumps(WORKSPACE),
    ".github/CODEOWNERS": OWNERS,
}


def run(root: Path, files: dict[str, str | bytes]) -> Imported:
    return read_files(CatalogueImporter(), root, files)


def test_golden(tmp_path: Path) -> None:
    check_golden("catalogue", run(tmp_path, FILES))


def test_relations_are_calls_between_programs(tmp_path: Path) -> None:
    told = {(c.consumer.name, c.provider.name, c.protocol) for c in calls(run(tmp_path, FILES))}
    assert told == {
        ("cart", "prices", "http"),
        ("cart", "users", "tcp"),
        ("cart", "cart-db", "postgresql"),
        ("Web Shop", "Orders", "http"),
        ("Orders", "Order Database", "postgresql"),
        ("Orders", "Payment Provider", "tcp"),
    }


def test_owners_and_tiers_are_kept(tmp_path: Path) -> None:
    facts = {f.party.name: f for f in run(tmp_path, FILES).facts if isinstance(f, ServiceFact)}
    assert (facts["cart"].owner, facts["cart"].criticality) == ("basket-team", "critical")
    assert facts["prices"].criticality == "low"
    assert "shared-lib" not in facts


@pytest.mark.parametrize(
    ("spec", "system", "domain"),
    [
        ("system: default/checkout", "domain: sales", "sales"),
        ("system: checkout", "owner: a", "checkout"),
        ("system: elsewhere", "domain: sales", "elsewhere"),
        ("domain: money", "domain: sales", "money"),
        ("owner: a", "domain: sales", ""),
        ("system: [checkout]", "domain: 7", ""),
    ],
)
def test_the_domain_of_a_component_is_that_of_its_system(tmp_path: Path, spec: str, system: str, domain: str) -> None:
    text = f"""
apiVersion: backstage.io/v1alpha1
kind: Component
metadata: {{name: cart}}
spec: {{type: service, {spec}}}
---
apiVersion: backstage.io/v1alpha1
kind: System
metadata: {{name: checkout}}
spec: {{{system}}}
"""
    (cart,) = (f for f in run(tmp_path, {"catalog-info.yaml": text}).facts if isinstance(f, ServiceFact))
    assert cart.domain == domain


def test_a_container_belongs_to_its_group_or_its_system(tmp_path: Path) -> None:
    containers = [{"id": "2", "name": "Cart", "group": "Buying"}, {"id": "3", "name": "Ads", "group": 7}]
    workspace = {"model": {"softwareSystems": [{"id": "1", "name": "Shop", "containers": containers}]}}
    facts = run(tmp_path, {"workspace.json": json.dumps(workspace)}).facts
    assert {f.party.name: f.domain for f in facts if isinstance(f, ServiceFact)} == {"Cart": "Buying", "Ads": "Shop"}


def test_code_owners_own_the_services_in_their_folders(tmp_path: Path) -> None:
    imported = run(tmp_path, {"CODEOWNERS": OWNERS})
    facts: list[Fact] = [service(name, folder=f"src/{name}") for name in ("cart", "users", "web")]
    topology = build_topology([*facts, *imported.facts], (), (), Settings())
    owners = {s.id: s.owner for s in topology.services}
    assert owners == {"cart": "acme/basket lena@acme.test", "users": "acme/users", "web": "acme/everybody"}


def test_a_catalogue_joins_what_other_sources_know(tmp_path: Path) -> None:
    imported = run(tmp_path, FILES)
    facts = [service("cart", folder="src/cart"), service("users"), *imported.facts]
    topology = build_topology(facts, (), (), Settings())
    assert [s.id for s in topology.services].count("cart") == 1
    assert ("cart", "users") in {(b.consumer, b.provider) for b in topology.boundaries}


@pytest.mark.parametrize(
    ("name", "text", "state"),
    [
        ("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nkind: 7\nmetadata: 3\nspec: [1]\n", "analysed"),
        ("catalog-info.yaml", "apiVersion: backstage.io/v1alpha1\nspec: *nobody\n", "failed"),
        ("other.yaml", "# see backstage.io/v1\na: b\n", "skipped"),
        ("workspace.json", '{"model": {"softwareSystems": [1, {"containers": [2, {"id": []}]}]}}', "analysed"),
        ("workspace.json", "{", "failed"),
        ("workspace.json", "[1]", "skipped"),
        ("CODEOWNERS", b"\xff\xfe / @x\n/../../etc @y\n[Section] @z\n", "analysed"),
    ],
)
def test_hostile_files_are_accounted_for(tmp_path: Path, name: str, text: str | bytes, state: str) -> None:
    imported = run(tmp_path, {name: text})
    assert sources(imported)[name][0] == state
    assert not [f for f in imported.facts if isinstance(f, OwnerFact)]
