"""Kustomizations: what an overlay makes of its base, which overlay speaks for a system, and what is out of reach."""

from __future__ import annotations

import json
import time

import pytest

from topoplan.importing.contract import ImportOptions
from topoplan.model.facts import CallFact, ServiceFact


def workload(name: str, *, image: str = "", env: str = "", extra: str = "") -> str:
    return f"""---
apiVersion: apps/v1
kind: Deployment
metadata: {{name: {name}}}
spec:
  template:
    metadata: {{labels: {{app: {name}}}}}
    spec:
      containers:
        - name: {name}
          image: {image or f"shop/{name}:1"}
          env: [{env}]
          {extra}
"""


def variable(name: str, value: str) -> str:
    return f'{{name: {name}, value: "{value}"}}'


SERVICE = "---\napiVersion: v1\nkind: Service\nmetadata: {{name: {0}}}\nspec: {{selector: {{app: {0}}}}}\n"
BASE = {
    "base/kustomization.yaml": "resources: [all.yaml]\n",
    "base/all.yaml": workload("web", env=variable("CART_URL", "http://cart:80"))
    + workload("cart")
    + workload("basket")
    + SERVICE.format("cart"),
}
PATCH = workload("web", env=variable("CART_URL", "http://basket:80"))
STAR = 'target: {kind: Deployment, name: "w.*"}'
REPLACE = "[{op: replace, path: /spec/template/spec/containers/0/env/0/value, value: 'http://basket:80'}]"
BLOCK = f"""patches:
  - {STAR}
    patch: |-
      - op: replace
        path: /spec/template/spec/containers/0/env/0
        value:
          name: CART_URL
          value: http://basket:80
"""


def edges(imported) -> set[tuple[str, str]]:
    return {(f.consumer.name, f.provider.name) for f in imported.facts if isinstance(f, CallFact)}


def services(imported) -> dict[str, ServiceFact]:
    return {f.party.name: f for f in imported.facts if isinstance(f, ServiceFact)}


def reasons(imported) -> dict[str, str]:
    return {s.path: s.reason for s in imported.sources}


def place(imported) -> str:
    (call,) = (f for f in imported.facts if isinstance(f, CallFact))
    return str(call.evidence.where)


@pytest.mark.parametrize(
    ("overlay", "where"),
    [
        ("patches: [{path: p.yaml}]", "prod/p.yaml:12"),
        ("patchesStrategicMerge: [p.yaml]", "prod/p.yaml:12"),
        (f"patches: [{{path: j.yaml, {STAR}}}]", "prod/j.yaml:4"),
        (f"patchesJson6902: [{{path: j.json, {STAR}}}]", "prod/j.json"),
        (BLOCK, "prod/kustomization.yaml:8"),
        (f"patches:\n  - {STAR}\n    patch: >-\n      {REPLACE}\n", "prod/kustomization.yaml:4"),
        ("components: [../extra]", "extra/p.yaml:12"),
    ],
    ids=["strategic", "old", "json", "json-old", "inline", "inline-json", "component"],
)  # fmt: skip
def test_a_patched_variable_counts_and_is_shown_where_the_patch_stands(read, overlay, where):
    operation = "- op: replace\n  path: /spec/template/spec/containers/0/env/0/value\n\n  value: http://basket:80\n"
    files = {
        **BASE,
        "prod/kustomization.yaml": f"resources: [../base]\n{overlay}\n",
        "prod/p.yaml": PATCH,
        "prod/j.yaml": operation,
        "prod/j.json": json.dumps(
            [{"op": "replace", "path": "/spec/template/spec/containers/0/env/0/value", "value": "http://basket:80"}]
        ),
        "extra/kustomization.yaml": "kind: Component\npatches: [{path: p.yaml}]\n",
        "extra/p.yaml": PATCH,
    }
    imported = read(files)
    assert edges(imported) == {("web", "basket")}
    assert place(imported) == where


