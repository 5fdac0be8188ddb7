"""A small shop: web calls orders and users, orders calls payments, stores in a database and tells mail by messages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from msgspec.structs import replace
from topology_builders import call, message, node, resource, store, topology

from topoplan.config import CoverageSettings, ResultRule, ServiceSettings, Settings
from topoplan.coverage import cover
from topoplan.model.change import History
from topoplan.model.checks import Check
from topoplan.model.coverage import Coverage, Finding, TechniqueCoverage
from topoplan.model.operation import Operation
from topoplan.model.plan import Technique
from topoplan.model.report import Journey
from topoplan.model.topology import BoundaryOperation, Topology

WEB_ORDERS = "web->orders/http"
WEB_USERS = "web->users/http"
ORDERS_PAYMENTS = "orders->payments/http"
ORDERS_DB = "orders->db/postgresql"
MAIL_ORDERS = "mail->orders/kafka/order.placed"


def shop(*documented: Operation) -> Topology:
    """With `documented` as what the specification of orders says."""
    services = [
        replace(node("web"), folders=("web",)),
        replace(node("orders", *documented), folders=("orders",)),
        node("users"),
        node("payments"),
        node("mail"),
        store("db"),
    ]
    placed = replace(message("mail", "orders", "order.placed"), operations=(BoundaryOperation("publish order.placed"),))
    boundaries = [
        call("web", "orders", "GET /orders/{id}", "POST /orders"),
        call("web", "users"),
        call("orders", "payments", "POST /charges"),
        resource("orders", "db"),
        placed,
    ]
    return topology(services, boundaries)


class Covered:
    """The coverage of the shop, with short questions."""

    def __init__(self, coverage: Coverage) -> None:
        self.coverage = coverage

    def of(self, boundary: str = WEB_ORDERS, technique: Technique = Technique.CONTRACT) -> TechniqueCoverage:
        found = self.coverage.of(boundary)
        assert found is not None
        covered = found.of(technique)
        assert covered is not None
        return covered

    def states(self, boundary: str = WEB_ORDERS, technique: Technique = Technique.CONTRACT) -> dict[str, str]:
        """By operation, and of the boundary as a whole under an empty name."""
        covered = self.of(boundary, technique)
        return {"": covered.state.value} | {o.operation: o.state.value for o in covered.operations}

    def told(self, kind: str) -> list[Finding]:
        return [finding for finding in self.coverage.findings if finding.kind == kind]

    @property
    def claimed(self) -> set[tuple[str, str, str]]:
        """Boundary, technique and grade of every claim."""
        return {
            (boundary.boundary, technique.technique.value, claim.grade.value)
            for boundary in self.coverage.boundaries
            for technique in boundary.techniques
            for claim in technique.claims
        }


Cover = Callable[..., Covered]


@pytest.fixture
def covered() -> Cover:
    def made(
        *checks: Check,
        documented: Sequence[Operation] = (),
        rules: Sequence[ResultRule] = (),
        history: History = History(),
        journeys: Sequence[Journey] = (),
        changed: Mapping[str, int] | None = None,
        max_age_days: int | None = None,
        services: Mapping[str, ServiceSettings] | None = None,
        system: Topology | None = None,
    ) -> Covered:
        settings = Settings(
            services=dict(services or {}), coverage=CoverageSettings(max_age_days=max_age_days, tests=tuple(rules))
        )
        return Covered(cover(system or shop(*documented), checks, settings, history, journeys, changed))

    return made
