"""Which files configure an application, and in which dialect they are written."""

from __future__ import annotations

import posixpath
import re
from enum import Enum

from topoplan.importing.contract import Candidate
from topoplan_importers.vocabulary import words


class Dialect(Enum):
    """How a configuration file is read."""

    FRAMEWORK = "framework"
    """Spring, Quarkus and Micronaut: `application.yml`, `bootstrap.properties`, `microprofile-config.properties`."""
    SHARED = "shared"
    """A file of a configuration server: it configures the service it is named after, `application.yml` all of them."""
    DOTNET = "dotnet"
    ENV = "env"
    PLAIN = "plain"
    """Any other file in a folder for configuration."""


_FRAMEWORK = re.compile(
    r"(application|bootstrap)([-.][\w.-]+)?\.(ya?ml|properties)|microprofile-config([-.]\w+)?\.properties"
)
_DOTNET = re.compile(r"appsettings(\.[\w.-]+)?\.json")
_ENV = re.compile(r"\.env([.-](?!test\b)[\w.-]+)?|[\w.-]+\.env")
_HOCON = re.compile(r"(application|reference)([-.][\w.-]+)?\.conf")
"""Files of Akka, Play and Lagom, by the names that they load."""
_PLAIN_SUFFIX = (".yml", ".yaml", ".json", ".toml", ".properties", ".ini")
_PLAIN_NAME = re.compile(r"(.*[-_.])?(config|conf|configuration|settings|default|production|prod|service|services)")
_PLAIN_FOLDERS = words("config conf configs configuration settings resources etc cfg")
_SERVER_FOLDERS = words("shared config configs configuration properties repository repo")
_SPRING_HEAD = re.compile(
    rb"^(spring|server|eureka|management|feign|ribbon|zuul|logging|security|hystrix|info)([.:]|\s*:)", re.MULTILINE
)
_FOREIGN_HEAD = re.compile(
    rb"""^[ \t]*["']?(openapi|swagger|asyncapi|apiVersion|services|\$schema|version['"]?:\s*['"]?[23])["']?\s*:"""
    rb"""|"resourceSpans"|"pactSpecification"|"verificationDate"|"format"\s*:\s*"topoplan/"""
    rb"""|^[ \t]*["'](dependencies|devDependencies|compilerOptions|lockfileVersion)["']""",
    re.MULTILINE,
)
_ASIDE = words(
    "test tests testing e2e spec examples example samples sample fixtures testdata mocks docs doc i18n locales lang",
    "locale messages static public assets templates grafana prometheus kibana wwwroot node_modules k8s kubernetes helm",
    "charts .github .vscode .idea target build",
)


def dialect_of(candidate: Candidate) -> Dialect | None:
    """The dialect of a file by its name, folder and first bytes; None when it configures no application."""
    name = candidate.name
    folders = candidate.path.lower().split("/")[:-1]
    if _FRAMEWORK.fullmatch(name):
        return Dialect.FRAMEWORK
    if _DOTNET.fullmatch(name):
        return Dialect.DOTNET
    if _ENV.fullmatch(name):
        return Dialect.ENV
    if _HOCON.fullmatch(name):
        return Dialect.PLAIN
    if not name.endswith(_PLAIN_SUFFIX) or _FOREIGN_HEAD.search(candidate.head):
        return None
    last = folders[-1] if folders else ""
    tokens = set(re.findall(r"[a-z0-9]+", last))
    if name.endswith((".yml", ".yaml", ".properties")) and _SPRING_HEAD.search(candidate.head):
        holds = tokens & _SERVER_FOLDERS or any("config" in f for f in folders[-6:])
        return Dialect.SHARED if holds else None
    stem = posixpath.splitext(name)[0]
    if last in _PLAIN_FOLDERS or _PLAIN_NAME.fullmatch(stem):
        return Dialect.PLAIN
    return None


def lies_aside(path: str, root: str) -> bool:
    """Whether a file lies in a folder of tests, examples or pages, seen from `root`."""
    return bool(_ASIDE.intersection(path[len(root) :].lower().split("/")[:-1]))