@pytest.mark.parametrize(
    "rest",
    [
        "$patch: delete",
        "spec: {template: {spec: {containers: [{name: web, env: [{name: CART_URL, $patch: delete}]}]}}}",
        "spec: {template: {spec: {containers: [{name: web, env: null}]}}}",
    ],
)
def test_patches_take_away(read, rest):
    patch = f"{{apiVersion: apps/v1, kind: Deployment, metadata: {{name: web}}, {rest}}}"
    overlay = f"resources: [../base]\npatches: [{{path: p.yaml}}, {{patch: '{patch}'}}]\n"
    assert edges(read({**BASE, "o/kustomization.yaml": overlay, "o/p.yaml": "{}"})) == set()


@pytest.mark.parametrize(
    ("target", "meant"),
    [
        ("{kind: Deployment, name: web}", True), ("{kind: Deployment}", True), ("{name: 'web|x'}", True),
        ("{group: apps, version: v1, kind: Deployment}", True), ("{kind: Service}", False), ("{name: w}", False),
        ("{name: '(a+)+$'}", False), ("{group: batch}", False), ("{labelSelector: 'a=b'}", False), ("null", False),
    ],
)  # fmt: skip
def test_the_target_of_a_patch(read, target, meant):
    overlay = f"resources: [../base]\npatches:\n  - target: {target}\n    patch: |-\n      {REPLACE}\n"
    wanted = {("web", "basket" if meant else "cart")}
    assert edges(read({**BASE, "o/kustomization.yaml": overlay})) == wanted


def test_prefixes_suffixes_and_namespaces_stay_one_thing(read):
    overlay = "resources: [../base, job.yaml]\nnamePrefix: eu-\nnameSuffix: -v2\nnamespace: live\n"
    asking = workload("job", env=variable("CART_URL", "http://eu-cart-v2.live:80"))
    imported = read({**BASE, "o/kustomization.yaml": overlay, "o/job.yaml": asking})
    assert set(services(imported)) == {"web", "cart", "basket", "job"}
    assert "eu-cart-v2" in services(imported)["cart"].aliases
    assert edges(imported) == {("web", "cart"), ("job", "cart")}


def test_two_instances_of_one_base_are_two_things(read):
    files = {
        "store/kustomization.yaml": "resources: [store.yaml]\n",
        "store/store.yaml": workload("redis", image="redis:7"),
        "a/kustomization.yaml": "resources: [../store]\nnamePrefix: cart-\n",
        "b/kustomization.yaml": "resources: [../store]\nnamePrefix: session-\n",
        "kustomization.yaml": "resources: [a, b]\n",
    }
    assert set(services(read(files))) == {"cart-redis", "session-redis"}


def test_instances_that_only_tell_environments_apart_are_one(read):
    overlays = {f"{e}/kustomization.yaml": f"resources: [../base]\nnamePrefix: {e}-\n" for e in ("dev", "prod")}
    imported = read({**BASE, **overlays, "kustomization.yaml": "resources: [dev, prod]\n"})
    assert set(services(imported)) == {"web", "cart", "basket"}
    assert edges(imported) == {("web", "cart")}


def test_images_and_labels(read):
    overlay = """resources: [all.yaml]
images: [{name: shop/store, newName: postgres}]
labels: [{pairs: {app.kubernetes.io/name: orders-store}, includeSelectors: true}]
"""
    imported = read({"kustomization.yaml": overlay, "all.yaml": workload("keep", image="shop/store:3")})
    (one,) = services(imported).values()
    assert (one.image, one.party.technology, one.aliases) == ("postgres:3", "postgresql", ("orders-store",))


