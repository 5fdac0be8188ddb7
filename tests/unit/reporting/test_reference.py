"""docs/reference/formats.md describes every format, and every key of the JSON documents as the schemas do."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from topoplan.reporting import GAP_FORMATS, GRAPH_FORMATS, REPORT_FORMATS, boundary_csv, gaps_csv, plan_csv

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/reference/formats.md"
BEGIN = "<!-- keys: generated from topology, report and trace-edges.schema.json in specs/schemas -->"
END = "<!-- end of keys -->"


def test_the_page_describes_every_key_as_the_schemas_do() -> None:
    """TOPOPLAN_UPDATE_GOLDEN=1 writes the tables anew."""
    tables = "\n".join(reference())
    text = PAGE.read_text("utf-8")
    before, _, rest = text.partition(BEGIN)
    now = f"{before}{BEGIN}\n{tables}\n{END}{rest.partition(END)[2]}"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        PAGE.write_text(now, "utf-8")
    assert PAGE.read_text("utf-8") == now, "TOPOPLAN_UPDATE_GOLDEN=1 writes the tables anew"


@pytest.mark.parametrize("name", sorted({*REPORT_FORMATS, *GRAPH_FORMATS, *GAP_FORMATS}))
def test_every_format_has_its_section(name: str) -> None:
    sections = re.findall("^## (.+)$", PAGE.read_text("utf-8"), re.MULTILINE)
    assert name in ", ".join(sections).split(", ")


@pytest.mark.parametrize(
    ("before", "after", "columns"),
    [("## csv\n", "\n## ", boundary_csv.COLUMNS), ("\n- **csv**", "\n- ", plan_csv.COLUMNS)],
    ids=["boundaries", "plan"],
)
def test_csv_columns_are_listed_in_order(before: str, after: str, columns: tuple[str, ...]) -> None:
    section = PAGE.read_text("utf-8").partition(before)[2].partition(after)[0]
    assert tuple(name for name in re.findall("`([a-z0-9_]+)`", section) if name in columns) == columns


def test_columns_of_gaps_are_listed_in_order() -> None:
    section = PAGE.read_text("utf-8").partition("## csv of gaps")[2].partition("\n## ")[0]
    assert tuple(re.findall("`([a-z0-9_]+)`", section)) == gaps_csv.COLUMNS


def reference() -> Iterator[str]:
    """One table per object: the documents first, then what they are made of."""
    documents = {
        name: json.loads((ROOT / f"specs/schemas/{name}.schema.json").read_text("utf-8"))
        for name in ("topology", "report", "trace-edges")
    }
    for name, document in documents.items():
        yield from table(f"{name} document", document)
        for inner, described in document["properties"].items():
            if "properties" in described:
                yield from table(f"{inner} of the {name}", described)
        for part, described in document["properties"].get("summary", {}).get("properties", {}).items():
            yield from table(f"{part} of the summary", described)
    for document in documents.values():
        for name, described in document["$defs"].items():
            if "properties" in described:
                yield from table(name, described)


def table(title: str, described: dict[str, Any]) -> Iterator[str]:
    yield f"\n### {title}\n\n{described['description']}\n\n| key | value | meaning |\n|---|---|---|"
    for key, value in described["properties"].items():
        yield f"| `{key}` | {value_of(value)} | {escaped(value['description'])} |"


def value_of(value: dict[str, Any]) -> str:
    """What may stand there, in words."""
    if "const" in value:
        return f"`{json.dumps(value['const'])}`"
    if "enum" in value:
        return ", ".join(f"`{word}`" if word else "empty" for word in value["enum"])
    if "anyOf" in value:
        return " or ".join("null" if part.get("type") == "null" else value_of(part) for part in value["anyOf"])
    if "$ref" in value:
        return linked(value["$ref"])
    kinds = value["type"] if isinstance(value["type"], list) else [value["type"]]
    return " or ".join(one_kind(kind, value) for kind in kinds)


def one_kind(kind: str, value: dict[str, Any]) -> str:
    if kind == "array":
        return f"list of {value_of(value['items'])}" if value.get("items") else "pair of integers"
    if kind in ("integer", "number"):
        return f"{kind} {value['minimum']}–{value['maximum']}" if "maximum" in value else f"{kind} ≥ {value['minimum']}"
    return {"string": "text", "boolean": "`true` or `false`", "null": "null", "object": "object, below"}[kind]


def linked(reference: str) -> str:
    name = reference.rpartition("/")[2]
    if name == "where":
        return "place as text"
    return "[topology document](#topology-document)" if name == "topology.schema.json" else f"[{name}](#{name.lower()})"


def escaped(text: str) -> str:
    return text.replace("|", "\\|").replace("^(", "\\^(")
