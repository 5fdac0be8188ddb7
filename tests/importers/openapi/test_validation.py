"""Verdicts: right, cached by content, and never in the way."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from spec_reading import interfaces, read_specs, write

from topoplan_importers.openapi import worker
from topoplan_importers.openapi.validation import MAX_CRASHES, MAX_FULL_BYTES, Validation

VALID = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/a: {get: {responses: {200: {description: d}}}}}\n"
INVALID = "openapi: 3.0.3\ninfo: {title: t}\npaths: {/a: {get: {responses: {200: {description: d}}}}}\n"
BROKEN = VALID + "components: {schemas: {A: {allOf: [{$ref: '#/components/schemas/No'}]}}}\n"


class Memory:
    """A store in memory."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], bytes] = {}

    def get(self, kind: str, key: str) -> bytes | None:
        return self.kept.get((kind, key))

    def put(self, kind: str, key: str, data: bytes) -> None:
        self.kept[kind, key] = data


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


def ask(validation: Validation, *names: str) -> None:
    for name in names:
        validation.ask(name, {name: {"openapi": "3.0.0", "x-name": name}}, {name: name})


def test_verdicts_and_notices(tmp_path: Path) -> None:
    write(tmp_path, {"a/good.yaml": VALID, "b/bad.yaml": INVALID, "c/broken.yaml": BROKEN})
    imported = read_specs(tmp_path, validate=True)
    assert {i.path: i.valid for i in interfaces(imported)} == {
        "a/good.yaml": True,
        "b/bad.yaml": False,
        "c/broken.yaml": False,
    }
    told = {str(n.where): (n.severity.value, n.slug, n.message) for n in imported.notices if n.slug == "spec-invalid"}
    assert told == {
        "b/bad.yaml:1": ("warning", "spec-invalid", 'is not valid: #/info: "version" is a required property'),
        "c/broken.yaml:1": (
            "warning",
            "spec-invalid",
            "is not valid: the reference /components/schemas/No leads to nothing",
        ),
    }


def test_every_version_has_a_validator(tmp_path: Path) -> None:
    tail = "info: {title: t, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: d}}}}}\n"
    versions = ("swagger: '2.0'", "openapi: 3.0.4", "openapi: 3.1.1", "openapi: 3.2.0")
    write(tmp_path, {f"{number}.yaml": f"{head}\n{tail}" for number, head in enumerate(versions)})
    assert [i.valid for i in interfaces(read_specs(tmp_path, validate=True))] == [True] * 4


def test_not_asked_for_means_no_verdict(tmp_path: Path) -> None:
    write(tmp_path, {"bad.yaml": INVALID})
    imported = read_specs(tmp_path)
    assert [i.valid for i in interfaces(imported)] == [None]
    assert imported.notices == ()


