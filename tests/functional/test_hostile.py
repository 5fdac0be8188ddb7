"""Hostile input: a clear reason with a place, the rest analysed, quickly, and nothing from outside the root."""

import gzip
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from calling import Cli
from running import topoplan

GOOD = "services: {till: {image: acme/till, environment: {URL: 'http://ledger:80'}}, ledger: {image: acme/ledger}}\n"
SECRET = "s3cr3t-of-the-machine"


def alias_bomb() -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    return "services: {web: {image: x}}\n" + "\n".join(lines) + "\n"


def merge_bomb() -> str:
    lines = ["m0: &m0 {k: v}"]
    lines += [f"m{i}: &m{i} {{<<: [*m{i - 1}, *m{i - 1}], k{i}: [*m{i - 1}, *m{i - 1}]}}" for i in range(1, 40)]
    return "services: {web: {image: x}}\n" + "\n".join(lines) + "\n"


def spec(paths: str) -> str:
    return "openapi: 3.0.3\ninfo: {title: users, version: '1'}\npaths:\n" + paths


def ref_spec(target: str) -> str:
    return spec(
        f"  /users:\n    get:\n      responses:\n        '200':\n          description: ok\n"
        f"          content: {{application/json: {{schema: {{$ref: '{target}'}}}}}}\n"
    )


