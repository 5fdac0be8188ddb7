"""Reads build files: the name one gives its program, whether it makes one at all, whether it only gathers others."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Any

from msgspec import Struct

from topoplan.importing.documents import load_xml
from topoplan.importing.workspace import Workspace
from topoplan_importers.settings import load_toml

_RUNNERS = re.compile(
    r"spring-boot-maven-plugin|(quarkus|micronaut|jib|docker|dockerfile|liberty|payara-micro|wildfly)-maven-plugin"
)
_GRADLE_RUNNERS = re.compile(
    r"""['"](org\.springframework\.boot|io\.quarkus|io\.micronaut\.application|com\.google\.cloud\.tools\.jib|application)['"]|"""
    r"^[ \t]*application[ \t]*$",
    re.MULTILINE,
)
_TEST_PROJECT = re.compile(
    r"(^|[._-])(unit|integration|functional|e2e|acceptance)?[._-]?(tests?|specs?)$", re.IGNORECASE
)
_MAJOR = re.compile(r"v\d+")


class Build(Struct, frozen=True):
    """What one build file says: its name, whether it makes a program, whether it only gathers others."""

    name: str = ""
    runs: bool = False
    gathers: bool = False
    is_none: bool = False


def read_build(path: str, workspace: Workspace) -> Build:
    """What the build file at `path` says. Raises DocumentError when it cannot be read."""
    return _READERS.get(posixpath.basename(path).lower(), _project)(path, workspace)


def _text(path: str, workspace: Workspace) -> str:
    return workspace.read_bytes(path)[:1_048_576].decode("utf-8-sig", "replace")


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    return match[1] if match else ""


def _maven(path: str, workspace: Workspace) -> Build:
    root = load_xml(workspace.read_bytes(path), path)
    top = {_local(child.tag): child for child in root}
    name = (top["artifactId"].text or "").strip() if "artifactId" in top else ""
    packaging = (top["packaging"].text or "").strip() if "packaging" in top else ""
    plugins = [
        (found.text or "").strip()
        for group in top.get("build", ())
        if _local(group.tag) == "plugins"
        for plugin in group
        for found in plugin
        if _local(found.tag) == "artifactId"
    ]
    gathers = packaging == "pom"
    return Build("" if gathers else name, packaging == "war" or any(map(_RUNNERS.fullmatch, plugins)), gathers)


def _local(tag: object) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _gradle(path: str, workspace: Workspace) -> Build:
    text = _text(path, workspace)
    folder = posixpath.dirname(path)
    name = ""
    for settings in ("settings.gradle", "settings.gradle.kts"):
        beside = posixpath.join(folder, settings)
        if workspace.is_file(beside):
            name = name or _found(r"rootProject\.name\s*=\s*['\"]([^'\"]+)", _text(beside, workspace))
    return Build(name, bool(_GRADLE_RUNNERS.search(text)))


def _gradle_settings(path: str, workspace: Workspace) -> Build:
    gathers = len(re.findall(r"^[ \t]*include\b", _text(path, workspace), re.MULTILINE)) > 0
    return Build(gathers=True) if gathers else Build(is_none=True)


def _node(path: str, workspace: Workspace) -> Build:
    value = workspace.json(path).value
    scripts = _get(value, "scripts")
    name = str(_get(value, "name") or "").rpartition("/")[2]
    return Build(name, bool(_get(scripts, "start")), bool(_get(value, "workspaces")))


def _go(path: str, workspace: Workspace) -> Build:
    parts = _found(r"^module\s+\"?([^\s\"]+)", _text(path, workspace)).split("/")
    if len(parts) > 1 and _MAJOR.fullmatch(parts[-1]):
        parts.pop()
    return Build(parts[-1])


def _project(path: str, workspace: Workspace) -> Build:
    stem = posixpath.splitext(posixpath.basename(path))[0]
    text = _text(path, workspace)
    if _TEST_PROJECT.search(stem) or re.search(r"<IsTestProject>\s*true", text, re.IGNORECASE):
        return Build(is_none=True)
    runs = re.search(r"Microsoft\.NET\.Sdk\.(Web|Worker|Function)|<OutputType>\s*(Win)?Exe", text, re.IGNORECASE)
    return Build(stem, bool(runs))


def _python(path: str, workspace: Workspace) -> Build:
    value = load_toml(path, workspace)
    name = _get(_get(value, "project"), "name") or _get(_get(_get(value, "tool"), "poetry"), "name")
    return Build(str(name or ""))


def _setup_cfg(path: str, workspace: Workspace) -> Build:
    text = _text(path, workspace)
    return Build(_found(r"^name\s*=\s*(\S+)", text)) if "[metadata]" in text else Build(is_none=True)


def _cargo(path: str, workspace: Workspace) -> Build:
    value = load_toml(path, workspace)
    name = _get(_get(value, "package"), "name")
    runs = bool(_get(value, "bin")) or workspace.is_file(posixpath.join(posixpath.dirname(path), "src/main.rs"))
    return Build(str(name or ""), runs, gathers=name is None)


def _composer(path: str, workspace: Workspace) -> Build:
    value = workspace.json(path).value
    return Build(str(_get(value, "name") or "").rpartition("/")[2])


def _mix(path: str, workspace: Workspace) -> Build:
    return Build(_found(r"\bapp:\s*:([a-z0-9_]+)", _text(path, workspace)))


def _sbt(path: str, workspace: Workspace) -> Build:
    return Build(_found(r"\bname\s*:=\s*\"([^\"]+)\"", _text(path, workspace)))


def _cmake(path: str, workspace: Workspace) -> Build:
    name = _found(r"\badd_executable\s*\(\s*([\w.-]+)", _text(path, workspace))
    return Build(name, runs=True) if name else Build(is_none=True)


def _folder_only(path: str, workspace: Workspace) -> Build:
    return Build(runs=posixpath.basename(path).lower() == "procfile")


def _get(value: object, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


_READERS: dict[str, Callable[[str, Workspace], Build]] = {
    "pom.xml": _maven,
    "build.gradle": _gradle,
    "build.gradle.kts": _gradle,
    "settings.gradle": _gradle_settings,
    "settings.gradle.kts": _gradle_settings,
    "package.json": _node,
    "go.mod": _go,
    "pyproject.toml": _python,
    "setup.cfg": _setup_cfg,
    "requirements.txt": _folder_only,
    "cargo.toml": _cargo,
    "composer.json": _composer,
    "mix.exs": _mix,
    "gemfile": _folder_only,
    "build.sbt": _sbt,
    "procfile": _folder_only,
    "cmakelists.txt": _cmake,
}
