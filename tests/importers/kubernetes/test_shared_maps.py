"""Config maps that several workloads take whole: the code of each tells what it needs of them. And jobs."""

from __future__ import annotations

import pytest

from topoplan.importing.contract import ImportOptions
from topoplan.model.facts import CallFact, ServiceFact


def workload(name: str, kind: str = "Deployment", image: str = "") -> str:
    container = f"{{name: x, image: {image or 'shop/' + name}, envFrom: [{{configMapRef: {{name: m}}}}]}}"
    pod = f"{{spec: {{containers: [{container}]}}}}"
    spec = f"{{jobTemplate: {{spec: {{template: {pod}}}}}}}" if kind == "CronJob" else f"{{template: {pod}}}"
    return f"---\napiVersion: v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n"


MAP = """---
apiVersion: v1
kind: ConfigMap
metadata: {name: m}
data:
  CART_URL: http://cart:80
  MAIL_URL: http://mail:80
  SPRING_DATASOURCE_URL: jdbc:postgresql://orders-db:5432/x
"""
MANIFESTS = {"k8s/all.yaml": MAP + "".join(workload(n) for n in ("web", "order-service", "cart", "mail", "orders-db"))}
CODE = {
    "src/web/app.py": "requests.get(os.environ['CART_URL'])\n",
    "src/orderservice/src/main/java/org/samples/App.java": "import org.springframework.x;\n",
    "src/orderservice/src/main/resources/application.properties": "mail.url=${MAIL_URL}\n",
    "src/cart/node_modules/x/index.js": "process.env.MAIL_URL\n",
    "src/mail/README.md": "CART_URL\n",
}


def edges(imported) -> dict[tuple[str, str], str]:
    return {
        (f.consumer.name, f.provider.name): f.evidence.confidence.value
        for f in imported.facts
        if isinstance(f, CallFact)
    }


def test_a_variable_that_the_code_reads_is_a_call(read_as):
    found = edges(read_as({**MANIFESTS, **CODE}, ImportOptions()))
    assert {edge for edge, trust in found.items() if trust == "medium"} == {
        ("web", "cart"),
        ("order-service", "mail"),
        ("order-service", "orders-db"),
    }
    assert set(found.values()) == {"medium", "low"}


def test_without_leave_to_read_source_all_stay_low(read_as):
    assert set(edges(read_as({**MANIFESTS, **CODE}, ImportOptions(read_source=False))).values()) == {"low"}


def test_a_name_of_two_folders_tells_neither(read_as):
    copies = {"old/web/app.py": "", "src/web/app.py": CODE["src/web/app.py"]}
    assert set(edges(read_as({**MANIFESTS, **copies}, ImportOptions())).values()) == {"low"}


@pytest.mark.parametrize("kind", ["Job", "CronJob"])
def test_jobs_that_fill_databases_are_no_stores(read, kind):
    imported = read({"a.yaml": workload("populate-orders-db", kind, "postgres:16")})
    (fact,) = (f for f in imported.facts if isinstance(f, ServiceFact))
    assert fact.party.kind is None
    assert fact.infrastructure


def test_a_job_of_the_systems_own_on_a_schedule_belongs_to_it(read):
    (fact,) = (f for f in read({"a.yaml": workload("invoices", "CronJob")}).facts if isinstance(f, ServiceFact))
    assert not fact.infrastructure
