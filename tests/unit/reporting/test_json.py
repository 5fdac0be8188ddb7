"""The JSON documents: what their schemas say, all of it, and readable back."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from large_system import large_report
from nasty_report import NASTY, nasty_report
from referencing import Registry, Resource
from sample_changes import CHANGED
from sample_plan import PLANNED
from sample_report import REPORT
from writing import written

from topoplan.model import (
    change,
    changes,
    coverage,
    facts,
    gaps,
    journey,
    method,
    operation,
    place,
    plan,
    report,
    risk,
    stats,
    topology,
)
from topoplan.model.codec import decode
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting import GRAPH_FORMATS, REPORT_FORMATS, Style
from topoplan.reporting.json_text import compact, dump
from topoplan.reporting.report_json import report_members

SCHEMAS = Path(__file__).parents[3] / "specs" / "schemas"
TOPOLOGY_SCHEMA = json.loads((SCHEMAS / "topology.schema.json").read_text("utf-8"))
EDGES_SCHEMA = json.loads((SCHEMAS / "trace-edges.schema.json").read_text("utf-8"))
REPORT_SCHEMA = json.loads((SCHEMAS / "report.schema.json").read_text("utf-8"))
REGISTRY: Registry[Any] = Registry().with_resource("topology.schema.json", Resource.from_contents(TOPOLOGY_SCHEMA))
TOPOLOGY = Draft202012Validator(TOPOLOGY_SCHEMA)
WHOLE = Draft202012Validator(REPORT_SCHEMA, registry=REGISTRY)
EMPTY = Report("", Topology())


def problems(validator: Draft202012Validator, document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


@pytest.mark.parametrize(
    "report", [REPORT, PLANNED, CHANGED, EMPTY, *(nasty_report(nasty, PLANNED) for nasty in NASTY)]
)
def test_documents_fit_their_schemas(report: Report) -> None:
    whole = json.loads(written(REPORT_FORMATS["json"], report))
    graph = json.loads(written(GRAPH_FORMATS["json"], report))
    assert problems(WHOLE, whole) == []
    assert problems(TOPOLOGY, graph) == []
    assert whole["topology"] == graph


def test_schemas_are_strict() -> None:
    document = json.loads(written(REPORT_FORMATS["json"], REPORT))
    document["plan"]["tests"][0]["surprise"] = 1
    del document["topology"]["boundaries"][0]["stats"]
    document["profiles"][0]["risk"] = 1.5
    found = problems(WHOLE, document)
    assert len(found) == 3, found


@pytest.mark.parametrize(
    "schema", [TOPOLOGY_SCHEMA, REPORT_SCHEMA, EDGES_SCHEMA], ids=["topology", "report", "trace-edges"]
)
def test_every_property_is_described_and_required(schema: dict[str, Any]) -> None:
    Draft202012Validator.check_schema(schema)
    checked = 0
    for value in walk(schema):
        if "properties" in value:
            assert value["additionalProperties"] is False
            assert value["required"] == list(value["properties"])
            for described in value["properties"].values():
                assert described["description"].endswith((".", ")", "…"))
            checked += 1
    assert checked > sum("properties" in part for part in schema["$defs"].values()), "those and the document itself"


@pytest.mark.parametrize(
    "room",
    [change, changes, coverage, facts, gaps, journey, method, operation, place, plan, report, risk, stats, topology],
)
def test_schemas_list_exactly_the_fields_that_are_written(room: Any) -> None:
    described = {**TOPOLOGY_SCHEMA["$defs"], **REPORT_SCHEMA["$defs"]}
    described["topology"], described["report"] = TOPOLOGY_SCHEMA, REPORT_SCHEMA
    document_keys = {
        "topology": {"format", "format_version"},
        "report": {"format", "format_version", "summary", "tool"},
    }
    unwritten = {"report": {"tool_version"}}
    compared = 0
    for kind in vars(room).values():
        if (
            not isinstance(kind, type)
            or not issubclass(kind, msgspec.Struct)
            or kind.__module__ != room.__name__
            or kind.__name__ in NOT_WRITTEN
        ):
            continue
        name = kind.__name__[0].lower() + kind.__name__[1:]
        fields = set(kind.__struct_fields__) | set(getattr(kind, "json_extra", ()))
        expected = fields - unwritten.get(name, set()) | document_keys.get(name, set())
        assert set(described[name]["properties"]) == expected, name
        compared += 1
    assert compared


NOT_WRITTEN = {
    "CallFact", "ChannelFact", "Hint", "InterfaceFact", "JourneyFact", "JourneyStep", "ModuleFact", "MountFact",
    "OwnerFact", "Party", "ServiceFact", "Use", "Where",
}  # fmt: skip
"""Facts become boundaries and services; a Where is written as text."""


@pytest.mark.parametrize("report", [REPORT, PLANNED, CHANGED], ids=["needs", "planned", "changed"])
def test_a_document_reads_back_as_the_report_it_came_from(report: Report) -> None:
    document = json.loads(written(REPORT_FORMATS["json"], report))
    assert decode(Report, {**document, "tool_version": document["tool"]["version"]}) == report


def test_a_topology_reads_back_as_it_was() -> None:
    assert decode(Topology, json.loads(written(GRAPH_FORMATS["json"], REPORT))) == REPORT.topology


def test_summary_counts() -> None:
    summary = json.loads(written(REPORT_FORMATS["json"], REPORT))["summary"]
    assert summary["services"] == {"service": 4, "gateway": 1, "datastore": 1, "broker": 1, "external": 1}
    assert summary["basis"] == {"both": 2, "declared": 4, "observed": 1}
    assert summary["operations"] == {"documented": 3, "used": 6, "used_undocumented": 1}
    assert summary["traffic"] == {"calls": 1253, "errors": 71}
    assert summary["sources"] == {"analysed": 4, "skipped": 1, "failed": 1}
    assert summary["tests"]["contract"] == 4
    assert summary["cases"]["contract"] == 4
    assert summary["states"] == {
        "covered": 1, "partial": 1, "stale": 1, "unverified": 1, "failing": 1, "uncovered": 2, "unknown": 1,
    }  # fmt: skip
    assert summary["gaps"] == {"high": 2, "medium": 1, "low": 3}


@pytest.mark.parametrize("nasty", NASTY)
def test_text_is_escaped_and_nothing_hidden_is_raw(nasty: str) -> None:
    report = nasty_report(nasty)
    text = written(REPORT_FORMATS["json"], report)
    assert text.encode("utf-8").endswith(b"}\n")
    assert all(char.isprintable() or char == "\n" for char in text if char not in "\u3000")
    assert json.loads(text)["system"] == report.system.replace("\ud800", "\ufffd")


TRICKY = (
    {}, [], (), "", None, True, 0, -0.0, 5e-324, 2**80, "a\nb\x7f\"\\/\t", [[], {}, [[1, "x"]]],
    {"a": {}, "b": {"c": [], "d": [{"e": [1.5, None]}, {}]}, "é\u2028": {"f": False}},
)  # fmt: skip


@pytest.mark.parametrize("value", TRICKY, ids=repr)
def test_documents_look_as_the_standard_library_indents_them(value: object) -> None:
    out = io.StringIO()
    dump(value, out)
    expected = json.dumps(value, ensure_ascii=False, indent=2).replace("\x7f", "\\u007f").replace("\u2028", "\\u2028")
    assert out.getvalue() == expected + "\n"


@pytest.mark.parametrize(("value", "expected"), [(1e-05, "0.00001"), (1e16, "1e16"), (-2.5e300, "-2.5e300")])
def test_numbers_are_written_as_short_as_they_can_be(value: float, expected: str) -> None:
    out = io.StringIO()
    dump(value, out)
    assert out.getvalue() == expected + "\n"


@pytest.mark.parametrize("value", [*TRICKY, 1e-05, 1e16], ids=repr)
def test_compact_documents_are_those_of_the_standard_library(value: object) -> None:
    assert b"".join(compact(value)).decode("ascii") == json.dumps(value, separators=(",", ":"))


def test_a_compact_report_comes_item_by_item_too() -> None:
    few, many = ([len(piece) for piece in compact(report_members(large_report(size)))] for size in (60, 600))
    assert sum(many) > 8 * sum(few)
    assert max(many) < 4 * max(few)


def test_a_report_is_written_item_by_item_so_that_no_text_of_all_of_it_is_held() -> None:
    class Pieces(io.StringIO):
        longest = 0

        def write(self, text: str, /) -> int:
            self.longest = max(self.longest, len(text))
            return super().write(text)

    few, many = (Pieces(), large_report(60)), (Pieces(), large_report(600))
    for out, large in (few, many):
        REPORT_FORMATS["json"].write(large, out, Style())
    assert many[0].tell() > 8 * few[0].tell()
    assert many[0].longest < 4 * few[0].longest


@pytest.mark.parametrize("value", [float("nan"), [1, -float("inf")], {"a": ((1, float("nan")),)}], ids=repr)
def test_not_a_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="no number in JSON"):
        dump({"risk": value}, io.StringIO())


def walk(value: Any) -> Any:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)
