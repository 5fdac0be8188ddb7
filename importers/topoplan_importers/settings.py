"""Reads configuration files into flat settings: a dotted key, a value, a place and the profile it holds in.

Knows YAML, JSON (with the comments that .NET and editors allow), TOML, HOCON, Java properties, INI and env files, the
profiles of Spring (file names, documents) and Quarkus (`%prod.`), and placeholders such as `${HOST:orders}`.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from topoplan.errors import DocumentError
from topoplan.importing.documents import load_json
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Notice
from topoplan.model.place import Where
from topoplan_importers.hocon import read_hocon
from topoplan_importers.places import at

SETTINGS_LIMIT = 20_000
"""Most settings taken from one file."""
TEXT_BYTES = 4 * 2**20
"""Longest file that is read as lines or TOML; the rest of a longer one is not looked at."""
FILL_DEPTH = 8
"""Deepest chain of placeholders that is followed."""

_VALUE_LIMIT = 4096
_KEY_LIMIT = 300
_JSON_NOISE = re.compile(r'"(?:[^"\\\n]|\\.)*"?|//[^\n]*|/\*.*?(?:\*/|\Z)|,(?=\s*[}\]])', re.DOTALL)
_PAIR = re.compile(r"\s*(?:export\s+)?([^\s=:#!;\[][^=:\s]*)\s*[=:\s]\s*(.*)")
_SECTION = re.compile(r"\s*\[([^\]]{1,200})\]\s*")
_DOCUMENT = re.compile(r"[#!]---\s*")
_PROFILED_FILE = re.compile(r"(?:application|bootstrap|config|settings)[-.](.+)|appsettings\.(.+)")
_ON_PROFILE = ("spring.config.activate.on-profile", "spring.profiles")
_PLAIN_KEY = re.compile(r"[\w.-]{1,100}")
_PLACEHOLDER = re.compile(r"\$\{([^${}:]{1,200})(?::-?([^${}]{0,1000}))?\}")


class Setting(Struct, frozen=True):
    """One value of one file. `profile` is empty where it holds always; Quarkus' own start with `%`."""

    key: str
    value: str
    where: Where
    profile: str = ""


class SettingsFile(Struct, frozen=True):
    """All settings of one file, in its order."""

    path: str
    settings: tuple[Setting, ...]
    notices: tuple[Notice, ...] = ()


def read_settings(path: str, workspace: Workspace) -> SettingsFile:
    """Read one configuration file. Raises DocumentError."""
    stem, suffix = posixpath.splitext(posixpath.basename(path).lower().removesuffix(".gz"))
    notices: tuple[Notice, ...] = ()
    if suffix in (".yaml", ".yml"):
        documents = workspace.yaml_all(path)
        notices = tuple(notice for document in documents for notice in document.notices)
        parts = [_settled(document.value, path) for document in documents]
    elif suffix == ".json":
        parts = [_settled(load_json(_plain_json(workspace.read_bytes(path)), path).value, path)]
    elif suffix == ".toml":
        parts = [_settled(load_toml(path, workspace), path)]
    elif suffix == ".conf":
        parts = [_hocon(path, workspace)]
    else:
        parts = _lines(path, workspace.read_bytes(path)[:TEXT_BYTES].decode("utf-8-sig", "replace"))
    match = _PROFILED_FILE.fullmatch(stem)
    named = (match[1] or match[2]) if match else ""
    settings = (s for part in parts for s in _profiled(part, named))
    return SettingsFile(path, tuple(islice(settings, SETTINGS_LIMIT)), notices)


def fill(value: str, values: Mapping[str, str]) -> str:
    """`value` with its placeholders replaced by other settings, else by their defaults; others stay as they are."""
    for _ in range(FILL_DEPTH):
        filled = _PLACEHOLDER.sub(lambda m: values.get(m[1].strip(), m[2] if m[2] is not None else m[0]), value)
        filled = filled[:_VALUE_LIMIT]
        if filled == value:
            break
        value = filled
    return value


