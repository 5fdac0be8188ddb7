"""Environments for tests: what is taken for one, what it starts, and whose tests it serves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from time import process_time

import pytest

from topoplan.importing.contract import Imported, Importer, ImportOptions
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import EnvironmentFact
from topoplan.model.facts import NodeKind, SourceState
from topoplan_importers.environments import EnvironmentsImporter

COMPOSE = "services:\n  orders:\n    build: .\n  db:\n    image: postgres:16\n  cypress:\n    image: cypress/included\n"
JAVA = "import org.testcontainers.X;\n"
POM = """<project>
 <dependencyManagement><dependencies><dependency>
  <groupId>org.testcontainers</groupId><artifactId>mysql</artifactId>
 </dependency></dependencies></dependencyManagement>
 <dependencies><!-- <groupId>org.testcontainers</groupId><artifactId>kafka</artifactId> -->
 <dependency>
  <groupId>org.testcontainers</groupId>
  <artifactId>{}</artifactId>
 </dependency></dependencies></project>"""


def read(root: Path, files: Mapping[str, str | bytes], options: ImportOptions | None = None) -> Imported:
    importer: Importer = EnvironmentsImporter()
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = [candidate(name, root / name) for name in sorted(files)]
    return importer.read([c for c in found if importer.claims(c)], Workspace({".": root}), options or ImportOptions())


def started(found: Imported) -> dict[str, tuple[str, set[str]]]:
    """Folder and parties (name, or technology where there is none) by file."""
    facts = [check for check in found.checks if isinstance(check, EnvironmentFact)]
    assert len(facts) == len(found.checks)
    return {f.evidence.where.path: (f.folder, {p.name or p.technology for p in f.parties}) for f in facts}


@pytest.mark.parametrize(
    ("path", "folder"),
    [
        ("docker-compose.test.yml", "."),
        ("compose.integration.yaml", "."),
        ("orders/docker-compose-e2e.yml", "orders"),
        ("orders/src/test/resources/docker-compose.yml", "orders"),
        ("orders/tests/compose.yaml", "orders"),
        ("orders/it/compose.yaml", "orders"),
        ("e2e/deep/docker-compose.yml", "."),
    ],
)
def test_compose_files_for_tests(tmp_path: Path, path: str, folder: str) -> None:
    found = read(tmp_path, {path: COMPOSE, "orders/main.go": "package main"})
    assert started(found) == {path: (folder, {"orders", "db"})}
    (fact,) = found.checks
    assert isinstance(fact, EnvironmentFact)
    assert [(p.name, p.kind, p.technology) for p in fact.parties] == [
        ("db", NodeKind.DATASTORE, "postgresql"),
        ("orders", None, ""),
    ]
    assert found.facts == ()


@pytest.mark.parametrize(
    "path", ["docker-compose.yml", "compose.prod.yaml", "latest/compose.yaml", "src/main/java/it/shop/compose.yaml"]
)
def test_other_compose_files_are_left_alone(tmp_path: Path, path: str) -> None:
    assert read(tmp_path, {path: COMPOSE}).sources == ()


def test_the_name_of_the_analysed_folder_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "compose.yaml").write_text(COMPOSE)
    importer = EnvironmentsImporter()
    found = importer.read(
        [candidate("tests/compose.yaml", tmp_path / "tests/compose.yaml")],
        Workspace({"tests": tmp_path / "tests"}),
        ImportOptions(),
    )
    assert [(s.state, s.reason) for s in found.sources] == [(SourceState.SKIPPED, "is not for tests")]


def test_stores_named_for_the_test_are_the_stores_they_stand_for(tmp_path: Path) -> None:
    text = "services:\n  orders-db-test:\n    image: mysql\n  api-unit-test:\n    build: .\n"
    assert started(read(tmp_path, {"compose.test.yml": text}))["compose.test.yml"][1] == {"orders-db"}


@pytest.mark.parametrize(
    ("name", "text", "technologies"),
    [
        ("pom.xml", POM.format("postgresql"), {"postgresql"}),
        ("pom.xml", POM.format("testcontainers-kafka"), {"kafka"}),
        ("build.gradle", "api 'org.testcontainers:mongodb:1'\n// 'org.testcontainers:mysql'", {"mongodb"}),
        ("build.gradle", "api group: 'org.testcontainers', name: 'oracle-xe', version: '1'", {"oracle.db"}),
        ("build.gradle.kts", 'testImplementation("org.testcontainers:rabbitmq")', {"rabbitmq"}),
        ("build.gradle.kts", "testImplementation(libs.testcontainers.postgresql)", {"postgresql"}),
        ("package.json", '{"devDependencies": {"@testcontainers/postgresql": "^10"}}', {"postgresql"}),
        ("pyproject.toml", '[x]\ntest = ["testcontainers[postgres, redis]>=4"]', {"postgresql", "redis"}),
        ("pyproject.toml", '[x]\ntestcontainers = {version = "4", extras = ["mysql"]}', {"mysql"}),
        ("requirements-dev.txt", "testcontainers[kafka]==4.0\n# testcontainers[mysql]\n", {"kafka"}),
        ("A.Tests.csproj", '<PackageReference Include="Testcontainers.MsSql" />', {"microsoft.sql_server"}),
        ("go.mod", "require github.com/testcontainers/testcontainers-go/modules/redis v0.30.0", {"redis"}),
    ],
)  # fmt: skip
def test_build_files(tmp_path: Path, name: str, text: str, technologies: set[str]) -> None:
    path = f"orders/{name}"
    assert started(read(tmp_path, {path: text})) == {path: ("orders", technologies)}


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        ("o/src/test/java/OTest.java", JAVA + "new PostgreSQLContainer<>(IMAGE)",
         {"postgresql"}),
        ("o/src/test/java/O.java", JAVA + 'new GenericContainer<>(DockerImageName.parse("redis:7"))',
         {"redis"}),
        ("o/src/test/java/O.java", JAVA + '// new MySQLContainer()\nnew GenericContainer("acme/users:1")',
         {"users"}),
        ("o/src/test/kotlin/O.kt", "import org.testcontainers.X\nval k = ConfluentKafkaContainer(IMAGE)", {"kafka"}),
        ("o/db_test.go", 'import "github.com/testcontainers/testcontainers-go"\nX{\n Image: "mysql:8.0",', {"mysql"}),
        ("o/test/a.spec.ts", "import { X } from 'testcontainers'\nnew GenericContainer('redis:6.0-alpine')",
         {"redis"}),
        ("o/tests/test_a.py", "from testcontainers.postgres import PostgresContainer\nPostgresContainer('postgres:16')",
         {"postgresql"}),
        ("o/tests/ATests.cs", 'using Testcontainers.MsSql;\nnew MsSqlBuilder().WithImage("m.com/mssql/server")',
         {"microsoft.sql_server"}),
        ("o/src/test/resources/application.yml", "spring.datasource.url: jdbc:tc:mariadb:11:///db", {"mariadb"}),
    ],
)  # fmt: skip
def test_code_and_settings_of_tests(tmp_path: Path, path: str, text: str, told: set[str]) -> None:
    assert started(read(tmp_path, {path: text})) == {path: ("o", told)}


def test_code_that_runs_is_no_test(tmp_path: Path) -> None:
    text = "import org.testcontainers.X;\nnew KafkaContainer()"
    assert read(tmp_path, {"o/src/main/java/it/shop/Dev.java": text, "o/app.py": text}).sources == ()


def test_source_code_is_not_read_when_asked(tmp_path: Path) -> None:
    files = {"o/src/test/java/ATest.java": "import org.testcontainers.X;\nnew KafkaContainer()"}
    found = read(tmp_path, files, ImportOptions(read_source=False))
    assert (found.checks, [s.state for s in found.sources]) == ((), [SourceState.SKIPPED])


def test_a_test_project_beside_the_project_serves_it(tmp_path: Path) -> None:
    path = "src/Orders.IntegrationTests/ApiTests.cs"
    text = "using Testcontainers.Redis;\nnew RedisBuilder()"
    assert started(read(tmp_path, {path: text, "src/Orders/Program.cs": "x"}))[path][0] == "src/Orders"
    assert started(read(tmp_path / "alone", {path: text}))[path][0] == "."


def test_helpers_and_clouds_start_no_store(tmp_path: Path) -> None:
    found = read(tmp_path, {"pom.xml": POM.format("junit-jupiter")})
    assert [(s.state, s.reason) for s in found.sources] == [(SourceState.SKIPPED, "starts no containers for tests")]


def test_secrets_in_images_and_urls_are_not_told(tmp_path: Path) -> None:
    files = {
        "o/src/test/resources/a.properties": "url=jdbc:tc:mysql:8://hunter2:hunter2@h/db?password=hunter2",
        "o/tests/test_a.py": "import testcontainers\nimage='https://u:hunter2@r/x?t=hunter2'\nGenericContainer('u:hunter2@r/x')",
    }
    found = read(tmp_path, files)
    assert found.checks
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("a/compose.test.yml", b"services:\n  a:\n    image: [\n"),
        ("a/compose.test.yml", b"services:\n  a:\n    image: x\n" + b"    y: &a [*a]\n" + b"{" * 5000),
        ("a/tests/test_a.py", b"testcontainers\xff\xfe" + b"Container('" * 20_000),
        ("a/tests/A.java", b"testcontainers" + b" new AContainer<" * 30_000),
        ("a/pom.xml", b"testcontainers" + b"<groupId> org.testcontainers " * 20_000 + b"<!--" * 20_000),
        ("a/build.gradle", b"testcontainers" + b"group : 'org.testcontainers' , " * 15_000),
    ],
)
def test_hostile_files_end_quickly(tmp_path: Path, path: str, content: bytes) -> None:
    begun = process_time()
    (source,) = read(tmp_path, {path: content}).sources
    assert process_time() - begun < 5
    assert source.reason


def test_markup_in_names_is_cleaned_and_parties_are_bounded(tmp_path: Path) -> None:
    many = "".join(f"GenericContainer('acme/p{n}:1')\n" for n in range(300))
    found = read(tmp_path, {"a/tests/test_a.py": "import testcontainers\n" + many})
    assert len(started(found)["a/tests/test_a.py"][1]) == 100
    evil = read(tmp_path / "evil", {"compose.test.yml": 'services:\n  "e\\e[2J<b>":\n    image: x\n'})
    assert "\x1b" not in repr(evil)