def test_problems_quote_no_values() -> None:
    root = {"openapi": "3.0.0", "info": {"title": "t", "version": ["s3cr3t"]}, "paths": {"/a": "s3cr3t"}}
    assert worker.verdict({"u": root}, "u")["valid"] is False
    assert "s3cr3t" not in json.dumps(worker.verdict({"u": root}, "u"))
    schema = {"schemas": {"A": {"type": "integer", "default": "s3cr3t"}, "B": {"$schema": "s3cr3t"}}}
    root = {"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "components": schema}
    assert "s3cr3t" not in json.dumps(worker.verdict({"u": root}, "u"))


@pytest.mark.parametrize(
    ("root", "word"),
    [
        ({"openapi": "3.9.0"}, "version"),
        ({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": {}, "tags": [{}]}, ""),
    ],
)
def test_what_the_validator_cannot_judge_has_no_verdict_or_a_problem(root: dict[str, object], word: str) -> None:
    verdict = worker.verdict({"u": root}, "u")
    assert verdict["valid"] is not True
    assert word in verdict["problem"]


def test_recursion_in_the_validator_is_no_verdict() -> None:
    deep: dict[str, object] = {"type": "object"}
    for _ in range(300):
        deep = {"allOf": [deep]}
    info = {"title": "t", "version": "1"}
    root = {"openapi": "3.0.0", "info": info, "paths": {}, "components": {"schemas": {"A": deep}}}
    verdict = worker.verdict({"u": root}, "u")
    assert verdict["valid"] is None
    assert "deep" in verdict["problem"]


def test_the_worker_cannot_open_connections() -> None:
    with pytest.raises(PermissionError):
        worker.refuse_network("socket.connect", ())
    code = (
        f"import sys, socket; sys.path.insert(0, {str(Path(worker.__file__).parent)!r}); import worker\n"
        "sys.addaudithook(worker.refuse_network)\n"
        "try: socket.create_connection(('127.0.0.1', 1))\n"
        "except PermissionError: print('refused')\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "refused\n"


def test_verdicts_are_kept_by_content(tmp_path: Path) -> None:
    """The second run finds them in the cache, wherever the same files lie; a changed fragment asks anew."""
    refers = VALID + "components: {schemas: {A: {$ref: 'part.yaml#/A'}}}\n"
    files = {"x/a.yaml": refers, "x/part.yaml": "A: {type: string}\n"}
    cache = tmp_path / "cache"
    write(tmp_path / "one", dict(files))
    write(tmp_path / "two", {f"moved/{path}": text for path, text in files.items()})
    write(tmp_path / "three", files | {"x/part.yaml": "A: {type: 5}\n"})
    verdicts = []
    for root in ("one", "two", "three"):
        imported = read_specs(tmp_path / root, validate=True, cache_dir=str(cache))
        verdicts.append([i.valid for i in interfaces(imported)])
        if root == "two":
            assert len([path for path in cache.rglob("*") if path.is_file()]) == 1
    assert verdicts == [[True], [True], [False]]
    assert len([path for path in cache.rglob("*") if path.is_file()]) == 2


def test_a_kept_verdict_starts_no_process() -> None:
    store = Memory()
    with Validation(store, script('import sys; sys.stdin.read(); print(\'{"valid": true, "problem": ""}\')')) as one:
        ask(one, "a")
        assert one.verdicts()["a"].valid is True
    with Validation(store, ["/nonexistent/python"]) as two:
        ask(two, "a")
        assert two.verdicts()["a"].valid is True


def test_a_damaged_kept_verdict_is_asked_for_again() -> None:
    store = Memory()
    answer = script('import sys; sys.stdin.read(); print(\'{"valid": false, "problem": "p"}\')')
    for _ in range(2):
        with Validation(store, answer) as validation:
            ask(validation, "a")
            assert validation.verdicts()["a"].valid is False
        store.kept = dict.fromkeys(store.kept, b"{]")


def test_equal_content_is_validated_once() -> None:
    counting = script('import sys; n = len(sys.stdin.readlines()); print(\'{"valid": true, "problem": "%d"}\' % n)')
    with Validation(Memory(), counting) as validation:
        for folder in ("a", "b"):
            validation.ask(f"{folder}/s.yaml", {f"{folder}/s.yaml": {}}, {f"{folder}/s.yaml": "same"})
        assert {v.problem for v in validation.verdicts().values()} == {"1"}


CRASHES_ON_B = """
import json, os, sys
for line in sys.stdin:
    job = json.loads(line)
    if "/b" in job["spec"]: os._exit(139)
    print(json.dumps({"valid": True, "problem": ""}), flush=True)
"""


def test_a_crash_costs_only_the_specification_it_happened_on() -> None:
    store = Memory()
    with Validation(store, script(CRASHES_ON_B)) as validation:
        ask(validation, "a", "b", "c")
        verdicts = validation.verdicts()
    assert {name: verdict.valid for name, verdict in verdicts.items()} == {"a": True, "b": None, "c": True}
    assert "crashed" in verdicts["b"].problem
    assert len(store.kept) == 2


def test_a_validator_that_always_crashes_is_given_up() -> None:
    with Validation(Memory(), script("import os; os._exit(1)")) as validation:
        ask(validation, *(f"s{number}" for number in range(MAX_CRASHES + 2)))
        verdicts = validation.verdicts()
    assert [verdict.valid for verdict in verdicts.values()] == [None] * (MAX_CRASHES + 2)


def test_a_validator_that_cannot_start_is_no_verdict() -> None:
    with Validation(Memory(), ["/nonexistent/python"]) as validation:
        ask(validation, "a")
        assert validation.verdicts()["a"].valid is None


def test_time_runs_out_for_what_is_not_answered() -> None:
    slow = script(
        'import sys, time; sys.stdin.readline(); print(\'{"valid": true, "problem": ""}\', flush=True)\n'
        "sys.stdin.read(); time.sleep(60)"
    )
    store = Memory()
    with Validation(store, slow, limit=2.0) as validation:
        ask(validation, "a", "b")
        verdicts = validation.verdicts()
    assert (verdicts["a"].valid, verdicts["a"].timed_out) == (True, False)
    assert (verdicts["b"].valid, verdicts["b"].timed_out) == (None, True)
    assert len(store.kept) == 1


def test_of_a_very_large_specification_only_the_structure_is_checked(tmp_path: Path) -> None:
    root = {"openapi": "3.0.0", "info": {"title": "t", "version": "1"}, "paths": {"/a": {"get": {"responses": {}}}}}
    root["paths"]["/a"]["get"]["responses"] = {"200": {"description": "x" * MAX_FULL_BYTES}}  # type: ignore[index]
    write(tmp_path, {"good.json": json.dumps(root), "bad.json": json.dumps(root | {"extra": 1})})
    imported = read_specs(tmp_path, validate=True)
    assert {i.path: i.valid for i in interfaces(imported)} == {"good.json": None, "bad.json": False}
    assert {n.slug for n in imported.notices} == {"spec-invalid", "spec-not-validated"}


def test_the_validator_is_not_imported_by_the_importer() -> None:
    code = (
        "import sys, topoplan_importers.openapi.importer\n"
        "print(sorted({'openapi_spec_validator', 'jsonschema', 'jsonschema_rs', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
