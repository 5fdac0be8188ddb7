"""What the page says of boundaries, of gaps as a whole, and of the matrix."""

from __future__ import annotations

import json

import pytest
from large_system import large_report
from msgspec.structs import replace
from nasty_report import NASTY, nasty_report
from sample_report import REPORT

from topoplan.model.report import Report
from topoplan.model.topology import Topology
from topoplan.reporting.digest import ranked
from topoplan.reporting.gap_digest import counted_gaps
from topoplan.reporting.html import matrix_block as block
from topoplan.reporting.html.boundary_block import boundary_reasons, gap_facts
from topoplan.reporting.html.matrix_block import matrix_block
from topoplan.reporting.matrix import matrix

_EMPTY = Report("empty", Topology())


def test_reasons_are_those_of_the_other_formats() -> None:
    found = boundary_reasons(REPORT)
    assert found == {one.boundary.id: one.main_reason for one in ranked(REPORT) if one.profile and one.main_reason}
    assert found
    assert boundary_reasons(_EMPTY) == {}


def test_gap_facts_say_only_what_there_is_to_say() -> None:
    assert ["Gaps", counted_gaps(REPORT.gaps)] in gap_facts(REPORT)
    assert all(text for _, text in gap_facts(_EMPTY))
    assert "Against" not in dict(gap_facts(replace(REPORT, gaps=replace(REPORT.gaps, against=""))))
    against = dict(gap_facts(replace(REPORT, gaps=replace(REPORT.gaps, against="main"))))
    assert against["Against"] == "only what main does not have"


def test_without_evidence_nothing_is_said_to_be_uncovered() -> None:
    assert "Covered" in dict(gap_facts(REPORT))
    assert "Covered" not in dict(gap_facts(replace(REPORT, coverage=replace(REPORT.coverage, read=()))))


def test_the_matrix_is_that_of_the_report() -> None:
    report = large_report(60)
    found, shown = matrix_block(report), matrix(report)
    assert [row["id"] for row in found["rows"]] == [row.service for row in shown.rows]
    for told, (place, cell) in zip(found["cells"], (shown.cells or {}).items(), strict=True):
        assert told["at"] == list(place)
        assert told["sign"] == cell.sign
        assert (told["look"] == "") == (cell.sign == ".")
        assert told["boundaries"] == [boundary.id for boundary in cell.boundaries]
        assert told["count"] == len(cell.boundaries)
    assert found["first"] == list(shown.worst[0])
    assert found["note"] == ""


def test_a_system_too_large_is_drawn_by_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block, "MOST_ROWS", 50)
    report = large_report(60)
    found = matrix_block(report)
    owners = {service.owner for service in report.topology.services if service.owner}
    assert {row["name"] for row in found["rows"]} & owners
    assert len(found["rows"]) < 50
    assert sum(cell["count"] for cell in found["cells"]) == len(report.topology.boundaries)
    assert all(len(cell["boundaries"]) <= block.MOST_BOUNDARIES for cell in found["cells"])
    assert "group" in str(found["note"])


def test_nothing_has_no_cells() -> None:
    assert matrix_block(_EMPTY) == {"rows": [], "cells": [], "first": [0, 0], "alone": 0, "note": ""}


@pytest.mark.parametrize("nasty", NASTY)
def test_nasty_texts_are_still_json(nasty: str) -> None:
    report = nasty_report(nasty)
    assert json.loads(json.dumps(matrix_block(report))) == matrix_block(report)
