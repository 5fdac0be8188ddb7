"""The reference system, against the tables that EXPECTED.md derives by hand."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest
from running import ROOT, SHOP, topoplan

EXPECTED = (SHOP / "EXPECTED.md").read_text("utf-8")


def table(first_column: str, second_column: str) -> list[dict[str, str]]:
    """The rows of the one table that starts with these two columns."""
    (found,) = re.findall(rf"^\| {first_column} \| {second_column} \|.*\n(?:\|.*\n)+", EXPECTED, re.MULTILINE)
    head, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in found.splitlines())
    return [dict(zip(head, row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    done = topoplan("analyze", SHOP.relative_to(ROOT), "-q", "-f", "json")
    assert done.returncode == 0, done.stderr
    loaded: dict[str, Any] = json.loads(done.stdout)
    return loaded


def test_services(report: dict[str, Any]) -> None:
    found = [
        {"id": s["id"], "kind": s["kind"], "technology": s["technology"], "also called": ", ".join(s["aliases"])}
        for s in report["topology"]["services"]
    ]
    assert found == table("id", "kind")


def test_boundaries(report: dict[str, Any]) -> None:
    found = [
        {
            "boundary": b["id"],
            "basis": b["basis"],
            "calls": str(b["stats"]["calls"]) if b["stats"] else "",
            "errors": str(b["stats"]["errors"]) if b["stats"] else "",
        }
        for b in report["topology"]["boundaries"]
    ]
    assert found == [{k: v for k, v in row.items() if k != "why"} for row in table("boundary", "basis")]


def test_drift(report: dict[str, Any]) -> None:
    found = [{k: d[k] for k in ("kind", "subject", "operation")} for d in report["topology"]["drift"]]
    assert found == table("kind", "subject")


@pytest.mark.parametrize("row", table("riskier", "than"), ids=lambda row: f"{row['riskier']} > {row['than']}")
def test_risk_order(report: dict[str, Any], row: dict[str, str]) -> None:
    risk = {p["boundary"]: p["risk"] for p in report["profiles"]}
    assert risk[row["riskier"]] > risk[row["than"]]


@pytest.mark.parametrize("row", table("boundary", "leading mode"), ids=lambda row: row["boundary"])
def test_leading_mode(report: dict[str, Any], row: dict[str, str]) -> None:
    (profile,) = [p for p in report["profiles"] if p["boundary"] == row["boundary"]]
    assert profile["modes"][0]["mode"] == row["leading mode"]


@pytest.mark.parametrize("row", table("test", "recommended"), ids=lambda row: row["test"])
def test_recommendations(report: dict[str, Any], row: dict[str, str]) -> None:
    assert (row["test"] in {t["id"] for t in report["plan"]["tests"]}) == (row["recommended"] == "yes")


def test_every_source_is_analysed_and_nothing_is_wrong(report: dict[str, Any]) -> None:
    assert {s["state"] for s in report["topology"]["sources"]} <= {"analysed", "skipped"}
    notices = [n for n in report["topology"]["notices"] if n["severity"] != "info"]
    assert [n["slug"] for n in notices] == ["empty-run"], "and that one is meant"


def test_a_saved_topology_is_an_input_that_says_the_same(tmp_path: Path) -> None:
    saved = tmp_path / "shop.json"
    assert topoplan("graph", SHOP.relative_to(ROOT), "-q", "-f", f"json={saved}").returncode == 0
    again = topoplan("graph", saved, "-q")
    assert again.returncode == 0, again.stderr
    first, second = json.loads(saved.read_text("utf-8")), json.loads(again.stdout)

    def kept(topology: dict[str, Any]) -> list[Any]:
        fields = ("id", "consumer", "provider", "style", "protocol", "channel", "basis", "operations", "stats")
        services = [(s["id"], s["kind"], s["technology"]) for s in topology["services"]]
        return [services, [{k: b[k] for k in fields} for b in topology["boundaries"]], topology["drift"]]

    assert kept(second) == kept(first)


def test_the_recorded_traffic_is_what_its_script_writes(tmp_path: Path) -> None:
    (tmp_path / "make_traces.py").write_bytes((SHOP / "make_traces.py").read_bytes())
    runpy.run_path(str(tmp_path / "make_traces.py"), run_name="__main__")
    for file in sorted((SHOP / "traces").iterdir()):
        assert (tmp_path / "traces" / file.name).read_bytes() == file.read_bytes()


def test_a_test_for_a_boundary_that_no_trace_shows_says_so(report: dict[str, Any]) -> None:
    doubted = [t for t in report["plan"]["tests"] if "no trace shows it" in t["reason"]]
    assert {b for t in doubted for b in t["boundaries"]} == {"order-service->user-service/http"}


@pytest.mark.parametrize("row", table("test", "state"), ids=lambda row: row["test"])
def test_coverage(report: dict[str, Any], row: dict[str, str]) -> None:
    technique, boundary = row["test"].split(":", 1)
    coverage = next(b for b in report["coverage"]["boundaries"] if b["boundary"] == boundary)
    found = next(t for t in coverage["techniques"] if t["technique"] == technique)
    assert found["state"] == row["state"]
    assert "; ".join(f"{o['operation']} {o['state']}" for o in found["operations"]) == row["operations"]
    open_tests = {gap["test"] for gap in report["gaps"]["open"]}
    recommended = {test["id"] for test in report["plan"]["tests"]}
    assert (row["test"] in open_tests) is (row["state"] != "covered" and row["test"] in recommended)


def test_every_state_but_unknown_is_shown() -> None:
    shown = {row["state"] for row in table("test", "state")}
    assert shown == {"covered", "partial", "stale", "unverified", "failing", "uncovered"}


def test_without_evidence_every_state_is_unknown() -> None:
    left_out = [f"--exclude={pattern}" for pattern in ("pacts/", "pact-broker/", "test-results/", "test-run.jsonl")]
    done = topoplan("gaps", SHOP.relative_to(ROOT), "-q", "-f", "json", "--fail-on=none", *left_out)
    assert done.returncode == 0, done.stderr
    gaps = json.loads(done.stdout)["gaps"]
    assert {gap["state"] for gap in gaps["open"]} == {"unknown"}
    assert gaps["residual_risk"] == gaps["total_risk"]


def test_slice_and_fault_of_the_test_run(report: dict[str, Any]) -> None:
    claimed = {
        (t["technique"], b["boundary"], operation)
        for b in report["coverage"]["boundaries"]
        for t in b["techniques"]
        if t["technique"] in ("slice", "fault")
        for claim in t["claims"]
        for operation in claim["operations"]
    }
    assert claimed == {
        ("slice", "gateway->order-service/http", "POST /orders"),
        ("slice", "order-service->payment-service/http", "POST /charges"),
        ("fault", "order-service->payment-service/http", "POST /charges"),
    }


def test_what_is_told_about_the_evidence(report: dict[str, Any]) -> None:
    findings = [(f["kind"], f["where"]) for f in report["coverage"]["findings"]]
    findings += [(n["slug"], n["where"]) for n in report["topology"]["notices"] if n["slug"] == "empty-run"]
    wanted = [(row["finding"], f"specs/shop/{row['place']}") for row in table("finding", "place")]
    assert sorted(findings) == sorted(wanted)


def test_the_suppressed_gap(report: dict[str, Any]) -> None:
    assert [(a["test"], a["by"]) for a in report["gaps"]["accepted"]] == [
        ("contract:order-service->user-service/http", "suppression")
    ]


def test_the_pyramid_counts_what_exists_and_what_is_still_to_be_written(report: dict[str, Any]) -> None:
    existing = sum(level["existing"] for level in report["plan"]["pyramid"])
    planned = sum(level["planned"] for level in report["plan"]["pyramid"])
    missing = {one["test"] for one in (*report["gaps"]["open"], *report["gaps"]["accepted"])}
    tests = [test for test in report["plan"]["tests"] if test["id"] in missing]
    assert planned == sum(1 if test["technique"] == "slice" else len(test["cases"]) for test in tests)
    assert len(tests) < len(report["plan"]["tests"])
    assert existing > 0
