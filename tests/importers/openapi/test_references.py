"""References are followed inside the analysed folders and nowhere else."""

from pathlib import Path

import pytest
from spec_reading import interfaces, operations_of, read_specs, write

from topoplan.model.facts import SourceState

SECRET = "s3cr3t"


def spec(reference: str, version: str = "3.0.3") -> str:
    return (
        f"openapi: {version}\ninfo: {{title: t, version: '1'}}\npaths:\n  /a:\n    get:\n      responses:\n"
        f"        '200': {{description: d, content: {{application/json: {{schema: {{$ref: '{reference}'}}}}}}}}\n"
    )


def field_names(root: Path) -> list[str]:
    (interface,) = interfaces(read_specs(root))
    return [field.name for operation in interface.operations for field in operation.fields]


def test_a_specification_may_lie_in_several_files(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "users/openapi.yaml": (
                "openapi: 3.1.0\npaths:\n  /users: {$ref: 'paths/users.yaml'}\n"
                "  /other: {$ref: 'paths/users.yaml#/other'}\n"
            ),
            "users/paths/users.yaml": (
                "get:\n  responses: {'200': {$ref: '../../common/responses.json#/Users'}}\nother: {post: {}}\n"
            ),
            "common/responses.json": (
                '{"Users": {"description": "Found", "content": {"application/json": {"schema": '
                '{"$ref": "schemas/user%20v1.yaml#/definitions/a~1b"}}}}}'
            ),
            "common/schemas/user v1.yaml": "definitions: {a/b: {properties: {id: {type: string}}}}\n",
        },
    )
    imported = read_specs(tmp_path)
    (interface,) = interfaces(imported)
    assert imported.notices == ()
    assert [operation.id for operation in interface.operations] == ["GET /users", "POST /other"]
    get, post = interface.operations
    assert str(get.where) == "users/paths/users.yaml:1"
    assert [field.name for field in get.fields] == ["id"]
    assert str(post.where) == "users/paths/users.yaml:3"


def test_a_claimed_fragment_is_told_as_a_part(tmp_path: Path) -> None:
    large = "components:\n  schemas:\n" + "".join(f"    S{i}: {{properties: {{f: {{}}}}}}\n" for i in range(300))
    write(tmp_path, {"openapi.yaml": spec("schemas.yaml#/components/schemas/S7"), "schemas.yaml": large})
    states = {source.path: (source.state, source.reason) for source in read_specs(tmp_path).sources}
    assert states["schemas.yaml"] == (SourceState.ANALYSED, "part of openapi.yaml")


OUTSIDE = [
    "http://127.0.0.1:1/s.yaml#/A",
    "https://user:s3cr3t@example.com/s.yaml?token=s3cr3t#/A",
    "file:///etc/passwd",
    "ftp://host/s.yaml",
    "//host/share/s.yaml",
    "/etc/passwd",
    "../outside.yaml#/Secret",
    "..%2foutside.yaml#/Secret",
    "link.yaml#/Secret",
    "C:\\s.yaml",
    "\\\\host\\share",
    "jar:file:///x!/y",
]


def test_nothing_outside_is_opened(tmp_path: Path) -> None:
    """Neither by the importer nor by the validator, which fetches and reads whatever a reference names if let."""
    root = tmp_path / "root"
    write(tmp_path, {"outside.yaml": f"Secret: {{title: {SECRET}}}\n"})
    write(root, {f"{number}.yaml": spec(reference) for number, reference in enumerate(OUTSIDE)})
    (root / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    imported = read_specs(root, validate=True)
    found = interfaces(imported)
    assert len(found) == len(OUTSIDE)
    assert all(interface.operations[0].fields == () and interface.valid is None for interface in found)
    assert SECRET not in repr(imported)
    refused = sorted(str(notice.where) for notice in imported.notices if notice.slug == "ref-refused")
    assert refused == sorted(f"{number}.yaml:7" for number in range(len(OUTSIDE)))


@pytest.mark.parametrize(
    "reference",
    ["missing.yaml", "#/components/schemas/No", "#anchor", "broken.yaml#/a", "openapi.yaml#/paths/99", "\\0"],
)
def test_a_reference_to_nothing_is_told(tmp_path: Path, reference: str) -> None:
    write(tmp_path, {"openapi.yaml": spec(reference), "broken.yaml": "a: [\n"})
    imported = read_specs(tmp_path)
    assert len(interfaces(imported)) == 1
    assert {notice.slug for notice in imported.notices} <= {"ref-unresolved", "ref-refused"}
    assert len(imported.notices) == 1


@pytest.mark.parametrize(
    "tail",
    [
        "components: {schemas: {A: {$ref: '#/components/schemas/A'}}}\n",
        "components: {schemas: {A: {$ref: '#/components/schemas/B'}, B: {$ref: '#/components/schemas/A'}}}\n",
        "components: {schemas: {A: {allOf: [{$ref: '#/components/schemas/A'}], properties: {x: {}}}}}\n",
    ],
)
def test_loops_end(tmp_path: Path, tail: str) -> None:
    write(tmp_path, {"openapi.yaml": spec("#/components/schemas/A") + tail})
    assert set(field_names(tmp_path)) <= {"x"}


def test_loops_over_files_end(tmp_path: Path) -> None:
    write(tmp_path, {"openapi.yaml": spec("a.yaml"), "a.yaml": "$ref: b.yaml\n", "b.yaml": "$ref: a.yaml\n"})
    assert field_names(tmp_path) == []


def test_a_version_read_on_its_own_stays_in_its_file() -> None:
    (operation,) = operations_of(spec("../other.yaml#/A")).values()
    assert operation.id == "GET /a"
    assert operation.fields == ()
