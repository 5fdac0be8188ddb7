"""What is read of a saved report or graph that an analysis is compared with, and what is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sample_report import REPORT

from topoplan.errors import UsageError
from topoplan.model.report import Report
from topoplan.planning.changes import compare
from topoplan.planning.saved_base import saved_base, saved_gaps
from topoplan.reporting.report_json import report_document
from topoplan.reporting.topology_json import topology_document


def saved(folder: Path, document: Any) -> Report:
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "base.json").write_text(text)
    return saved_base("base.json", folder)


def test_a_saved_report_is_the_base_that_it_was(tmp_path: Path) -> None:
    base = saved(tmp_path, report_document(REPORT))
    assert base.topology == REPORT.topology
    assert base.gaps == REPORT.gaps == saved_gaps("base.json", tmp_path)
    assert compare(base, REPORT, "x") == compare(REPORT, REPORT, "x")


def test_a_saved_graph_is_a_base_without_scores_and_gaps(tmp_path: Path) -> None:
    assert saved(tmp_path, topology_document(REPORT.topology)) == Report("", REPORT.topology)


@pytest.mark.parametrize("key", ["profiles", "plan", "coverage", "gaps", "changes", "history", "journeys", "summary"])
def test_a_report_from_before_a_key_was_there_is_read_without_it(tmp_path: Path, key: str) -> None:
    document = report_document(REPORT)
    del document[key]
    base = saved(tmp_path, document)
    assert base.topology == REPORT.topology
    assert bool(base.profiles) == (key != "profiles")


def test_texts_of_a_base_are_safe_to_print(tmp_path: Path) -> None:
    document = json.loads(json.dumps(report_document(REPORT)))
    document["topology"]["services"][0]["name"] = "\x1b[31mred\u202e" + "x" * 5000
    (service, *_) = saved(tmp_path, document).topology.services
    assert service.name.isprintable()
    assert len(service.name) <= 1000


HEAD = '"format": "topoplan/report", "format_version": 1'


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "base.json"),
        ("{", "line 1"),
        ("[]", "is no report or topology"),
        ('{"format": "topoplan/other"}', "is no report or topology"),
        ('{"format": ["topoplan/report"]}', "is no report or topology"),
        ('{"format": "topoplan/report", "format_version": 2, "topology": {}}', "format version 1"),
        ('{"format": "topoplan/report", "format_version": true, "topology": []}', "expected dict, found list"),
        (f"{{{HEAD}}}", "without a topology"),
        (f'{{{HEAD}, "topology": []}}', "(#/topology)"),
        (f'{{{HEAD}, "topology": {{"services": [{{"id": 1}}]}}}}', "(#/topology/services/0/id)"),
        (f'{{{HEAD}, "topology": {{}}, "gaps": {{"open": [{{}}]}}}}', "(#/gaps/open/0)"),
        (f'{{{HEAD}, "topology": {{}}, "profiles": [{{"boundary": "a", "risk": 1e300, "impact": 0}}]}}', "impossible"),
        (f'{{{HEAD}, "topology": {{}}, "gaps": {{"tallies": [{{"technique": null, "risk_retired": -1}}]}}}}',
         "impossible"),
        (f'{{{HEAD}, "topology": {{}}, "profiles": [{{"boundary": "a", "risk": NaN, "impact": 0}}]}}', "NaN"),
    ],
)  # fmt: skip
def test_what_is_no_base_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(UsageError) as caught:
        saved(tmp_path, text)
    assert caught.value.slug == "against-unusable"
    assert told in str(caught.value)
    assert "base.json" in str(caught.value)


@pytest.mark.parametrize(
    ("start", "item", "times", "told"),
    [('{"a": ', "[", 100_000, "nested"), ('{"a": 1, "b": [', "0,", 5_000_001, "holds more than")],
)
def test_a_base_beyond_the_bounds_is_refused(tmp_path: Path, start: str, item: str, times: int, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        saved(tmp_path, start + item * times)
