"""Finds the containers that test code, its build files and its settings ask Testcontainers for."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from topoplan.model.facts import NodeKind, Party
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.environments.recognise import build_kind
from topoplan_importers.source.scanner import scan

_BUILDS = {
    "pom.xml": r"<groupId>\s*org\.testcontainers\s*</groupId>\s*<artifactId>\s*([\w.-]{1,80})\s*</artifactId>",
    "build.gradle": r"org\.testcontainers:([\w.-]{1,80})"
    r"|group\s*[:=]\s*['\"]org\.testcontainers['\"]\s*,\s*name\s*[:=]\s*['\"]([\w.-]{1,80})"
    r"|\blibs\.(?:\w{1,40}\.)?testcontainers?\.([\w.]{1,80})",
    "package.json": r"\"@testcontainers/([\w-]{1,80})\"\s*:",
    "pyproject.toml": r"testcontainers\s*\[([\w,\s-]{1,200})\]"
    r"|^testcontainers\s*=\s*\{[^}\n]{0,200}extras\s*=\s*\[([^\]]{1,200})",
    "requirements.txt": r"^testcontainers\s*\[([\w,\s-]{1,200})\]",
    ".csproj": r"<PackageReference\s[^>]{0,200}?Include\s*=\s*[\"']Testcontainers\.([\w.]{1,80})[\"']",
    "go.mod": r"testcontainers/testcontainers-go/modules/([\w-]{1,80})",
}
_MODULES = {key: re.compile(pattern, re.MULTILINE | re.IGNORECASE) for key, pattern in _BUILDS.items()}
_MANAGED = re.compile(r"<!--.*?(?:-->|\Z)|<dependencyManagement>.*?(?:</dependencyManagement>|\Z)", re.DOTALL)
_COMMENT = re.compile(r"\s*(?://|#|\*|--)")

_CODE = re.compile(
    r"\bnew\s+(\w{1,60}?)Container\s*(?:<[^<>]{0,200}>\s*)?\("  # Java, Kotlin, TypeScript
    r"|(?<![\w.])([A-Z]\w{0,59}?)Container\s*(?:<[^<>]{0,200}>\s*)?\("  # Kotlin, Python
    r"|testcontainers-go/modules/(\w{1,60})"
    r"|\bnew\s+(\w{1,60})Builder\s*\("  # .NET
)
_IMAGE = re.compile(
    r"(?:Container\s*(?:<[^<>]{0,200}>\s*)?\(|\bDockerImageName\.parse\(|\b(?:Image|image)\s*[:=]|\b[Ww]ith_?[Ii]mage\(|"
    r"\bRun\(\s*ctx\s*,|Builder\()\s*(?:\w{1,40}\.parse\(\s*)?[\"'`]([^\"'`\s$\{\}]{1,200})[\"'`]"
)
_IMAGE_NAME = re.compile(r"(?:[a-z0-9.-]+(?::\d+)?/)*[a-z0-9][a-z0-9._-]*(?::[\w.-]+)?(?:@sha256:\w+)?")
_URL = re.compile(r"jdbc:tc:(\w{1,40})")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_LIMIT = 100
"""Parties told of one file."""

Found = dict[Party, int]
"""Parties with the line that asks for each first."""


def in_build_file(name: str, text: str) -> Found:
    """Stores and brokers that a build file names modules of Testcontainers for. What is only managed for other
    builds (versions) is no use of it."""
    pattern = _MODULES.get(build_kind(name))
    if pattern is None:
        return {}
    if name == "pom.xml":
        text = _MANAGED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
    return _first(
        (party, _line(text, match.start()))
        for match in pattern.finditer(text)
        if not _COMMENT.match(text, text.rfind("\n", 0, match.start()) + 1)
        for word in re.split(r"[\s,\"']+", next(filter(None, match.groups()), ""))
        if (party := _of_module(word)) is not None
    )


def in_code(path: str, text: str) -> Found:
    """Stores, brokers and images that test code starts."""
    code = scan(text, path).code
    found = [
        (match.start(), party)
        for match in _CODE.finditer(code)
        if (party := _of_module(next(filter(None, match.groups()), ""))) is not None
    ]
    images = ((match.start(), _of_image(match[1])) for match in _IMAGE.finditer(code))
    found += ((start, party) for start, party in images if party is not None)
    return _first((party, _line(code, start)) for start, party in sorted(found, key=lambda item: item[0]))


def in_settings(text: str) -> Found:
    """Stores that Testcontainers' JDBC URLs of tests start."""
    return _first(
        (party, _line(text, match.start()))
        for match in _URL.finditer(text)
        if not _COMMENT.match(text, text.rfind("\n", 0, match.start()) + 1)
        and (party := _of_module(match[1])) is not None
    )


def _of_module(word: str) -> Party | None:
    """The product a module is named after; None for helpers (`junit-jupiter`) and clouds."""
    word = word.lower().removeprefix("testcontainers-") if "-" in word else word
    product = technologies.by_name(word) or technologies.by_name(_CAMEL.sub("-", word))
    if product is None or product.kind not in (NodeKind.DATASTORE, NodeKind.BROKER):
        return None
    return Party("", kind=product.kind, technology=product.name)


def _of_image(image: str) -> Party | None:
    """The product in an image; of an image that is no product's the name, which may be a service's."""
    if not _IMAGE_NAME.fullmatch(image):
        return None
    product = technologies.by_image(image)
    if product is None:
        return Party(clean(posixpath.basename(technologies.image_name(image))))
    if product.kind not in (NodeKind.DATASTORE, NodeKind.BROKER):
        return None
    return Party("", kind=product.kind, technology=product.name)


def _first(found: Iterator[tuple[Party, int]]) -> Found:
    told: Found = {}
    for party, line in found:
        if len(told) < _LIMIT:
            told.setdefault(party, line)
    return told


def _line(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
