"""What makes up a release of Helm: charts in charts, in other folders, under other names, and from repositories."""

from __future__ import annotations

import time

import pytest

from topoplan.importing.contract import ImportOptions
from topoplan.model.facts import CallFact, NodeKind, ServiceFact

TEMPLATE = """apiVersion: apps/v1
kind: Deployment
metadata: {name: "{{ include "service.fullname" . }}"}
spec:
  template:
    metadata: {labels: {app: "{{ .Chart.Name }}"}}
    spec:
      containers:
        - name: main
          image: "shop/{{ .Chart.Name }}"
          env:
{{- range $name, $value := .Values.env }}
            - {name: "{{ $name }}", value: "{{ tpl $value $ }}"}
{{- end }}
"""
GENERIC = {
    "generic/Chart.yaml": "name: service\n",
    "generic/values.yaml": "env: {}\nmail: {on: true}\n",
    "generic/templates/_names.tpl": '{{ define "service.fullname" }}{{ .Release.Name }}-{{ .Chart.Name }}{{ end }}',
    "generic/templates/main.yaml": TEMPLATE,
}
SHOP = """name: shop
dependencies:
  - {name: service, alias: web, repository: "file://../generic"}
  - {name: service, alias: cart, repository: "file://../generic"}
  - {name: service, alias: audit, repository: "file://../generic", condition: audit.enabled}
  - {name: redis, repository: "https://charts.example.org"}
  - {name: postgresql, alias: orders-db, repository: "https://charts.example.org", condition: orders-db.enabled}
  - {name: kafka, repository: "https://charts.example.org", condition: kafka.enabled}
  - {name: common, repository: "oci://charts.example.org"}
"""
VALUES = """web: {env: {CART_URL: "http://shop-cart:80", CACHE_HOST: "{{ .Release.Name }}-redis-master"}}
cart: {env: {DB_HOST: "{{ .Release.Name }}-orders-db"}}
audit: {enabled: false}
kafka: {enabled: false}
"""
UMBRELLA = {**GENERIC, "shop/Chart.yaml": SHOP, "shop/values.yaml": VALUES}


def edges(imported) -> set[tuple[str, str, str]]:
    return {
        (f.consumer.name, f.provider.name, f.evidence.confidence.value)
        for f in imported.facts
        if isinstance(f, CallFact)
    }


def services(imported) -> dict[str, ServiceFact]:
    return {f.party.name: f for f in imported.facts if isinstance(f, ServiceFact)}


def test_one_chart_taken_several_times_is_several_services(read):
    found = services(read(UMBRELLA))
    assert set(found) == {"web", "cart", "redis", "orders-db"}
    assert found["cart"].aliases == ("shop-cart",)
    assert str(found["cart"].evidence.where) == "generic/templates/main.yaml:3"


def test_the_release_in_front_of_a_name_does_not_matter(read):
    assert ("web", "cart", "medium") in edges(read(UMBRELLA))


def test_stores_from_repositories_are_resources(read):
    imported = read(UMBRELLA)
    found = services(imported)
    store = found["orders-db"]
    assert (store.party.kind, store.party.technology) == (NodeKind.DATASTORE, "postgresql")
    assert (str(store.evidence.where), store.evidence.rule) == ("shop/Chart.yaml:7", "helm-dependency")
    assert {"redis-master", "shop-redis"} < set(found["redis"].aliases)
    assert {("web", "redis"), ("cart", "orders-db")} < {edge[:2] for edge in edges(imported)}


def test_what_a_condition_switches_on_counts(read):
    on = VALUES.replace("enabled: false", "enabled: true")
    assert {"audit", "kafka"} < set(services(read({**UMBRELLA, "shop/values.yaml": on})))


def test_a_chart_that_no_release_takes_stands_for_itself(read):
    off = SHOP.replace(", condition: audit.enabled", "").replace(
        'repository: "file://../generic"', 'repository: "file://../generic", condition: no.one'
    )
    imported = read({**UMBRELLA, "shop/Chart.yaml": off, "shop/values.yaml": "no: {one: false}\n"})
    assert "service" in services(imported)


def test_a_subchart_that_is_switched_off_leaves_nothing(read):
    inside = {path.replace("generic/", "shop/charts/service/"): text for path, text in GENERIC.items()}
    about = "name: shop\ndependencies: [{name: service, condition: service.enabled}]\n"
    files = {**inside, "shop/Chart.yaml": about, "shop/values.yaml": "service: {enabled: false}\n"}
    imported = read(files)
    assert services(imported) == {}
    told = {s.path: s.reason for s in imported.sources}
    assert told["shop/charts/service/templates/main.yaml"].endswith("values.yaml leaves nothing of it")


VARIANTS = {**GENERIC, "generic/values-prod.yaml": "env: {CART_URL: 'http://cart:80'}\n"}
PATH = "generic/templates/main.yaml"


def test_further_values_files_are_variants_that_the_configuration_may_choose(read_as):
    plain = read_as(VARIANTS, ImportOptions())
    assert edges(plain) == set()
    assert {s.path: s.reason for s in plain.sources}[PATH].endswith(
        "; main_files in topoplan.yaml may lay over it: values-prod.yaml"
    )
    chosen = read_as(VARIANTS, ImportOptions(main_files=("generic/values-prod.yaml",)))
    assert {edge[:2] for edge in edges(chosen)} == {("service", "cart")}


def test_without_plain_values_those_of_production_count(read_as):
    files = {path: text for path, text in VARIANTS.items() if path != "generic/values.yaml"}
    imported = read_as({**files, "generic/values-dev.yaml": "env: {}\n"}, ImportOptions())
    assert {edge[:2] for edge in edges(imported)} == {("service", "cart")}


def test_charts_that_take_each_other_end(read):
    files = {}
    for n in range(12):
        listed = ", ".join(f"{{name: c{m}, repository: 'file://../c{m}'}}" for m in range(12))
        files |= {f"c{n}/Chart.yaml": f"name: c{n}\ndependencies: [{listed}]\n", f"c{n}/templates/main.yaml": TEMPLATE}
    started = time.process_time()
    imported = read(files)
    assert time.process_time() - started < 10
    assert len(imported.sources) == 24


def test_rendering_again_and_again_is_bounded(read):
    listed = "".join(f"  - {{name: service, alias: s{n}, repository: 'file://../generic'}}\n" for n in range(200))
    busy = TEMPLATE + "{{ range .Values.many }}{{ range $.Values.many }}{{ . }}{{ end }}{{ end }}"
    values = f"env: {{}}\nmany: [{', '.join(['x'] * 95)}]\n"
    files = {f"generic/templates/t{n}.yaml": busy for n in range(30)}
    started = time.process_time()
    read({**GENERIC, **files, "generic/values.yaml": values, "shop/Chart.yaml": f"name: shop\ndependencies:\n{listed}"})
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "odd",
    [
        "",
        "7",
        "[]",
        "name: {a: b}",
        "dependencies: 7",
        "dependencies: [7, {name: [x]}, {name: x, alias: {}}]",
        "dependencies: [{name: x, repository: 'file://../../../etc'}]",
    ],
)
def test_odd_charts(read, odd):
    assert not any(s.state.value == "failed" for s in read({**GENERIC, "shop/Chart.yaml": odd}).sources)


def test_a_broken_chart_is_a_failed_source(read):
    states = {s.path: s.state.value for s in read({**GENERIC, "shop/Chart.yaml": "name: ["}).sources}
    assert states["shop/Chart.yaml"] == "failed"
