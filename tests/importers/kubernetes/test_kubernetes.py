"""What manifests say, rule by rule."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from topoplan.importing.contract import Candidate, Imported, Importer, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, NodeKind, ServiceFact
from topoplan_importers.kubernetes import KubernetesImporter


def workload(name: str, *, kind: str = "Deployment", namespace: str = "", image: str = "", **container: Any) -> dict:
    labels = container.pop("labels", {"app": name})
    annotations = container.pop("annotations", {})
    pod = {
        "metadata": {"labels": labels},
        "spec": {
            "initContainers": container.pop("init", []),
            "containers": [{"name": name, "image": image or f"shop/{name}", **container}],
        },
    }
    metadata = {"name": name, "annotations": annotations, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "apps/v1", "kind": kind, "metadata": metadata, "spec": {"template": pod}}


def env(**values: str) -> list[dict]:
    return [{"name": name, "value": value} for name, value in values.items()]


def service(name: str, namespace: str = "", **spec: Any) -> dict:
    metadata = {"name": name, **({"namespace": namespace} if namespace else {})}
    return {"apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec}


def config(name: str, **data: str) -> dict:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name}, "data": data}


def files(*objects: dict, **further: dict) -> dict[str, str]:
    """`a.yaml` of all objects; further ones each in a file of their own."""
    every = {"a.yaml": "\n---\n".join(json.dumps(o, indent=1) for o in objects)}
    return every | {f"{name.replace('__', '/')}.yaml": json.dumps(o, indent=1) for name, o in further.items()}


def services(imported: Imported) -> dict[str, ServiceFact]:
    return {f.party.name: f for f in imported.facts if isinstance(f, ServiceFact)}


def calls(imported: Imported) -> list[tuple[str, str, str, str, str]]:
    return [
        (f.consumer.name, f.provider.name, f.protocol, f.evidence.rule, f.evidence.confidence.value)
        for f in imported.facts
        if isinstance(f, CallFact)
    ]


def candidate(name: str, head: str) -> Candidate:
    return Candidate(name, Path(name).name, len(head), head.encode())


@pytest.mark.parametrize(
    ("name", "head", "claimed"),
    [
        ("a.yaml", "apiVersion: v1\nkind: Service\n", True),
        ("a.yml", "# Licence\n---\nkind: Service\napiVersion: v1\n", True),
        ("a.json", '{"apiVersion": "v1", "kind": "List"}', True),
        ("a.json", '{\n  "kind": "List",\n  "apiVersion": "v1"}', True),
        ("a.yaml", "apiVersion: {{ .Values.x }}\nkind: Deployment\n", True),
        ("kustomization.yaml", "resources: []\n", True),
        ("compose.yaml", "services: {}\n", False),
        ("Chart.yaml", "apiVersion: v2\nname: x\n", True),
        ("a.txt", "apiVersion: v1\nkind: Service\n", False),
        ("a.yaml", "note: the apiVersion: of this kind: x\n", False),
    ],
)
def test_claims_by_content(name, head, claimed):
    assert KubernetesImporter().claims(candidate(name, head)) is claimed


def test_fits_the_public_door():
    assert isinstance(KubernetesImporter(), Importer)


@pytest.mark.parametrize(
    "kind", ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "DeploymentConfig", "Rollout", "Job"]
)
def test_kinds_with_a_pod_template(read, kind):
    assert set(services(read(files(workload("orders", kind=kind))))) == {"orders"}


def test_pod_cron_job_and_knative_service(read):
    made = workload("x")["spec"]["template"]
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": made["spec"]}
    cron = workload("cron", kind="CronJob")
    cron["spec"] = {"jobTemplate": {"spec": cron["spec"]}}
    knative = workload("fn", kind="Service") | {"apiVersion": "serving.knative.dev/v1"}
    assert set(services(read(files(pod, cron, knative)))) == {"pod", "cron", "fn"}


def test_products_are_told_by_image_then_by_name(read):
    found = services(
        read(
            files(
                workload("cache", image="docker.io/library/redis:7"),
                workload("orders-mongodb", image="shop/own-image"),
                workload("orders"),
                workload("jaeger", image="jaegertracing/all-in-one"),
                workload("load-generator"),
            )
        )
    )
    assert (found["cache"].party.kind, found["cache"].party.technology) == (NodeKind.DATASTORE, "redis")
    assert found["orders-mongodb"].party.kind is NodeKind.DATASTORE
    assert found["orders"].party.kind is None
    assert [n for n in sorted(found) if found[n].infrastructure] == ["jaeger", "load-generator"]


def test_jobs_run_beside_the_system_and_cron_jobs_in_it(read):
    cron = workload("report", kind="CronJob")
    cron["spec"] = {"jobTemplate": {"spec": cron["spec"]}}
    found = services(read(files(workload("seed", kind="Job"), cron)))
    assert (found["seed"].infrastructure, found["report"].infrastructure) == (True, False)


def test_side_car_does_not_tell_what_a_workload_is(read):
    made = workload("orders")
    made["spec"]["template"]["spec"]["containers"].insert(0, {"name": "cache", "image": "redis"})
    assert services(read(files(made)))["orders"].party.kind is None


def test_aliases_from_services_labels_and_tracing(read):
    labels = {"app": "orders", "app.kubernetes.io/name": "order-service", "tier": "back"}
    found = services(
        read(
            files(
                workload("orders-v1", labels=labels, env=env(OTEL_RESOURCE_ATTRIBUTES="a=b,service.name=order-svc")),
                service("orders-http", selector={"app": "orders", "tier": "back"}),
                service("other", selector={"app": "orders", "tier": "front"}),
            )
        )
    )
    assert found["orders-v1"].aliases == ("order-service", "order-svc", "orders", "orders-http")


def test_labels_annotations_and_resource_attributes_tell_owner_and_criticality(read):
    attributes = env(OTEL_RESOURCE_ATTRIBUTES="service.criticality=medium")
    found = services(
        read(
            files(
                workload("pay", labels={"app": "pay", "team": "billing", "tier": "backend"}),
                workload("web", annotations={"a8r.io/owner": "shop", "acme.io/criticality": "low"}),
                workload("mail", env=attributes),
                workload("plain", labels={"app": "plain", "owner": "unrendered-value"}),
            )
        )
    )
    assert {name: (f.owner, f.criticality) for name, f in found.items()} == {
        "pay": ("billing", ""), "web": ("shop", "low"), "mail": ("", "medium"), "plain": ("", ""),
    }  # fmt: skip


def test_label_of_several_workloads_names_none(read):
    found = services(read(files(*(workload(n, labels={"app": "shop"}) for n in ("orders", "users")))))
    assert [f.aliases for f in found.values()] == [(), ()]


def test_versions_behind_one_service_are_one(read):
    """As in canary releases: nobody calls a version, everybody calls the Service."""
    reviews = [workload(f"reviews-v{n}", labels={"app": "reviews", "version": f"v{n}"}) for n in (1, 2)]
    reviews[1]["spec"]["template"]["spec"]["containers"][0]["env"] = env(RATINGS_URL="http://ratings:9080")
    result = read(files(*reviews, workload("ratings"), service("reviews", selector={"app": "reviews"})))
    assert services(result)["reviews"].aliases == ("reviews-v1", "reviews-v2")
    assert set(services(result)) == {"reviews", "ratings"}
    assert calls(result) == [("reviews", "ratings", "http", "environment", "high")]


def test_versions_of_other_files_and_behind_services_of_their_own_are_one(read):
    """As in a mesh, where requests are routed to versions by Services that pick one each."""
    parts = {n: workload(f"reviews-v{n}", labels={"app": "reviews", "version": f"v{n}"}) for n in (1, 2, 3)}
    picking = [service(f"reviews-v{n}", selector={"app": "reviews", "version": f"v{n}"}) for n in (1, 2)]
    result = read(
        {
            **files(parts[1], parts[2], service("reviews", selector={"app": "reviews"}), *picking),
            **{f"later/{name}": text for name, text in files(parts[3]).items()},
        }
    )
    assert {name: f.aliases for name, f in services(result).items()} == {
        "reviews": ("reviews-v1", "reviews-v2", "reviews-v3")
    }


def test_the_only_version_is_called_like_its_service(read):
    labels = {"app": "details", "version": "v1"}
    result = read(files(workload("details-v1", labels=labels), service("details", selector={"app": "details"})))
    assert set(services(result)) == {"details"}


def test_workloads_with_services_of_their_own_stay_apart_under_a_common_one(read):
    labels = [{"part-of": "shop", "app": name} for name in ("orders", "users")]
    result = read(
        files(
            *(workload(label["app"], labels=label) for label in labels),
            *(service(label["app"], selector={"app": label["app"]}) for label in labels),
            service("shop", selector={"part-of": "shop"}),
        )
    )
    assert set(services(result)) == {"orders", "users"}
    assert all("shop" not in f.aliases for f in services(result).values())


@pytest.mark.parametrize(
    "host", ["users", "users.shop", "users.shop.svc", "users.shop.svc.cluster.local", "USERS", "users-0.users.shop.svc"]
)
def test_names_of_a_service_in_the_cluster(read, host):
    result = read(
        files(
            workload("orders", namespace="shop", env=env(USERS_URL=f"http://{host}:8080/x")),
            workload("users", namespace="shop"),
            service("users", "shop", selector={"app": "users"}),
        )
    )
    assert calls(result) == [("orders", "users", "http", "environment", "high")]


def test_name_in_another_namespace_is_not_ours(read):
    result = read(
        files(
            workload("orders", namespace="shop", env=env(USERS_URL="http://users.elsewhere:8080")),
            workload("users", namespace="shop"),
        )
    )
    assert [c[:2] for c in calls(result)] == [("orders", "users.elsewhere")]


def test_same_name_in_two_namespaces_with_other_images_are_two(read):
    result = read(
        files(
            workload("web", namespace="shop", image="shop/web", env=env(API_URL="http://api")),
            workload("api", namespace="shop", image="shop/api"),
            workload("api", namespace="bank", image="bank/api"),
        )
    )
    parties = [f.party for f in result.facts if isinstance(f, ServiceFact)]
    assert [(p.name, p.scope) for p in parties] == [("api", "bank"), ("api", "shop"), ("web", "")]
    assert [f.provider.scope for f in result.facts if isinstance(f, CallFact)] == ["shop"]


def test_same_name_in_two_namespaces_with_one_image_is_one_deployed_twice(read):
    result = read(files(*(workload("api", namespace=n, image=f"r.io/shop/api:{n}") for n in ("dev", "prod"))))
    assert [f.party.scope for f in services(result).values()] == [""]
    assert len(result.facts) == 1


def test_settings_from_config_maps(read):
    one_key = {"name": "DB", "valueFrom": {"configMapKeyRef": {"name": "orders", "key": "url"}}}
    result = read(
        files(
            workload(
                "orders", env=[one_key], envFrom=[{"configMapRef": {"name": "own"}}, {"configMapRef": {"name": "all"}}]
            ),
            workload("users", envFrom=[{"configMapRef": {"name": "all"}}]),
            *(workload(n) for n in ("db", "billing", "mail")),
            config("orders", url="postgresql://u:p@db/x", other="http://mail"),
            config("own", BILLING_URL="http://billing"),
            config("all", MAIL_URL="http://mail"),
        )
    )
    assert sorted(calls(result)) == [
        ("orders", "billing", "http", "config-map", "high"),
        ("orders", "db", "postgresql", "config-map-key", "high"),
        ("orders", "mail", "http", "config-map", "low"),
        ("users", "mail", "http", "config-map", "low"),
    ]


def test_a_job_is_no_store_whatever_image_it_runs(read):
    loads = workload("fill-orders-db", kind="Job", image="postgres:16")
    seed = workload("orders-db-seed", image="postgres:16")
    found = services(read(files(loads, seed, workload("orders-db", image="postgres:16"))))
    assert {name: (f.party.kind, f.party.technology) for name, f in found.items()} == {
        "fill-orders-db": (None, ""),
        "orders-db-seed": (None, ""),
        "orders-db": (NodeKind.DATASTORE, "postgresql"),
    }


def test_job_that_shares_a_config_map_does_not_weaken_it(read):
    own = [{"configMapRef": {"name": "own"}}]
    result = read(
        files(
            workload("orders", envFrom=own),
            workload("orders-seed", kind="Job", envFrom=own),
            workload("db", image="postgres"),
            config("own", DB_HOST="db"),
        )
    )
    assert {c[0]: c[4] for c in calls(result)} == {"orders": "high", "orders-seed": "low"}


def test_config_map_of_the_same_file_goes_first(read):
    user = workload("orders", envFrom=[{"configMapRef": {"name": "own"}}])
    every = files(user, config("own", A_URL="http://near"), workload("near"), workload("far"))
    other = files(config("own", A_URL="http://far"))["a.yaml"]
    assert [c[1] for c in calls(read({**every, "0.yaml": other}))] == ["near"]


def test_commands_and_waiting(read):
    result = read(
        files(
            workload("orders", command=["serve"], args=["--users-url=http://users:80", "--mail-host", "mail"]),
            workload("late", init=[{"name": "w", "image": "busybox", "command": ["sh", "-c", "nc -z users:80"]}]),
            workload("users"),
            workload("mail"),
        )
    )
    assert sorted(calls(result)) == [
        ("late", "users", "http", "wait-for", "medium"),
        ("orders", "mail", "tcp", "command", "high"),
        ("orders", "users", "http", "command", "high"),
    ]


def test_variables_of_variables(read):
    values = env(USERS="users", USERS_URL="http://$(USERS):80", OTHER_URL="http://$(UNKNOWN):80")
    assert [c[:2] for c in calls(read(files(workload("orders", env=values), workload("users"))))] == [
        ("orders", "users")
    ]


def test_port_beside_a_host(read):
    values = env(USERS_HOST="users", USERS_PORT="50051")
    (call,) = calls(read(files(workload("orders", env=values), workload("users"))))
    assert call[2] == "grpc"


def test_secrets_are_not_read(read):
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "stringData": {"url": "http://users"}}
    one_key = {"name": "USERS_URL", "valueFrom": {"secretKeyRef": {"name": "s", "key": "url"}}}
    user = workload("orders", env=[one_key], envFrom=[{"secretRef": {"name": "s"}}])
    assert calls(read(files(user, secret, workload("users")))) == []


def test_outside_hosts(read):
    values = env(
        BANK_URL="https://api.bank.com/x?token=abc",
        DATABASE_URL="mysql://u:p@10.0.0.1/x",
        DOCS_PUBLIC_URL="https://shop.dev",
    )
    facts = [f for f in read(files(workload("orders", env=values))).facts if isinstance(f, CallFact)]
    assert [(f.provider.name, f.provider.kind) for f in facts] == [("api.bank.com", NodeKind.EXTERNAL)]


def test_service_that_stands_for_a_host_outside(read):
    made = service("db", type="ExternalName", externalName="orders.db.bank.com")
    result = read(files(workload("orders", env=env(DB_URL="postgresql://db/x")), made))
    assert [c[:3] for c in calls(result)] == [("orders", "orders.db.bank.com", "postgresql")]


def test_members_of_one_cluster_do_not_call_each_other(read):
    members = [
        workload(f"kafka-{n}", image="apache/kafka", env=env(PEER_HOSTS="kafka-1:9092,kafka-2:9092")) for n in (1, 2)
    ]
    assert calls(read(files(*members))) == []


def test_drawn_connections(read):
    note = "app.openshift.io/connects-to"
    result = read(
        files(
            workload("orders", annotations={note: "users, mail,absent"}),
            workload("billing", annotations={note: '[{"apiVersion":"apps/v1","kind":"Deployment","name":"users"}]'}),
            workload("users"),
            workload("mail"),
        )
    )
    assert sorted(calls(result)) == [
        ("billing", "users", "tcp", "connects-to", "medium"),
        ("orders", "mail", "tcp", "connects-to", "medium"),
        ("orders", "users", "tcp", "connects-to", "medium"),
    ]


def test_web_server_that_calls_is_a_gateway(read):
    result = read(
        files(
            workload("web", image="nginx", env=env(USERS_URL="http://users")),
            workload("users"),
            workload("static", image="nginx"),
        )
    )
    assert {n: f.party.kind for n, f in services(result).items()} == {
        "web": NodeKind.GATEWAY,
        "users": None,
        "static": None,
    }


def ingress(class_name: str, *backends: str) -> dict:
    paths = [{"backend": {"service": {"name": name}}} for name in backends]
    spec = {"ingressClassName": class_name, "rules": [{"http": {"paths": paths}}]}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "in"}, "spec": spec}


def test_routes_start_at_the_controller_of_their_class(read):
    result = read(
        files(
            ingress("traefik", "users"),
            workload("users"),
            workload("edge", image="traefik:3"),
            workload("other", image="ingress-nginx/controller"),
        )
    )
    assert calls(result) == [("edge", "users", "http", "ingress-route", "high")]


def test_routes_without_a_controller_start_nowhere(read):
    assert calls(read(files(ingress("nginx", "users"), workload("users")))) == []


def test_gateway_routes(read):
    gateway = {
        "apiVersion": "gateway.networking.k8s.io/v1",
        "kind": "Gateway",
        "metadata": {"name": "gw"},
        "spec": {"gatewayClassName": "kong"},
    }
    spec = {
        "parentRefs": [{"name": "gw"}],
        "rules": [{"backendRefs": [{"name": "users"}, {"kind": "Bucket", "name": "b"}]}],
    }
    route = {"apiVersion": gateway["apiVersion"], "kind": "GRPCRoute", "metadata": {"name": "r"}, "spec": spec}
    result = read(files(gateway, route, workload("users"), workload("b"), workload("edge", image="kong:3")))
    assert calls(result) == [("edge", "users", "grpc", "ingress-route", "high")]


def virtual_service(host: str, **spec: Any) -> dict:
    route = [{"route": [{"destination": {"host": host, "port": {"number": 80}}}]}]
    api = "networking.istio.io/v1"
    return {"apiVersion": api, "kind": "VirtualService", "metadata": {"name": "v"}, "spec": {"http": route, **spec}}


def test_virtual_services_lead_from_the_ingress_gateway_of_the_mesh(read):
    edge = workload("istio-ingressgateway", image="docker.io/istio/proxyv2:1.24")
    routed = virtual_service("users.default.svc.cluster.local", gateways=["shop", "mesh"])
    found = calls(read(files(routed, workload("users"), edge)))
    assert found == [("istio-ingressgateway", "users", "http", "ingress-route", "high")]


@pytest.mark.parametrize(
    "spec", [{}, {"gateways": ["mesh"]}, {"gateways": 7}, {"http": [{"route": 3}], "gateways": ["x"]}]
)
def test_virtual_services_of_sidecars_start_nowhere(read, spec):
    edge = workload("istio-ingressgateway", image="docker.io/istio/proxyv2:1.24")
    assert calls(read(files(virtual_service("users", **spec), workload("users"), edge))) == []


def test_service_entries_are_externals_unless_they_lie_in_the_mesh(read):
    def entry(name: str, **spec: Any) -> dict:
        api = "networking.istio.io/v1"
        return {"apiVersion": api, "kind": "ServiceEntry", "metadata": {"name": name}, "spec": spec}

    result = read(
        files(
            workload("users"),
            entry("a", hosts=["api.stripe.com", "*.wild.com", 5, "10.0.0.1"], location="MESH_EXTERNAL"),
            entry("b", hosts=["vm.legacy.com"], location="MESH_INTERNAL"),
        )
    )
    kinds = {name: fact.party.kind for name, fact in services(result).items()}
    assert kinds == {"users": None, "api.stripe.com": NodeKind.EXTERNAL}


def test_variants_add_nothing_where_a_base_speaks(read):
    result = read(
        files(
            workload("users"),
            workload("mail"),
            base__orders=workload("orders", env=env(A_URL="http://users")),
            overlays__dev__orders=workload("orders", env=env(A_URL="http://mail")),
            release__all__orders=workload("orders", env=env(A_URL="http://mail")),
        )
    )
    assert [(c[0], c[1]) for c in calls(result)] == [("orders", "users")]
    sources = {s.path: (s.facts, s.reason) for s in result.sources}
    assert sources["base/orders.yaml"] == (2, "")
    assert sources["overlays/dev/orders.yaml"] == (0, "says nothing that other files do not say")


def test_service_without_its_workload_is_known(read):
    result = read(
        files(
            workload("orders", env=env(A_URL="http://users")),
            service("users", selector={"app": "u"}, ports=[{"port": 80}]),
        )
    )
    assert services(result)["users"].ports == (80,)
    assert services(result)["users"].evidence.confidence.value == "medium"


@pytest.mark.parametrize(
    ("name", "content", "state", "reason"),
    [
        ("t.yaml", "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .x }}\n", "skipped", "unrendered Helm template"),
        ("t.yaml", 'apiVersion: v1\nkind: Pod\nmetadata: {name: "{{ .x }}"}\n', "skipped", "unrendered Helm template"),
        ("t.yaml", "apiVersion: v1\nkind: Role\nmetadata: {name: x}\n", "skipped",
         "holds no workload, Service, config map, route or policy"),
        ("kustomization.yaml", "resources: []\n", "analysed", "main kustomization"),
        ("t.yaml", "apiVersion: v1\nkind: [\n", "failed", None),
        ("t.json", '{"apiVersion": "v1", "kind": NaN}', "failed", None),
    ],
)  # fmt: skip
def test_what_became_of_a_file(read, name, content, state, reason):
    (source,) = read({name: content}).sources
    assert source.state.value == state
    assert source.reason == reason if reason else source.reason
    assert len(source.digest) == 64


def test_patches_are_told_from_definitions(read):
    patch = workload("orders", image="shop/other", env=env(A_URL="http://users"))
    result = read(
        files(workload("users"))
        | {"o/kustomization.yaml": "patches: [{path: p.yaml}]\n", "o/p.yaml": json.dumps(patch)}
        | {"q.yaml": json.dumps({**workload("gone"), "$patch": "delete"})}
    )
    assert set(services(result)) == {"users"}
    assert {s.path: s.reason for s in result.sources}["o/p.yaml"] == "patch of o/kustomization.yaml"


def test_places_are_lines_or_pointers(read):
    inner = {"apiVersion": "v1", "kind": "List", "items": [workload("b")]}
    outer = {"apiVersion": "v1", "kind": "List", "items": [workload("a"), inner]}
    found = services(read({"l.json": json.dumps(outer)} | files(workload("c"))))
    places = {name: str(fact.evidence.where) for name, fact in found.items()}
    assert places == {"a": "l.json#/items/0", "b": "l.json#/items/1/items/0", "c": "a.yaml:5"}


def test_names_are_cleaned(read):
    assert set(services(read(files(workload("or\u202eders\u0007"))))) == {"or ders"}


def test_order_of_candidates_does_not_matter(tmp_path):
    every = files(workload("users"), c=workload("orders", env=env(A_URL="http://users")), d=workload("orders"))
    for name, content in every.items():
        (tmp_path / name).write_text(content)
    found = [candidate(name, content) for name, content in every.items()]
    importer, workspace = KubernetesImporter(), Workspace({".": tmp_path})
    one = importer.read(found, workspace, ImportOptions())
    assert len(one.facts) == 3
    assert importer.read(found[::-1], workspace, ImportOptions()) == one