def _settled(root: Any, path: str) -> list[Setting]:
    return list(islice(_flat(root, Where(path)), SETTINGS_LIMIT))


def _flat(root: Any, where: Where) -> Iterator[Setting]:
    """Leaves of nested mappings and sequences, in order: `a.b[0].c`."""
    waiting: list[tuple[str, Any, Where]] = [("", root, where)]
    while waiting:
        key, value, place = waiting.pop()
        if isinstance(value, dict):
            prefix = key + "." if key else ""
            items = [
                (f"{prefix}{name}"[:_KEY_LIMIT], inner, _place(place, value, name)) for name, inner in value.items()
            ]
            waiting += reversed(items[:SETTINGS_LIMIT])
        elif isinstance(value, list):
            listed = [(f"{key}[{i}]"[:_KEY_LIMIT], inner, _place(place, value, i)) for i, inner in enumerate(value)]
            waiting += reversed(listed[:SETTINGS_LIMIT])
        elif key and isinstance(value, (str, int, float)) and not isinstance(value, bool):
            yield Setting(key, str(value)[:_VALUE_LIMIT], place)


def _place(where: Where, container: object, key: str | int) -> Where:
    """The line of an item, or its pointer where lines are not known and its key is a plain word."""
    found = at(where, container, key)
    if found.line or not _PLAIN_KEY.fullmatch(str(key)):
        return found
    return Where(where.path, pointer=f"{where.pointer}/{key}"[:_KEY_LIMIT])


def _profiled(settings: list[Setting], named: str) -> Iterator[Setting]:
    """The settings of one document, each with its profile."""
    said = next((s.value for s in settings if s.key.partition("[")[0] in _ON_PROFILE and s.value), "")
    common = "" if "default" in said or said.startswith("!") else said or named
    for setting in settings:
        key, profile = setting.key, common
        if key.startswith("%"):
            profile, _, key = key.partition(".")
        yield replace(setting, key=key, profile=profile.strip().lower())


def _plain_json(data: bytes) -> bytes:
    """JSON without comments and trailing commas."""
    text = data.decode("utf-8-sig", "replace")
    return _JSON_NOISE.sub(lambda m: m[0] if m[0].startswith('"') else " ", text).encode()


def load_toml(path: str, workspace: Workspace) -> dict[str, Any]:
    """The tables of a TOML file. Raises DocumentError."""
    try:
        return tomllib.loads(workspace.read_bytes(path)[:TEXT_BYTES].decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raise DocumentError("is not valid TOML", slug="toml-malformed", where=path) from None


def _hocon(path: str, workspace: Workspace) -> list[Setting]:
    """Of a key that is set twice the last value holds."""
    text = workspace.read_bytes(path)[:TEXT_BYTES].decode("utf-8-sig", "replace")
    found = islice(read_hocon(text, path), SETTINGS_LIMIT)
    last = {s.key: Setting(s.key, s.value[:_VALUE_LIMIT], Where(path, s.line)) for s in found}
    return list(last.values())


def _lines(path: str, text: str) -> list[list[Setting]]:
    """Settings of properties, INI and env files; `#---` starts a new document, `[section]` a prefix."""
    parts: list[list[Setting]] = [[]]
    prefix = held = ""
    start = 0
    for number, line in enumerate(text.splitlines(), 1):
        if not held and _DOCUMENT.fullmatch(line):
            parts.append([])
            continue
        if not held and (section := _SECTION.fullmatch(line)):
            prefix = section[1].strip() + "."
            continue
        start = start if held else number
        held += line.lstrip() if held else line
        if held.endswith("\\") and len(held) < _VALUE_LIMIT and not held.lstrip().startswith(("#", "!")):
            held = held[:-1]
            continue
        match = _PAIR.fullmatch(held[: 2 * _VALUE_LIMIT])
        held = ""
        if match:
            value = match[2].strip().strip("\"'")[:_VALUE_LIMIT]
            parts[-1].append(Setting((prefix + match[1])[:_KEY_LIMIT].replace("\\", ""), value, Where(path, start)))
    return parts
