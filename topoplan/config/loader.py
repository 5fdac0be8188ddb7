"""Finds and reads topoplan.yaml."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable
from pathlib import Path

from msgspec.structs import replace

from topoplan import looking
from topoplan.config.decode import Decoder
from topoplan.config.patterns import compile_pattern
from topoplan.config.settings import Settings
from topoplan.errors import ConfigError, DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.importing.yaml_values import line_of
from topoplan.model.text import clean

CONFIG_NAMES = ("topoplan.yaml", "topoplan.yml")
"""File names looked for, in this order."""


def find_config(paths: Iterable[str], base: Path) -> str:
    """Shown path of the configuration file for these inputs, or nothing: looked for in the first folder given, then in
    `base`, the folder relative paths are seen from.

    Raises ConfigError (`config-outside`) when the file is a link that leaves its folder: analysed folders may be
    foreign, so such a link is followed only when the user names it.
    """
    folders = [path for path in paths if looking.is_dir(base / path)][:1]
    for folder in (*folders, "."):
        for name in CONFIG_NAMES:
            shown = posixpath.normpath(posixpath.join(folder.replace("\\", "/"), name))
            real = base / shown
            if not looking.is_file(real):
                continue
            if (base / folder).resolve() not in real.resolve().parents:
                raise ConfigError(
                    "is a link to a file outside its folder",
                    slug="config-outside",
                    where=shown,
                    hint=f"use it with --config {shown}, or leave it out with --config -",
                )
            return shown
    return ""


def load_settings(path: str, base: Path) -> Settings:
    """The settings in the file at `path`, seen from the folder `base`; the defaults when `path` is empty.

    Paths in the file are relative to its own folder and come back as shown paths. Raises ConfigError with file and
    line for a missing or malformed file, an unknown key, a repeated key, or a value that cannot be.
    """
    if not path:
        return Settings()
    shown = posixpath.normpath(path.replace("\\", "/"))
    data, root_line = _read(shown, base)
    decoder = Decoder(shown, _below(base, (base / shown).parent))
    settings: Settings = decoder.decode(Settings, data, line=root_line)
    _check_aliases(settings, decoder, data)
    _check_rules(settings, decoder, data)
    return replace(settings, path=shown)


def _below(base: Path, folder: Path) -> str:
    """Path from `base` down to `folder`; empty when they are the same or `folder` is not below it."""
    base, folder = base.resolve(), folder.resolve()
    return folder.relative_to(base).as_posix() if base in folder.parents else ""


def _read(shown: str, base: Path) -> tuple[object, int]:
    real = base / shown
    if not looking.is_file(real):
        raise ConfigError(
            "there is no such file", slug="config-missing", where=shown, hint="check the path of --config"
        )
    try:
        documents = Workspace({shown: real}).yaml_all(shown)
    except DocumentError as error:
        raise ConfigError(error.message, slug=error.slug, where=error.where or shown, hint=error.hint) from None
    if len(documents) > 1:
        raise ConfigError("holds more than one YAML document", slug="config-invalid", where=shown, hint="keep one")
    if not documents:
        return None, 0
    for notice in documents[0].notices:
        fault = notice.message.partition("; ")[0]  # what follows says how a lenient reader goes on
        raise ConfigError(fault, slug=notice.slug, where=str(notice.where or shown))
    return documents[0].value, 1


def _check_aliases(settings: Settings, decoder: Decoder, data: object) -> None:
    """A name can mean one service only, and cannot be joined and kept apart at once."""
    services = data.get("services") if isinstance(data, dict) else None
    owners: dict[str, str] = {}
    for service, said in settings.services.items():
        line = line_of(services, service)
        forbidden = {name.casefold() for name in said.not_aliases}
        for alias in said.aliases:
            if alias.casefold() in forbidden:
                raise decoder.fail(f"'{alias}' is in both aliases and not_aliases", f"services.{service}", line)
            owner = owners.setdefault(alias.casefold(), service)
            if owner != service:
                raise decoder.fail(f"'{alias}' is an alias of {owner} already", f"services.{service}.aliases", line)


def _check_rules(settings: Settings, decoder: Decoder, data: object) -> None:
    """A rule that could never say anything, and a suppression without a reason, are mistakes."""
    for index, rule in enumerate(settings.coverage.tests):
        key, line = _place(data, ("coverage", "tests"), index)
        if not (rule.suite or rule.classname or rule.name or rule.file or rule.properties):
            raise decoder.fail("says of no test: give suite, classname, name, file or properties", key, line)
        if not rule.technique:
            raise decoder.fail("technique is missing", key, line)
        if bool(rule.services) is bool(rule.journey):
            raise decoder.fail("give either services, consumer first, or a journey", key, line)
        if len(rule.services) == 1:
            raise decoder.fail("services needs two names or more, consumer first", key, line)
        for pattern in (rule.suite, rule.classname, rule.name, rule.file, *rule.properties.values()):
            try:
                compile_pattern(pattern)
            except re.error as error:
                raise decoder.fail(f"'{clean(pattern, 60)}' is no regular expression: {error}", key, line) from None
    for index, one in enumerate(settings.gaps.suppress):
        key, line = _place(data, ("gaps", "suppress"), index)
        for name in ("test", "reason"):
            if not getattr(one, name).strip():
                raise decoder.fail(f"{name} is missing", key, line)


def _place(data: object, keys: tuple[str, str], index: int) -> tuple[str, int]:
    """Dotted key and line of one item of a list two levels down."""
    outer = data.get(keys[0]) if isinstance(data, dict) else None
    items = outer.get(keys[1]) if isinstance(outer, dict) else None
    return f"{keys[0]}.{keys[1]}[{index}]", line_of(items, index)