@pytest.mark.parametrize(("behavior", "wanted"), [("merge", {"cart", "basket"}), ("replace", {"basket"})])
def test_generated_config_maps_lie_over_those_of_the_base(read, behavior, wanted):
    files = {
        "base/kustomization.yaml": "resources: [all.yaml]\n"
        "configMapGenerator: [{name: where, literals: [CART_URL=http://cart:80]}]\n"
        "secretGenerator: [{name: s, literals: [DB_URL=http://hunter2:80]}]\n",
        "base/all.yaml": workload("web", extra="envFrom: [{configMapRef: {name: where}}, {secretRef: {name: s}}]")
        + workload("cart")
        + workload("basket"),
        "o/kustomization.yaml": "resources: [../base]\nconfigMapGenerator:\n"
        f"  - {{name: where, behavior: {behavior}, literals: ['MAIL_URL=http://basket:80']}}\n",
    }
    imported = read(files)
    assert {provider for _, provider in edges(imported)} == wanted
    assert "hunter2" not in repr(imported)


OVERLAYS = {
    f"overlays/{name}/kustomization.yaml": "resources: [../../base, more.yaml]\npatches: [{path: p.yaml}]\n"
    for name in ("dev", "staging")
} | {f"overlays/{name}/p.yaml": PATCH for name in ("dev", "staging")}
MORE = {
    "overlays/dev/more.yaml": workload("mailhog"),
    "overlays/staging/more.yaml": workload("probe", env=variable("WEB_URL", "http://web:80")),
}


def test_without_an_overlay_for_production_the_base_speaks(read):
    imported = read({**BASE, **OVERLAYS, **MORE})
    assert edges(imported) == {("web", "cart"), ("probe", "web")}
    told = reasons(imported)
    assert told["base/kustomization.yaml"] == (
        "main kustomization, chosen from 3 variants; main_files in topoplan.yaml names another"
    )
    assert told["overlays/dev/kustomization.yaml"] == "variant of base/kustomization.yaml"
    assert told["overlays/dev/p.yaml"] == "patch of a variant, overlays/dev/kustomization.yaml"
    assert services(imported)["mailhog"].evidence.confidence.value == "medium", "what only a variant adds counts less"
    assert services(imported)["web"].evidence.confidence.value == "high"


def test_an_overlay_for_production_speaks(read):
    prod = {"overlays/prod/kustomization.yaml": "resources: [../../base]\npatches: [{path: p.yaml}]\n"}
    imported = read({**BASE, **OVERLAYS, **MORE, **prod, "overlays/prod/p.yaml": PATCH})
    assert edges(imported) == {("web", "basket"), ("probe", "web")}
    assert reasons(imported)["base/kustomization.yaml"] == "taken by overlays/prod/kustomization.yaml"


def test_the_configuration_names_the_main_one(read_as):
    chosen = ImportOptions(main_files=("overlays/dev/kustomization.yaml",))
    prod = {"overlays/prod/kustomization.yaml": "resources: [../../base]\n"}
    imported = read_as({**BASE, **OVERLAYS, **MORE, **prod}, chosen)
    assert edges(imported) == {("web", "basket"), ("probe", "web")}
    assert reasons(imported)["overlays/prod/kustomization.yaml"] == "variant of overlays/dev/kustomization.yaml"
    assert services(imported)["mailhog"].evidence.confidence.value == "high"


def test_what_is_out_of_reach_is_named(read):
    listed = [
        "github.com/o/r/deploy?ref=v1",
        "https://me:hunter2@h.example/x.yaml?token=hunter2",
        "../../up",
        "gone.yaml",
    ]
    text = json.dumps({"resources": [*listed, "empty", "../base"], "helmCharts": [{"name": "x"}]})
    imported = read({**BASE, "o/kustomization.yaml": text, "o/empty/x.txt": ""})
    assert edges(imported) == {("web", "cart")}
    assert reasons(imported)["o/kustomization.yaml"].split("; ") == [
        "main kustomization",
        "remote base not read: github.com/o/r/deploy",
        "remote base not read: h.example/x.yaml",
        "outside the analysed folders: ../../up",
        "not found: gone.yaml",
        "no kustomization read in empty",
        "helmCharts not applied",
    ]
    assert "hunter2" not in repr(imported)


