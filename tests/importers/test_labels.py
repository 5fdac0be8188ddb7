"""Which labels and annotations say how much a service matters and who owns it, and what it is a part of."""

from __future__ import annotations

import pytest

from topoplan_importers.labels import criticality, domain, owner, resource_criticality


@pytest.mark.parametrize(
    ("said", "level"),
    [
        ({"resource.opentelemetry.io/service.criticality": "critical"}, "critical"),
        ({"service.criticality": "High"}, "high"),
        ({"com.example.criticality": "low"}, "low"),
        ({"criticality": "tier-2"}, "high"),
        ({"tier": "1"}, "critical"),
        ({"acme.io/service-tier": "T3"}, "medium"),
        ({"tier": "1", "criticality": "low"}, "low"),
        ({"tier": "backend"}, ""),
        ({"criticality": "very"}, ""),
        ({"app.kubernetes.io/part-of": "critical"}, ""),
        ({}, ""),
    ],
    ids=str,
)
def test_criticality(said: dict[str, str], level: str) -> None:
    assert criticality(said) == level


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"a8r.io/owner": "@payments"}, "@payments"),
        ({"tags.datadoghq.com/team": "payments"}, "payments"),
        ({"com.example.team": "web shop"}, "web shop"),
        ({"team": "a", "owner": "b"}, "b"),
        ({"owner": "group:default/money"}, "money"),
        ({"owner": "helm", "team": "sales"}, "sales"),
        ({"owner": "${OWNER}"}, ""),
        ({"owner": "{{ .Values.owner }}"}, ""),
        ({"app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/part-of": "shop"}, ""),
    ],
    ids=str,
)
def test_owner(said: dict[str, str], name: str) -> None:
    assert owner(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"app.kubernetes.io/part-of": "checkout"}, "checkout"),
        ({"app.kubernetes.io/part-of": "{{ .Release.Name }}"}, ""),
        ({"app.kubernetes.io/part-of": "unknown"}, ""),
        ({"part-of": "checkout", "domain": "shop.test"}, ""),
    ],
    ids=str,
)
def test_domain(said: dict[str, str], name: str) -> None:
    assert domain(said) == name


def test_of_resource_attributes_only_the_criticality_is_looked_at() -> None:
    assert resource_criticality("service.name=a, service.criticality=high,tier=1") == "high"
    assert resource_criticality("tier=1,criticality=low") == ""
