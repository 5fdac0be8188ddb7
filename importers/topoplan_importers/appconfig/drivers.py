"""Which stores a program is built to talk to: the drivers among the dependencies of its Maven or Gradle build.

A driver names no address. Where the settings of a program lie on a configuration server, it says that the program uses
a store of that product. Beside a database that runs inside the program, a driver for SQL says nothing.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan_importers import technologies
from topoplan_importers.appconfig.calls import NAME, Application

_BUILD_FILES = ("pom.xml", "build.gradle", "build.gradle.kts")
_BUILD_BYTES = 262_144
_RESOURCES = "/src/main/resources"
_DEPENDENCY = re.compile(r"<dependency>(.*?)</dependency>", re.DOTALL)
_ARTIFACT = re.compile(r"<artifactId>\s*([\w.-]+)\s*</artifactId>")
_TEST_SCOPE = re.compile(r"<scope>\s*test\s*</scope>")
_GRADLE = re.compile(r"""^[ \t]*(?!test)\w+[ \t(]+["'][\w.-]+:([\w.-]+)(?::|["'])""", re.MULTILINE)
_SQL = {
    "mysql": r"mysql-connector-(?:java|j)|r2dbc-mysql",
    "mariadb": r"mariadb-java-client|r2dbc-mariadb",
    "postgresql": r"postgresql|r2dbc-postgresql|quarkus-(?:jdbc-postgresql|reactive-pg-client)",
    "microsoft.sql_server": r"mssql-jdbc|r2dbc-mssql",
    "oracle.db": r"ojdbc\d+",
}
_OTHER = {
    "mongodb": r"spring-(?:boot-starter-)?data-mongodb(?:-reactive)?|mongodb-driver-\w+|mongo-java-driver",
    "redis": r"spring-(?:boot-starter-)?data-redis(?:-reactive)?|jedis|lettuce-core|redisson(?:-spring-boot-starter)?",
    "neo4j": r"spring-boot-starter-data-neo4j|neo4j-java-driver|neo4j-ogm-\w+-driver",
    "cassandra": r"spring-(?:boot-starter-)?data-cassandra(?:-reactive)?",
    "elasticsearch": r"spring-(?:boot-starter-)?data-elasticsearch",
    "couchbase": r"spring-(?:boot-starter-)?data-couchbase(?:-reactive)?",
}
_EMBEDDED = re.compile(r"h2|hsqldb|derby|sqlite-jdbc")


def build_text(settings_path: str, workspace: Workspace) -> str:
    """The build files of the program whose resources hold a file of settings; empty when there are none."""
    folder = posixpath.dirname(settings_path)
    if not folder.endswith(_RESOURCES):
        return ""
    return "\n".join(_texts(folder.removesuffix(_RESOURCES), workspace))


def calls_of_drivers(application: Application, known: Collection[str], workspace: Workspace) -> Iterator[CallFact]:
    """The stores that a client of a configuration server has drivers for. `known` are the products of the stores that
    its own settings name."""
    asked = application.server_setting
    if asked is None or not application.consumer.path:
        return
    for name in drivers(build_text(application.consumer.path, workspace)):
        product = technologies.by_scheme(name)
        if product is not None and name not in known:
            detail = f"is built with a driver for {name}; its settings lie on a configuration server"
            evidence = Evidence(NAME, asked.where, Basis.DECLARED, Confidence.MEDIUM, "driver", detail)
            store = Party(product.name, "", product.kind, product.name)
            yield CallFact(application.consumer, store, Style.RESOURCE, product.protocol, evidence)


def drivers(build: str) -> tuple[str, ...]:
    """The products that a build has drivers for outside its tests, sorted."""
    artifacts = _artifacts(build)
    known = _OTHER if any(map(_EMBEDDED.fullmatch, artifacts)) else {**_SQL, **_OTHER}
    return tuple(sorted(product for product, names in known.items() if any(re.fullmatch(names, a) for a in artifacts)))


def _artifacts(build: str) -> tuple[str, ...]:
    written = (block[1] for block in _DEPENDENCY.finditer(build) if not _TEST_SCOPE.search(block[1]))
    maven = (found[1] for block in written if (found := _ARTIFACT.search(block)))
    return (*maven, *(match[1] for match in _GRADLE.finditer(build)))


def _texts(folder: str, workspace: Workspace) -> Iterator[str]:
    for name in _BUILD_FILES:
        path = posixpath.join(folder, name)
        if workspace.is_file(path):
            try:
                yield workspace.read_bytes(path)[:_BUILD_BYTES].decode("utf-8", "replace")
            except DocumentError:
                continue
