"""Roles that Spring Cloud annotations give whole programs, and the calls between programs that follow from them.

Zuul leads to every program in the registry of services, unless it is told routes. Where its settings are kept on a
configuration server the routes may be told there: sure are then only the programs that no other one calls, since
nothing else leads to them. A resource server lets the one authorization server of its system judge the tokens it is
shown, unless it has the means itself.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from enum import StrEnum

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, NodeKind, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan_importers.settings import Setting, read_settings
from topoplan_importers.source.scanner import Scan

IMPORTER = "source"


class Role(StrEnum):
    """What a program is to the others of its system."""

    PROGRAM = "program"
    PROXY = "proxy"
    REGISTERED = "registered"
    BESIDE = "beside"
    """Serves operation: configuration, the registry itself, monitoring, tracing."""
    RESOURCE_SERVER = "resource-server"
    AUTHORIZATION_SERVER = "authorization-server"
    JUDGE = "judge"
    """Keeps the means to judge tokens itself."""


_ROLES = {
    "SpringBootApplication": Role.PROGRAM,
    **dict.fromkeys(("EnableZuulProxy", "EnableZuulServer"), Role.PROXY),
    **dict.fromkeys(("EnableEurekaClient", "EnableDiscoveryClient", "SpringCloudApplication"), Role.REGISTERED),
    **dict.fromkeys(("EnableConfigServer", "EnableEurekaServer", "EnableAdminServer"), Role.BESIDE),
    **dict.fromkeys(
        ("EnableHystrixDashboard", "EnableTurbine", "EnableTurbineStream", "EnableTurbineAmqp"), Role.BESIDE
    ),
    **dict.fromkeys(("EnableZipkinServer", "EnableZipkinStreamServer"), Role.BESIDE),
    **dict.fromkeys(("EnableResourceServer", "EnableOAuth2Sso", "EnableOAuth2Resource"), Role.RESOURCE_SERVER),
    "EnableAuthorizationServer": Role.AUTHORIZATION_SERVER,
}
_ANNOTATION = re.compile(rf"@({'|'.join(_ROLES)})\b")
_OWN_JUDGE = re.compile(r"\b(?:TokenStore|JwtAccessTokenConverter|JwtDecoder|setVerifierKey)\b")
INTEREST = re.compile(f"{_ANNOTATION.pattern}|{_OWN_JUDGE.pattern}")
"""A file without any of this gives no role."""
_REGISTERS = re.compile(r"\bspring-cloud-starter-(?:\w+-)?(?:eureka(?:-client)?|(?:consul|nacos)-discovery)\b(?!-)")
"""The dependency that registers a program without an annotation."""
_BUILD_FILES = ("pom.xml", "build.gradle", "build.gradle.kts")
_BUILD_BYTES = 256 * 1024
_RESOURCES = "src/main/resources"
_SETTINGS = re.compile(r"(?:application|bootstrap)\.(?:ya?ml|properties)")
_KEPT_ELSEWHERE = re.compile(r"spring\.cloud\.config\.(?:uri|discovery\.service-?id)", re.IGNORECASE)


class Roles:
    """The roles seen so far: by role, the folder of each program and where its role was seen first."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._seen: dict[Role, dict[str, Where]] = {role: {} for role in Role}

    def scan(self, unit: str, source: Scan) -> None:
        """Note the roles that one file gives its program."""
        for match in _ANNOTATION.finditer(source.code):
            where = Where(source.path, source.line(match.start()))
            self._seen[_ROLES[match[1]]].setdefault(unit, where)
        if own := _OWN_JUDGE.search(source.code):
            self._seen[Role.JUDGE].setdefault(unit, Where(source.path, source.line(own.start())))

    def calls(self, called: Collection[str]) -> Iterator[CallFact]:
        """The calls that follow from all roles. `called` are the names, in lower case, that code calls."""
        yield from self._proxied(called)
        yield from self._judged()

    def _proxied(self, called: Collection[str]) -> Iterator[CallFact]:
        proxies = self._seen[Role.PROXY]
        aside = {*proxies, *self._seen[Role.BESIDE]}
        registered = {**self._registered_by_build(), **self._seen[Role.REGISTERED]}
        led_to = {unit: where for unit, where in sorted(registered.items()) if unit not in aside}
        for unit, where in sorted(proxies.items()) if len(proxies) <= len(led_to) else ():  # else copied along
            elsewhere = any(_KEPT_ELSEWHERE.fullmatch(s.key) for s in self._settings(unit))
            for other, place in led_to.items():
                doubtful = elsewhere and self._names(other) & set(called)
                trust = Confidence.LOW if doubtful else Confidence.MEDIUM
                yield _call(where, place, "registry-proxy", "leads to what is registered", trust, NodeKind.GATEWAY)

    def _judged(self) -> Iterator[CallFact]:
        servers = self._seen[Role.AUTHORIZATION_SERVER]
        for unit, where in sorted(self._seen[Role.RESOURCE_SERVER].items()) if len(servers) == 1 else ():
            if unit not in {*servers, *self._seen[Role.JUDGE]}:
                (server,) = servers.values()
                yield _call(where, server, "resource-server", "has tokens judged", Confidence.MEDIUM)

    def _registered_by_build(self) -> dict[str, Where]:
        return {u: where for u, where in self._seen[Role.PROGRAM].items() if _REGISTERS.search(self._build_text(u))}

    def _build_text(self, unit: str) -> str:
        for name in _BUILD_FILES:
            path = posixpath.join(unit, name)
            if self._workspace.is_file(path):
                try:
                    return self._workspace.read_bytes(path)[:_BUILD_BYTES].decode("utf-8", "replace")
                except DocumentError:
                    continue
        return ""

    def _settings(self, unit: str) -> Iterator[Setting]:
        folder = posixpath.join(unit, _RESOURCES)
        for name in sorted(filter(_SETTINGS.fullmatch, self._workspace.names(folder))):
            try:
                yield from read_settings(posixpath.join(folder, name), self._workspace).settings
            except DocumentError:
                continue

    def _names(self, unit: str) -> set[str]:
        """What a program is called by others, in lower case."""
        own = {s.value for s in self._settings(unit) if s.key == "spring.application.name"}
        return {name.lower() for name in (*own, posixpath.basename(unit))}


def _call(
    consumer: Where, provider: Where, rule: str, detail: str, trust: Confidence, kind: NodeKind | None = None
) -> CallFact:
    evidence = Evidence(IMPORTER, consumer, Basis.DECLARED, trust, rule, detail)
    parties = Party("", kind=kind, path=consumer.path), Party("", path=provider.path)
    return CallFact(*parties, Style.SYNC, "http", evidence)
