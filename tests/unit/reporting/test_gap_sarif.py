"""SARIF as code scanning takes it: the published schema, relative places, stable fingerprints, bounded results."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_coverage import COVERAGE, GAPS
from sample_report import REPORT, SOURCES
from writing import written

from topoplan.model.gaps import Gaps, Missing
from topoplan.model.place import Where
from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting import GAP_FORMATS
from topoplan.reporting.gaps_sarif import RESULTS_KEPT

SARIF = GAP_FORMATS["sarif"]
EMPTY = Report("", Topology())
CLOSED = json.loads((Path(__file__).parent / "sarif_subset.schema.json").read_text("utf-8"))
PUBLISHED = os.environ.get("TOPOPLAN_SARIF_SCHEMA", "")
REPORTS = [REPORT, EMPTY, replace(REPORT, gaps=Gaps()), *map(nasty_report, NASTY)]


def run_of(report: Report) -> Any:
    document = json.loads(written(SARIF, report))
    (run,) = document["runs"]
    return run


@pytest.mark.parametrize("report", REPORTS)
def test_it_keeps_to_the_part_of_the_standard_that_code_scanning_reads(report: Report) -> None:
    document = json.loads(written(SARIF, report))
    assert [e.message for e in Draft4Validator(CLOSED).iter_errors(document)] == []


def test_a_misspelt_property_or_a_missing_place_is_found() -> None:
    document = json.loads(written(SARIF, REPORT))
    result, other = document["runs"][0]["results"][:2]
    result["partialFingerprint"] = result.pop("partialFingerprints")
    other["locations"][0]["physicalLocation"]["region"]["startLine"] = 0
    other["level"] = "high"
    assert len(list(Draft4Validator(CLOSED).iter_errors(document))) == 4


@pytest.mark.skipif(not PUBLISHED, reason="TOPOPLAN_SARIF_SCHEMA names no copy of the published schema")
@pytest.mark.parametrize("report", REPORTS)
def test_it_fits_the_published_schema(report: Report) -> None:
    schema = json.loads(Path(PUBLISHED).read_text("utf-8"))
    document = json.loads(written(SARIF, report))
    assert [f"{e.json_path}: {e.message}" for e in Draft4Validator(schema).iter_errors(document)] == []


def test_each_open_operation_and_incompatible_contract_is_a_result_and_accepted_ones_are_suppressed() -> None:
    results = run_of(REPORT)["results"]
    told = [(r["ruleId"], r["level"], len(r["suppressions"])) for r in results]
    assert told == [
        ("topoplan/fault", "error", 0),
        ("topoplan/contract", "error", 0),
        ("topoplan/in_process", "warning", 0),
        *[("topoplan/boundary", "note", 0)] * 3,
        *[("topoplan/contract", "note", 0)] * 2,
        ("topoplan/incompatible", "warning", 0),
        *[("topoplan/contract", "note", 1)] * 2,
    ]
    assert results[0]["message"]["text"] == (
        "order → payment, POST /payments: fault injection test failing: failed on 2025-11-05. "
        "To do: make PaymentFaultTest.timeout pass."
    )
    assert [r["suppressions"][0]["justification"] for r in results[-2:]] == [
        "part of the baseline",
        "notification is rewritten this quarter (until 2026-03-31)",
    ]


def test_an_incompatible_contract_shows_both_places() -> None:
    run = run_of(REPORT)
    (result,) = [r for r in run["results"] if r["ruleId"] == "topoplan/incompatible"]
    assert place(result["locations"][0]) == ("pacts/order%20payment.json", 1)
    assert [place(related) for related in result["relatedLocations"]] == [("payment/swagger.json", 8)]
    fault = run["results"][0]
    assert [place(related) for related in fault["relatedLocations"]] == [
        ("pacts/order%20payment.json", 1),
        ("payment/swagger.json", 8),
    ]


def place(location: Any) -> tuple[str, int]:
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


@pytest.mark.parametrize("report", REPORTS)
def test_every_result_has_its_rule_a_relative_place_and_a_fingerprint_of_its_own(report: Report) -> None:
    run = run_of(report)
    rules = {rule["id"] for rule in run["tool"]["driver"]["rules"]}
    fingerprints = [result["partialFingerprints"]["topoplan/v1"] for result in run["results"]]
    assert {result["ruleId"] for result in run["results"]} <= rules
    assert len(set(fingerprints)) == len(fingerprints)
    for result in run["results"]:
        for location in (*result["locations"], *result.get("relatedLocations", ())):
            assert re.fullmatch(r"(?!/)(?:[A-Za-z0-9._~/-]|%[0-9A-F]{2})+", place(location)[0])
            assert location["physicalLocation"]["artifactLocation"]["uriBaseId"] == "%SRCROOT%"


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a b/ü.yaml", "a%20b/%C3%BC.yaml"),
        ("c:/x.yaml", "c%3A/x.yaml"),
        ("/abs/x.yaml", "abs/x.yaml"),
        ("../x.yaml", "x.yaml"),
        ("./x.yaml", "x.yaml"),
        ("100%.yaml", "100%25.yaml"),
    ],
)
def test_places_are_relative_references(path: str, uri: str) -> None:
    gaps = replace(GAPS, open=(replace(GAPS.open[0], where=Where(path)),))
    assert place(run_of(replace(REPORT, gaps=gaps))["results"][0]["locations"][0]) == (uri, 1)


def test_a_boundary_without_a_place_is_shown_where_it_can_be_named() -> None:
    gaps = replace(GAPS, open=(replace(GAPS.open[0], where=None),))
    assert place(run_of(replace(REPORT, gaps=gaps))["results"][0]["locations"][0]) == ("topoplan.yaml", 1)


def test_fingerprints_do_not_depend_on_lines_or_wording() -> None:
    changed = replace(GAPS.open[0], where=Where("other.yaml", 99), reason="another reason", next_step="another step")
    first = run_of(REPORT)["results"][0]
    second = run_of(replace(REPORT, gaps=replace(GAPS, open=(changed,))))["results"][0]
    assert first["partialFingerprints"] == second["partialFingerprints"]
    assert first["message"] != second["message"]


def test_the_most_urgent_results_are_kept_and_the_rest_is_told() -> None:
    gap = GAPS.open[0]
    missing = tuple(Missing(f"GET /{i}", gap.state, f"{i:032x}") for i in range(RESULTS_KEPT + 3))
    gaps = Gaps(open=(gap, replace(GAPS.open[-1], missing=missing)))
    run = run_of(replace(REPORT, gaps=gaps, coverage=replace(COVERAGE, findings=())))
    assert len(run["results"]) == RESULTS_KEPT
    assert run["results"][0]["ruleId"] == "topoplan/fault"
    (*_, told) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"].startswith("5,004 results; these are the 5,000 most urgent")


def test_a_failed_source_is_an_unsuccessful_execution() -> None:
    (invocation,) = run_of(REPORT)["invocations"]
    assert invocation["executionSuccessful"] is False
    assert "line 7: found a tab" in invocation["toolExecutionNotifications"][0]["message"]["text"]
    read = replace(REPORT.topology, sources=SOURCES[:1])
    assert run_of(replace(REPORT, topology=read))["invocations"][0]["executionSuccessful"] is True


def test_no_message_becomes_a_link() -> None:
    gap = replace(GAPS.open[0], reason="[click](https://evil.example) [1](0)")
    text = run_of(replace(REPORT, gaps=replace(GAPS, open=(gap,))))["results"][0]["message"]["text"]
    assert "](" not in text
