"""`topoplan plan`: limits, pins and exclusions as a person gives them, and every format from one run."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from calling import Cli
from contracts import write_pact
from running import SHOP

from topoplan.reporting import PLAN_FORMATS

CONTRACT = "contract:web->orders/http"
STORE = "in_process:orders->orders-db/postgresql"


def plan_of(cli: Cli, *options: str) -> dict[str, Any]:
    done = cli("plan", "shop", "-f", "json", *options)
    assert done.code == 0, done.err
    plan: dict[str, Any] = json.loads(done.out)["plan"]
    return plan


def ids(plan: dict[str, Any]) -> list[str]:
    return [test["id"] for test in plan["tests"]]


def test_a_plan_tells_what_to_write_and_what_stays(cli: Cli, system: Path) -> None:
    done = cli("plan", "shop", "--width", "120")
    assert (done.code, done.err) == (0, "")
    for words in ("Plan for shop", "Write in this order", "Contract between web and orders", " stays (", "Next hour"):
        assert words in done.out


def test_a_budget_is_kept_in_hours_days_and_weeks(cli: Cli, system: Path) -> None:
    plan = plan_of(cli, "--budget", "2.5h")
    assert plan["choice"]["hours"] == 2.5
    assert 0 < plan["hours"] <= 2.5
    assert plan_of(cli, "--budget", "5d")["choice"]["hours"] == 40
    assert plan_of(cli, "--budget", "2w")["choice"]["hours"] == 80


def test_a_larger_budget_retires_no_less(cli: Cli, system: Path) -> None:
    left = [plan_of(cli, "--budget", budget)["residual_risk"] for budget in ("1h", "2h", "1d", "1w")]
    assert left == sorted(left, reverse=True)
    assert left[0] > left[-1]


def test_a_run_stays_within_its_time(cli: Cli, system: Path) -> None:
    plan = plan_of(cli, "--max-ci-seconds", "10")
    assert 0 < plan["seconds"] <= 10
    assert plan["choice"]["seconds"] == 10


def test_a_least_value_leaves_out_what_is_worth_less(cli: Cli, system: Path) -> None:
    few, many = (plan_of(cli, "--min-value", value) for value in ("0.1", "0"))
    assert all(test["risk_retired"] / test["hours"] >= 0.1 for test in few["tests"])
    assert set(ids(few)) < set(ids(many))


def test_only_the_techniques_asked_for(cli: Cli, system: Path) -> None:
    plan = plan_of(cli, "--techniques", "contract, in-process,contract", "--min-value", "0")
    assert {test["technique"] for test in plan["tests"]} == {"contract", "in_process"}
    assert plan["choice"]["techniques"] == ["contract", "in_process"]


def test_a_pin_comes_first_and_what_is_excluded_never(cli: Cli, system: Path) -> None:
    plan = plan_of(cli, "--pin", "fault:web->orders/http", "--without", "contract:*", "--budget", "1h")
    assert ids(plan)[0] == "fault:web->orders/http"
    assert plan["tests"][0]["pinned"] is True
    assert CONTRACT not in ids(plan)


def test_whatever_a_pin_names_is_planned_worth_it_or_not(cli: Cli) -> None:
    done = cli("plan", str(SHOP), "-q", "--pin", "slice:*", "--pin", "e2e:*", "--budget", "1h", "-f", "json")
    assert done.code == 0, done.err
    plan = json.loads(done.out)["plan"]
    assert len(plan["tests"]) > 3
    assert all(test["pinned"] and test["cases"] and test["journey"] for test in plan["tests"])
    assert "pins-over-budget" in {one["kind"] for one in plan["observations"]}


@pytest.mark.parametrize("options", [("--pin", "contract:web->order/http"), ("--pin", "e2e:*"), ("--pin", "")])
def test_a_pin_that_names_no_test_is_refused(cli: Cli, system: Path, options: tuple[str, ...]) -> None:
    done = cli("plan", "shop", *options)
    assert (done.code, done.out) == (2, "")
    assert "[unknown-test]" in done.err
    assert "topoplan plan -f csv" in done.err


@pytest.mark.parametrize(
    "options",
    [
        ("--budget", "0h"),
        ("--budget", "-1h"),
        ("--budget", "40"),
        ("--budget", "nanh"),
        ("--budget", "1e3h"),
        ("--budget", "40 h"),
        ("--budget", "3m"),
        ("--max-ci-seconds", "0"),
        ("--max-ci-seconds", "nan"),
        ("--min-value", "nan"),
        ("--min-value", "-1"),
        ("--min-value", "2"),
        ("--techniques", "contracts"),
        ("--techniques", ""),
        ("-f", "sarif"),
        ("-f", "csv", "-f", "svg"),
    ],
)
def test_wrong_usage_is_told_in_a_line(cli: Cli, system: Path, options: tuple[str, ...]) -> None:
    done = cli("plan", "shop", *options)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: ")
    assert len(done.err.splitlines()) <= 2


def test_tests_that_exist_count_first(cli: Cli, system: Path) -> None:
    before = plan_of(cli)
    assert before["existing_risk"] == 0
    assert CONTRACT in ids(before)
    write_pact(system / "pacts", "web", "orders", "POST /orders 201", verified=True)
    after = plan_of(cli)
    assert after["existing_risk"] > 0
    assert after["total_risk"] == before["total_risk"]
    assert CONTRACT not in ids(after)
    assert "Contract tests: 1 boundary, 1 covered" in cli("plan", "shop").out


def test_gaps_are_those_of_the_needs_whatever_is_planned(cli: Cli, system: Path) -> None:
    needs = json.loads(cli("analyze", "shop", "-f", "json").out)
    planned = json.loads(cli("plan", "shop", "-f", "json", "--techniques", "fault", "--budget", "1h").out)
    assert planned["gaps"] == needs["gaps"]
    assert planned["coverage"] == needs["coverage"]


def test_the_figures_of_a_plan_add_up(cli: Cli, system: Path) -> None:
    write_pact(system / "pacts", "web", "orders", "POST /orders 201")
    plan = plan_of(cli, "--budget", "3d")
    retired = sum(test["risk_retired"] for test in plan["tests"])
    assert plan["existing_risk"] + retired + plan["residual_risk"] == pytest.approx(plan["total_risk"])
    assert sum(one["risk"] for one in plan["carried"]) == pytest.approx(plan["residual_risk"])
    assert plan["hours"] == pytest.approx(sum(test["hours"] for test in plan["tests"]))
    assert [step["risk_retired"] for step in plan["steps"]] == sorted(step["risk_retired"] for step in plan["steps"])


def test_several_formats_come_from_one_run(cli: Cli, system: Path) -> None:
    done = cli("plan", "shop", *(part for name in PLAN_FORMATS for part in ("-f", f"{name}=plan.{name}")))
    assert (done.code, done.out, done.err) == (0, "", "")
    assert all(Path(f"plan.{name}").read_text("utf-8").endswith("\n") for name in PLAN_FORMATS)
    assert ElementTree.parse("plan.svg").getroot().tag == "{http://www.w3.org/2000/svg}svg"
    rows = list(csv.DictReader(io.StringIO(Path("plan.csv").read_text("utf-8"))))
    assert [row["id"] for row in rows] == ids(json.loads(Path("plan.json").read_bytes())["plan"])


@pytest.mark.parametrize("name", PLAN_FORMATS)
def test_the_same_run_gives_the_same_bytes(cli: Cli, system: Path, name: str) -> None:
    options = ("plan", "shop", "--budget", "1d", "-f", name)
    assert cli(*options) == cli(*options)


def test_a_failed_file_is_told_and_fails_the_run_only_when_named(cli: Cli, system: Path) -> None:
    bad = system / "bad.openapi.yaml"
    bad.write_text("openapi: 3.1.0\npaths: [unclosed\n")
    done = cli("plan", "shop")
    assert done.code == 0
    assert "[failed-sources]" in done.err
    assert "Not read: what these files hold is not in the plan" in done.out
    assert cli("plan", "shop", "shop/bad.openapi.yaml").code == 2


def test_nothing_to_read_is_no_plan(cli: Cli, tmp_path: Path) -> None:
    done = cli("plan", str(tmp_path))
    assert (done.code, done.out) == (2, "")
    assert "[no-input]" in done.err
