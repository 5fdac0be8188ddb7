"""Manifests that mean harm, or nothing: bounded work, no exception, every file accounted for."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

GOLDEN = Path(__file__).parents[2] / "golden" / "kubernetes"
ODD: tuple[Any, ...] = (None, True, 7, -1.5, "x", [], {}, [[None]], {"name": {"name": 1}}, [{"name": [1]}, 3, "y"])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(inner, (*path, key))


def changed(value: Any, path: tuple[Any, ...], odd: Any) -> Any:
    if not path:
        return odd
    key, *rest = path
    if isinstance(value, dict):
        return {**value, key: changed(value[key], tuple(rest), odd)}
    return [changed(item, tuple(rest), odd) if n == key else item for n, item in enumerate(value)]


def test_wrong_types_everywhere(read):
    """Every value of a whole small system, one at a time, becomes something else."""
    documents = [*yaml.safe_load_all((GOLDEN / "shop" / "shop.yaml").read_text())]
    documents.append(json.loads((GOLDEN / "shop" / "edge.json").read_text()))
    files = {
        f"{number}-{spot}-{turn}.json": json.dumps(
            {"apiVersion": "v1", "kind": "List", "items": [changed(d, path, odd)]}
        )
        for number, d in enumerate(documents)
        for spot, path in enumerate(places(d))
        for turn in range(3)
        for odd in [ODD[(number + spot + 3 * turn) % len(ODD)]]
    }
    result = read(files)
    assert len(result.sources) == len(files) > 600
    assert not any(s.state.value == "failed" for s in result.sources)


@pytest.mark.parametrize("odd", ODD)
def test_wrong_types_at_the_places_that_matter(read, odd):
    base = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "a"}}
    pods = [{"spec": odd}, {"spec": {"containers": odd}}, {"metadata": odd, "spec": {"containers": [odd]}}]
    pods += [
        {"metadata": {"labels": odd}, "spec": {"containers": [{"image": "x", key: odd}]}}
        for key in ("env", "envFrom", "ports", "command", "args", "name")
    ]
    every = [{**base, "spec": odd}, *({**base, "spec": {"template": pod}} for pod in pods)]
    result = read({f"{n}.json": json.dumps(one) for n, one in enumerate(every)})
    assert len(result.sources) == len(every)


def many(kind: str, count: int, body: Any) -> list[dict]:
    return [
        {"apiVersion": "v1", "kind": kind, "metadata": {"name": f"{kind.lower()}{n}"}, **body} for n in range(count)
    ]


@pytest.mark.parametrize("count", [4000])
def test_work_does_not_grow_with_the_product_of_what_is_declared(read, count):
    """Services that all select everything, and workloads that all take one large config map."""
    container = {"image": "x", "envFrom": [{"configMapRef": {"name": "configmap0"}}]}
    pod = {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [container]}}
    data = {f"K{n}_URL": f"http://deployment{n}" for n in range(count)}
    objects = [
        *many("Deployment", count, {"spec": {"template": pod}}),
        *many("Service", count, {"spec": {"selector": {"app": "x"}}}),
        *many("ConfigMap", 1, {"data": data}),
    ]
    started = time.process_time()
    result = read({"a.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})})
    assert time.process_time() - started < 10
    assert len(result.facts) == 2 * count


def test_variables_that_double_each_other(read):
    doubling = [{"name": "V0", "value": "x" * 1000}]
    doubling += [{"name": f"V{n}", "value": f"$(V{n - 1})" * 10} for n in range(1, 2000)]
    container = {"image": "x", "env": doubling}
    made = {"spec": {"template": {"spec": {"containers": [container]}}}}
    started = time.process_time()
    result = read({"a.json": json.dumps(many("Deployment", 1, made)[0])})
    assert time.process_time() - started < 10
    assert len(result.facts) == 1


def test_lists_in_lists(read):
    inner: dict[str, Any] = many("Deployment", 1, {})[0]
    for _ in range(60):
        inner = {"apiVersion": "v1", "kind": "List", "items": [inner]}
    (source,) = read({"a.json": json.dumps(inner)}).sources
    assert source.state.value == "skipped"


def test_deep_nesting_and_alias_bombs_are_failed_sources(read):
    head = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    result = read({"bomb.yaml": head + "\n".join(lines), "deep.yaml": head + "data: " + "[" * 40_000})
    assert [(s.path, s.state.value) for s in result.sources] == [("bomb.yaml", "failed"), ("deep.yaml", "failed")]


def test_patches_outside_the_root_are_not_followed(read):
    names = ["../../../../etc/passwd", "/etc/passwd", "\0", "x" * 5000]
    result = read({"kustomization.yaml": yaml.safe_dump({"patches": [{"path": n} for n in names]})})
    assert [s.path for s in result.sources] == ["kustomization.yaml"]