def test_circles_end_and_are_told(read):
    imported = read(
        {
            "a/kustomization.yaml": "resources: [../b, all.yaml]\n",
            "b/kustomization.yaml": "resources: [../a]\ncomponents: [../b]\n",
            "a/all.yaml": BASE["base/all.yaml"],
        }
    )
    assert edges(imported) == {("web", "cart")}
    assert "leads in a circle" in reasons(imported)["b/kustomization.yaml"]


@pytest.mark.parametrize(
    "operations",
    [
        [{"op": "replace", "path": path, "value": "x"}
         for path in ("/spec/none/0", "spec", "", "/spec/template/spec/containers/9", "/metadata/name/x", "/a" * 5000)],
        [{"op": "remove", "path": "/spec/template/spec/containers/-1"}],
        [{"op": "add", "path": "/spec/template/spec/containers/99999999999999999999", "value": {}}],
        [{"op": "test", "path": "/kind", "value": "Pod"}, {"op": "remove", "path": "/spec"}],
        [{"op": "move", "from": "/none", "path": "/spec"}],
        [{"op": "explode", "path": "/spec"}], [7], [None], [{"op": ["add"], "path": {"a": 1}}],
    ],
    ids=range(9),
)  # fmt: skip
def test_operations_that_do_not_fit_leave_all_as_it_is(read, operations):
    text = json.dumps({"resources": ["../base"], "patches": [{"path": "p.json", "target": {"name": "web"}}]})
    imported = read({**BASE, "o/kustomization.yaml": text, "o/p.json": json.dumps(operations)})
    assert edges(imported) == {("web", "cart")}
    assert "a JSON patch does not fit Deployment web" in reasons(imported)["o/kustomization.yaml"]


@pytest.mark.parametrize(
    "odd", [None, True, 7, "x", [], {}, [[None]], {"name": 1}, [{"path": [1]}, 3, "y"], "- [", "{a: b"]
)
def test_wrong_types_everywhere(read, odd):
    keys = ("resources", "bases", "components", "patches", "patchesStrategicMerge", "patchesJson6902", "namePrefix",
            "namespace", "configMapGenerator", "commonLabels", "labels", "images", "kind")  # fmt: skip
    files = {f"{key}/kustomization.yaml": json.dumps({"resources": ["../base"], key: odd}) for key in keys}
    patches = [
        {"path": odd},
        {"patch": odd},
        {"patch": "{}", "target": odd},
        {"patch": "[{}]", "target": {"name": odd}},
    ]
    files["p/kustomization.yaml"] = json.dumps({"resources": ["../base"], "patches": patches})
    imported = read({**BASE, **files})
    assert not any(s.state.value == "failed" for s in imported.sources)
    assert ("web", "cart") in edges(imported)


def test_many_patches_over_large_manifests_are_bounded(read):
    config = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "big"},
        "data": {f"k{n}": "v" for n in range(50_000)},
    }
    operations = [{"op": "replace", "path": f"/data/k{n}", "value": "w"} for n in range(2000)]
    text = {"resources": ["big.json"], "patches": [{"path": "p.json", "target": {"kind": "ConfigMap"}}] * 50}
    started = time.process_time()
    imported = read(
        {"kustomization.yaml": json.dumps(text), "big.json": json.dumps(config), "p.json": json.dumps(operations)}
    )
    assert time.process_time() - started < 10
    assert "too much to apply" in reasons(imported)["kustomization.yaml"]


def test_diamonds_of_diamonds_are_built_once_each(read):
    files = {
        f"{n}{side}/kustomization.yaml": f"resources: [../{n + 1}a, ../{n + 1}b]\n" for n in range(40) for side in "ab"
    }
    files |= {f"40{side}/kustomization.yaml": "resources: [../base]\n" for side in "ab"}
    started = time.process_time()
    imported = read({**BASE, **files})
    assert time.process_time() - started < 5
    assert edges(imported) == {("web", "cart")}