DEEP = "[" * 40_000 + "]" * 40_000
FILES: dict[str, bytes] = {
    "alias-bomb/compose.yaml": alias_bomb().encode(),
    "merge-bomb/compose.yaml": merge_bomb().encode(),
    "deep-flow/compose.yaml": ("services: {web: {image: x, x: " + DEEP + "}}").encode(),
    "deep-block/compose.yaml": ("services:\n" + "".join(" " * i + "a:\n" for i in range(1, 3000))).encode(),
    "deep/trace.json": b'{"resourceSpans": [' + b'{"a":' * 40_000 + b"1" + b"}" * 40_000 + b"]}",
    "ref-http/openapi.yaml": ref_spec("http://127.0.0.1:1/schema.yaml").encode(),
    "ref-file/openapi.yaml": ref_spec("file:///etc/passwd").encode(),
    "ref-up/openapi.yaml": ref_spec("../../outside.yaml#/Secret").encode(),
    "ref-loop/openapi.yaml": (
        ref_spec("#/components/schemas/A") + "components: {schemas: {A: {$ref: '#/components/schemas/A'}}}\n"
    ).encode(),
    "allof/openapi.yaml": (
        ref_spec("#/components/schemas/A300")
        + "components:\n  schemas:\n    A0: {type: object, properties: {x: {type: string}}}\n"
        + "".join(f"    A{i}: {{allOf: [{{$ref: '#/components/schemas/A{i - 1}'}}]}}\n" for i in range(1, 301))
    ).encode(),
    "include/compose.yaml": b"include: [../../outside.yaml]\nservices: {web: {image: x}}\n",
    "extends/compose.yaml": b"services: {web: {image: x, extends: {file: ../../outside.yaml, service: web}}}\n",
    "env-file/compose.yaml": b"services: {web: {image: x, env_file: ../../outside.env}}\n",
    "nan/trace.json": b'{"resourceSpans": [{"resource": NaN}]}',
    "twice/compose.yaml": b"services:\n  one: {image: x}\n  one: {image: y}\n",
    "bom/compose.yaml": b"\xef\xbb\xbfservices: {marked: {image: x}}\n",
    "utf16/compose.yaml": "services: {wide: {image: x}}\n".encode("utf-16"),
    "empty/compose.yaml": b"",
    "empty/trace.json": b"",
    "latin1/compose.yaml": b"services: {w\xe9b: {image: x}}\n",
    "nul/compose.yaml": b"services: {web: {image: 'x\x00'}}\n",
    "types/compose.yaml": b"services: {web: [1], api: 7, ok: {image: 5, ports: {}, environment: 3, depends_on: 1}}\n",
    "types/openapi.yaml": spec("  /users: 7\n  /x: {get: [1]}\n").encode(),
    "deep/api.proto": ("message A { " * 5000).encode(),
    "torn/schema.graphql": b"type Query { users(",
    "deep/order.avsc": b'{"type":' * 40_000,
    "deep/orders.avpr": b'{"protocol": "P", "types": ' + b"[" * 40_000,
    "markup/order.avsc": (
        b'{"type": "record", "name": "</svg><script>alert(1)</script>", "fields": [{"name": "\\u202e", "type": "int"}]}'
    ),
    "loop/order.avsc": b'{"type": "record", "name": "R", "fields": [{"name": "r", "type": ["null", {"type": "R"}]}]}',
    "ref-avro/asyncapi.yaml": (
        b"asyncapi: 2.6.0\nchannels: {a: {subscribe: {message: {payload: {$ref: '../../outside.yaml#/Secret'}}}}}\n"
    ),
    "torn/api.desc": b"\x0a\x7f\x0a\x05a.proto",
    "types/catalog-info.yaml": b"apiVersion: backstage.io/v1alpha1\nkind: [1]\nmetadata: {name: [x]}\nspec: 5\n",
    "types/workspace.json": b'{"model": {"softwareSystems": [[], {"containers": {"a": 1}}]}}',
    "types/CODEOWNERS": b"/../../../etc/ @root\n\xff\xfe @x\n",
    # Members of one gzip file are concatenated: 4 GB in 4 MB.
    "bomb/trace.json.gz": gzip.compress(b'{"resourceSpans":[') + gzip.compress(b" " * 20_000_000) * 40,
    "torn/trace.json": b'{"data": [{"traceID": "1", "spans": [{"traceID": "1", "spanID"',
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outside = tmp_path_factory.mktemp("outer")
    root = outside / "root"
    for name, content in FILES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (outside / "outside.yaml").write_text(f"services: {{web: {{image: {SECRET}}}}}\nSecret: {{title: {SECRET}}}\n")
    (outside / "outside.env").write_text(f"TOKEN={SECRET}\n")
    (root / "links").mkdir()
    os.symlink(outside / "outside.yaml", root / "links" / "compose.yaml")
    os.symlink(outside, root / "links" / "folder")
    os.symlink("loop", root / "links" / "loop")
    os.mkfifo(root / "links" / "pipe.yaml")
    (root / "good").mkdir()
    (root / "good" / "compose.yaml").write_text(GOOD)
    return root


@pytest.fixture(scope="module")
def topology(hostile: Path) -> dict[str, list[dict[str, object]]]:
    done = topoplan("graph", hostile, "-q", cwd=hostile, timeout=100)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert SECRET not in done.stdout + done.stderr
    loaded: dict[str, list[dict[str, object]]] = json.loads(done.stdout)
    return loaded


def test_the_rest_is_still_analysed(topology: dict[str, list[dict[str, object]]]) -> None:
    assert ("till", "ledger") in {(b["consumer"], b["provider"]) for b in topology["boundaries"]}


@pytest.mark.parametrize(
    ("file", "word"),
    [
        ("alias-bomb/compose.yaml", "alias"),
        ("merge-bomb/compose.yaml", "alias"),
        ("deep-flow/compose.yaml", "deep"),
        ("deep-block/compose.yaml", "deep"),
        ("latin1/compose.yaml", "UTF-8"),
        ("nan/trace.json", ""),
        ("torn/trace.json", ""),
        ("deep/api.proto", "deep"),
        ("torn/schema.graphql", "line 1"),
        ("deep/order.avsc", "deep"),
        ("deep/orders.avpr", "deep"),
        ("deep/trace.json", ""),
        ("bomb/trace.json.gz", ""),
    ],
)
def test_what_cannot_be_read_is_a_failed_source_with_a_reason(
    topology: dict[str, list[dict[str, object]]], file: str, word: str
) -> None:
    (source,) = [s for s in topology["sources"] if str(s["path"]).endswith(file)]
    assert source["state"] == "failed"
    assert source["reason"]
    assert word.lower() in str(source["reason"]).lower()


def test_a_key_given_twice_is_told_with_its_line(topology: dict[str, list[dict[str, object]]]) -> None:
    (notice,) = [n for n in topology["notices"] if n["slug"] == "duplicate-key"]
    assert str(notice["where"]).endswith("twice/compose.yaml:3")


@pytest.mark.parametrize("name", ["marked", "wide"])
def test_byte_order_marks_are_no_obstacle(topology: dict[str, list[dict[str, object]]], name: str) -> None:
    assert name in {s["name"] for s in topology["services"]}


def test_every_file_is_accounted_for_once_by_each_reader(
    topology: dict[str, list[dict[str, object]]], hostile: Path
) -> None:
    paths = [str(s["path"]) for s in topology["sources"]]
    readings = [(s["path"], s["importer"]) for s in topology["sources"]]
    assert len(readings) == len(set(readings))
    for name in FILES:
        assert any(p.endswith(name) for p in paths), name


@pytest.mark.parametrize("name", ["ref-http", "ref-file", "ref-up", "ref-avro"])
def test_references_out_of_the_root_are_refused_and_told(
    topology: dict[str, list[dict[str, object]]], name: str
) -> None:
    told = [n for n in topology["notices"] if name in str(n["where"])]
    assert "ref-refused" in {n["slug"] for n in told}


@pytest.mark.parametrize("name", ["include", "extends", "env-file"])
def test_compose_paths_out_of_the_root_are_refused_and_told(
    topology: dict[str, list[dict[str, object]]], name: str
) -> None:
    assert any(n["slug"] == "outside-root" and name in str(n["where"]) for n in topology["notices"])


def test_a_specification_that_refers_to_itself_is_still_read(topology: dict[str, list[dict[str, object]]]) -> None:
    for name in ("ref-loop", "allof"):
        (source,) = [s for s in topology["sources"] if f"{name}/" in str(s["path"])]
        assert source["state"] == "analysed"


@pytest.fixture
def written(tmp_path: Path) -> Callable[[str, str], Path]:
    def write(name: str, text: str) -> Path:
        (tmp_path / name).write_text(text)
        return tmp_path

    return write


def test_only_unreadable_input_is_no_result(written: Callable[[str, str], Path]) -> None:
    done = topoplan("analyze", ".", cwd=written("compose.yaml", "services: {web: {image: *nobody}}\n"))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "compose.yaml" in done.stderr
    assert "(line 1)" in done.stderr


def test_no_input_is_no_result(tmp_path: Path) -> None:
    done = topoplan("analyze", ".", cwd=tmp_path)
    assert done.returncode == 2
    assert "[no-input]" in done.stderr


SECRETIVE = """
services:
  web:
    image: acme/web
    environment:
      DATABASE_URL: postgres://admin:s3cr3t-of-the-machine@db:5432/app?sslpassword=s3cr3t-of-the-machine
      API_TOKEN: s3cr3t-of-the-machine
      ORDERS: http://user:s3cr3t-of-the-machine@orders/path?token=s3cr3t-of-the-machine
      UNKNOWN: amqp://u:s3cr3t-of-the-machine@nowhere:5672
    command: ["--key", "s3cr3t-of-the-machine", "--peer=http://s3cr3t-of-the-machine:x@orders"]
    labels: { secret: s3cr3t-of-the-machine }
  orders: { image: acme/orders }
  db: { image: postgres }
"""


@pytest.fixture
def secretive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The current folder tells secrets."""
    (tmp_path / "compose.yaml").write_text(SECRETIVE)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("format_", ["text", "json", "markdown"])
def test_no_secret_reaches_a_report(cli: Cli, secretive: None, format_: str) -> None:
    done = cli("analyze", ".", "-f", format_)
    assert done.code == 0, done.err
    assert "orders" in done.out
    assert SECRET not in done.out + done.err


@pytest.mark.parametrize("format_", ["text", "json", "markdown", "csv", "svg"])
def test_no_secret_reaches_a_plan(cli: Cli, secretive: None, format_: str) -> None:
    done = cli("plan", ".", "-f", format_)
    assert done.code == 0, done.err
    assert SECRET not in done.out + done.err


@pytest.mark.parametrize("format_", ["json", "dot", "mermaid", "graphml", "csv"])
def test_no_secret_reaches_a_graph(cli: Cli, secretive: None, format_: str) -> None:
    done = cli("graph", ".", "-f", format_)
    assert done.code == 0, done.err
    assert SECRET not in done.out + done.err
