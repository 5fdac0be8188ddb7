"""The settings classes, the published schema and the reference page say the same."""

from __future__ import annotations

import json
import os
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

import jsonschema
import msgspec
import pytest

from topoplan.config.decode import writable_fields
from topoplan.config.loader import load_settings
from topoplan.config.settings import OneOf, Range, Settings
from topoplan.errors import ConfigError

ROOT = Path(__file__).parents[3]
SCHEMA_FILE = ROOT / "specs/schemas/config.schema.json"
PAGE = ROOT / "docs/reference/config.md"
BEGIN, END = "<!-- keys: generated from specs/schemas/config.schema.json -->", "<!-- end of keys -->"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(SCHEMA_FILE.read_text())
    return loaded


def test_schema_is_a_schema(schema: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(schema)


def test_schema_says_what_the_classes_say(schema: dict[str, Any]) -> None:
    compare(Settings, schema, schema, "")


def compare(kind: Any, said: dict[str, Any], root: dict[str, Any], key: str) -> None:
    """Check one type against one subschema, and all below it."""
    said = resolve(said, root)
    rules: list[object] = []
    if get_origin(kind) is Annotated:
        kind, *rules = get_args(kind)
    if get_origin(kind) in (Union, UnionType):
        kind, *rules = get_args(get_args(kind)[0])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        assert said["type"] == ["object", "null"], key
        assert said["additionalProperties"] is False, key
        fields = writable_fields(kind)
        assert list(said["properties"]) == list(fields), key
        for name, inner in fields.items():
            below = resolve(said["properties"][name], root)
            assert below["description"], f"{key}.{name}"
            compare(inner, below, root, f"{key}.{name}")
            assert_default(kind, name, below)
    elif get_origin(kind) is tuple:
        assert said["type"] == "array", key
        compare(get_args(kind)[0], said["items"], root, f"{key}[]")
    elif get_origin(kind) is dict:
        assert said["type"] == ["object", "null"], key
        names, values = get_args(kind)
        if issubclass(names, Enum):
            assert said["propertyNames"]["enum"] == [member.value for member in names], key
        compare(values, said["additionalProperties"], root, f"{key}.*")
    else:
        assert said["type"] == {str: "string", int: "integer", float: "number", bool: "boolean"}[kind], key
    for rule in rules:
        if isinstance(rule, OneOf):
            assert tuple(said["enum"]) == rule.words, key
        if isinstance(rule, Range):
            assert said["exclusiveMinimum" if rule.above else "minimum"] == rule.low, key
            assert said["maximum"] == rule.high, key


def assert_default(kind: Any, name: str, said: dict[str, Any]) -> None:
    value = getattr(kind(), name)
    if isinstance(value, msgspec.Struct) or value is None or (value == "" and "enum" in said):
        assert "default" not in said, name
    else:
        assert said["default"] == (list(value) if isinstance(value, tuple) else value), name


def resolve(said: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    """Follow `$ref`."""
    return root["$defs"][said["$ref"].removeprefix("#/$defs/")] if "$ref" in said else said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "system: shop\n",
        "services:\n  orders:\n",
        "services:\nhistory:\nrisk: {mode_weights: }\n",
        "exclude:\n",
        "system:\n",
        "services: {orders: {kind: gateway, folders: [a]}}\n",
        "planning: {techniques: {contract: {hours: 3, effects: {schema: 1}}}}\n",
        "sytem: shop\n",
        "services: {orders: {kind: robot}}\n",
        "history: {since_days: 0}\n",
        "history: {since_days: 1.5}\n",
        "planning: {techniques: {contract: {hours: 0}}}\n",
        "planning: {techniques: {magic: {}}}\n",
        "risk: {mode_weights: {schema: 1.5}}\n",
        "profiles: dev\n",
        "environment: {PORT: 80}\n",
    ],
)
def test_schema_and_loader_judge_alike(schema: dict[str, Any], tmp_path: Path, text: str) -> None:
    import yaml

    (tmp_path / "topoplan.yaml").write_text(text)
    by_schema = jsonschema.Draft202012Validator(schema).is_valid(yaml.safe_load(text))
    try:
        load_settings("topoplan.yaml", tmp_path)
        by_loader = True
    except ConfigError:
        by_loader = False
    assert by_loader is by_schema


def test_reference_page_lists_every_key(schema: dict[str, Any]) -> None:
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    wanted = f"{before}{BEGIN}\n\n{key_tables(schema)}\n{END}{after}"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN"):
        PAGE.write_text(wanted, encoding="utf-8")
    assert page == wanted, "run again with TOPOPLAN_UPDATE_GOLDEN=1"


def key_tables(schema: dict[str, Any]) -> str:
    """One table per mapping of keys, in the order of the schema."""
    parts = [key_table("Top level", schema, "")]
    for name, said in schema["properties"].items():
        entry = said.get("additionalProperties")
        if said.get("properties"):
            parts.append(key_table(f"`{name}`", said, f"{name}."))
        elif isinstance(entry, dict) and "$ref" in entry:
            parts.append(key_table(f"`{name}.<name>`", resolve(entry, schema), f"{name}.<name>."))
    technique = schema["$defs"]["technique"]
    parts.append(key_table("`planning.techniques.<technique>`", technique, "planning.techniques.<technique>."))
    return "\n".join(parts)


def key_table(title: str, said: dict[str, Any], prefix: str) -> str:
    lines = [f"### {title}", "", said["description"], ""] if prefix else [f"### {title}", ""]
    lines += ["| key | value | default | meaning |", "|---|---|---|---|"]
    for name, below in said["properties"].items():
        lines.append(f"| `{prefix}{name}` | {value_words(below)} | {default_words(below)} | {below['description']} |")
    return "\n".join(lines) + "\n"


def value_words(said: dict[str, Any]) -> str:
    if "enum" in said:
        return ", ".join(f"`{word}`" for word in said["enum"])
    if said["type"] == "array":
        return "list of text"
    if said["type"] == ["object", "null"]:
        names = said.get("propertyNames", {}).get("enum")
        entry = said.get("additionalProperties")
        keys = f"{', '.join(f'`{name}`' for name in names)}: " if names else "name: "
        if not entry:
            return "keys below"
        return keys + ("keys below" if "$ref" in entry else value_words(entry))
    words = {"string": "text", "integer": "whole number", "number": "number", "boolean": "`true` or `false`"}
    low, high = said.get("minimum", said.get("exclusiveMinimum")), said.get("maximum")
    if low is None:
        return words[said["type"]]
    return f"{words[said['type']]}, {'above ' if 'exclusiveMinimum' in said else ''}{low} to {high}"


def default_words(said: dict[str, Any]) -> str:
    default = said.get("default")
    if default in (None, "", [], {}):
        return "–"
    return f"`{json.dumps(default)}`"
