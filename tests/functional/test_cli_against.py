"""`topoplan analyze --against`: what changed since a revision, a saved report or a saved graph."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from calling import Cli
from contracts import write_pact
from running import SHOP


def git(*arguments: str) -> None:
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@x"}
    days = {"GIT_AUTHOR_DATE": "2025-12-01T00:00:00Z", "GIT_COMMITTER_DATE": "2025-12-01T00:00:00Z"}
    environment = {**os.environ, **names, **days, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *arguments], check=True, capture_output=True, env=environment)


def commit(message: str) -> None:
    git("add", ".")
    git("commit", "-qm", message)


def changes(cli: Cli, *arguments: str) -> dict[str, Any]:
    done = cli("analyze", *arguments, "-q", "-f", "json")
    assert done.code == 0, done.err
    found: dict[str, Any] = json.loads(done.out)["changes"]
    return found


def ids(found: list[dict[str, str]]) -> list[str]:
    return [one["id"] for one in found]


@pytest.fixture
def repository(system: Path) -> Path:
    """web calls orders, under a verified contract; then mail comes, which calls orders untested, and the contract is
    not verified any more."""
    write_pact(system / "pacts", "web", "orders", "POST /orders 201", verified=True)
    git("init", "-q", "-b", "main")
    commit("first")
    (system / "compose.yaml").write_text(
        (system / "compose.yaml").read_text() + "  mail:\n    environment: {U: 'http://orders:8080'}\n"
    )
    (system / "pacts/verified-web-orders.json").unlink()
    commit("mail calls orders")
    return system


def test_what_a_commit_changed_is_told(cli: Cli, repository: Path) -> None:
    found = changes(cli, "shop", "--against", "HEAD~1")
    assert found["base"] == "HEAD~1"
    assert found["services_added"] == ["mail"]
    assert found["boundaries_added"] == ["mail->orders/http"]
    assert [(gap["test"], gap["before"], gap["after"], gap["opened"]) for gap in found["gaps_opened"]] == [
        ("contract:mail->orders/http", None, "uncovered", [""]),
        ("contract:web->orders/http", "covered", "unverified", ["POST /orders"]),
    ]
    assert found["gaps_closed"] == found["services_removed"] == found["not_compared"] == []
    assert found["coverage_before"]["tests"] == {"covered": 1, "total": 2}
    assert found["coverage_after"]["tests"] == {"covered": 0, "total": 3}
    assert {risk["boundary"] for risk in found["risks"]} <= {"web->orders/http", "orders->orders-db/postgresql"}


def test_going_back_mirrors_it(cli: Cli, repository: Path) -> None:
    git("tag", "later")
    git("checkout", "-q", "HEAD~1")
    found = changes(cli, "shop", "--against", "later")
    assert ids(found["services_removed"]) == ["mail"]
    (gone,) = found["boundaries_removed"]
    assert gone == {
        "id": "mail->orders/http", "consumer": "mail", "provider": "orders", "style": "sync", "protocol": "http",
        "channel": "",
    }  # fmt: skip
    assert [(gap["test"], gap["closed"]) for gap in found["gaps_closed"]] == [
        ("contract:mail->orders/http", [""]),
        ("contract:web->orders/http", ["POST /orders"]),
    ]


def test_a_person_is_told_and_only_when_it_is_asked_for(cli: Cli, repository: Path) -> None:
    done = cli("analyze", "shop", "--against", "HEAD~1", "-f", "text", "-f", "markdown=review.md")
    assert done.code == 0
    assert "\nChanges since HEAD~1\n" in done.out
    assert "  New services\n    • mail: service\n" in done.out
    assert "## Changes since `HEAD~1`\n\n### New services\n\n- mail: service\n" in Path("review.md").read_text()
    plain = cli("analyze", "shop", "-f", "text", "-f", "json=now.json")
    assert "Changes since" not in plain.out
    assert json.loads(Path("now.json").read_bytes())["changes"] is None


def test_before_there_was_anything_everything_is_new(cli: Cli, repository: Path) -> None:
    git("checkout", "-q", "--orphan", "empty")
    git("rm", "-rqf", ".")
    git("commit", "-q", "--allow-empty", "-m", "nothing")
    git("checkout", "-q", "main")
    found = changes(cli, "shop", "--against", "empty")
    assert found["services_added"] == ["mail", "orders", "orders-db", "web"]
    assert {gap["before"] for gap in found["gaps_opened"]} == {None}
    assert found["not_compared"] == []


def test_all_gaps_stay_and_a_report_saved_so_is_a_base_itself(cli: Cli, repository: Path) -> None:
    cli("analyze", "shop", "-q", "-f", "json=plain.json")
    cli("analyze", "shop", "-q", "--against", "HEAD~1", "-f", "json=compared.json")
    plain, compared = (json.loads(Path(name).read_bytes()) for name in ("plain.json", "compared.json"))
    assert compared["gaps"] == plain["gaps"]
    assert compared.pop("changes")
    assert compared == {key: value for key, value in plain.items() if key != "changes"}
    assert changes(cli, "shop", "--against", "compared.json")["gaps_opened"] == []
    assert cli("gaps", "shop", "--against", "compared.json", "--fail-on", "low").code == 0


def test_of_a_report_with_some_gaps_only_the_rest_is_compared(cli: Cli, repository: Path) -> None:
    cli("gaps", "shop", "-q", "--against", "HEAD~1", "--fail-on", "none", "-f", "json=some.json")
    found = changes(cli, "shop", "--against", "some.json")
    assert [one["part"] for one in found["not_compared"]] == ["gaps"]
    assert "a comparison with HEAD~1" in found["not_compared"][0]["reason"]


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the reference system, with a report saved inside of it; then notification-service is taken away."""
    shutil.copytree(SHOP, tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    return tmp_path / "shop"


def without_notifications() -> None:
    compose = Path("compose.yaml").read_text()
    start = compose.index("  notification-service:\n")
    Path("compose.yaml").write_text(compose[:start] + compose[compose.index("  user-db:\n", start) :])
    settings = Path("topoplan.yaml").read_text().splitlines(keepends=True)
    Path("topoplan.yaml").write_text("".join(line for line in settings if "notification-service" not in line))
    for pact in Path("pact-broker").glob("notification-service*"):
        pact.unlink()
    traces = Path("traces/otlp.jsonl")
    lines = [json.loads(line) for line in traces.read_text().splitlines()]
    for line in lines:
        line["resourceSpans"] = [one for one in line["resourceSpans"] if "notification" not in str(one["resource"])]
    traces.write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_service_that_goes_takes_its_boundaries_and_gaps_along(cli: Cli, shop: Path) -> None:
    """The base lies among the inputs, and is none of them: what it holds would all be there still."""
    cli("analyze", ".", "-q", "-f", "json=before.json")
    assert changes(cli, ".", "--against", "before.json")["services_removed"] == []
    without_notifications()
    found = changes(cli, ".", "--against", "before.json")
    assert ids(found["services_removed"]) == ["notification-service"]
    assert ids(found["boundaries_removed"]) == [
        "notification-service->kafka/kafka",
        "notification-service->user-service/http",
        "notification-service<-order-service/kafka:order.created",
    ]
    assert [gap["before"] for gap in found["gaps_closed"]] == ["uncovered", "uncovered", "uncovered", "stale"]
    assert found["gaps_opened"] == found["services_added"] == found["boundaries_added"] == []
    (moved,) = (risk for risk in found["risks"] if risk["boundary"] == "gateway->user-service/http")
    assert moved["before"] > moved["after"]
    assert (moved["reason_before"], moved["reason_after"]) == (
        "user-service has 3 consumers", "user-service has 2 consumers",
    )  # fmt: skip
    assert found["coverage_before"]["tests"]["total"] == 28
    assert found["coverage_after"]["tests"]["total"] == 24


def test_the_base_is_told_as_a_source_that_was_not_read(cli: Cli, shop: Path) -> None:
    cli("analyze", ".", "-q", "-f", "json=before.json")
    report = json.loads(cli("analyze", ".", "-q", "--against", "before.json", "-f", "json").out)
    (source,) = (one for one in report["topology"]["sources"] if one["path"] == "before.json")
    assert (source["state"], source["reason"]) == ("skipped", "what this analysis is compared with")


def test_a_base_that_is_asked_for_by_name_is_an_input_too(cli: Cli, shop: Path) -> None:
    cli("analyze", ".", "-q", "-f", "json=before.json")
    found = changes(cli, "before.json", "--against", "before.json")
    assert found["services_added"] == found["services_removed"] == found["boundaries_removed"] == []


def test_a_saved_graph_is_compared_as_far_as_it_goes(cli: Cli, shop: Path) -> None:
    cli("graph", ".", "-q", "-f", "json=graph.json")
    without_notifications()
    found = changes(cli, ".", "--against", "graph.json")
    assert ids(found["services_removed"]) == ["notification-service"]
    assert [one["part"] for one in found["not_compared"]] == ["coverage", "gaps", "risk"]
    assert found["coverage_before"] is found["coverage_after"] is None


def test_the_gaps_of_a_comparison_need_a_report_and_say_so(cli: Cli, shop: Path) -> None:
    cli("graph", ".", "-q", "-f", "json=graph.json")
    done = cli("gaps", ".", "--against", "graph.json")
    assert (done.code, "is no report with gaps" in done.err) == (2, True)


@pytest.mark.parametrize(
    "text",
    ["", "{", "[" * 5000, "null", '{"format": "topoplan/report", "format_version": 9}',
     '{"format": "topoplan/report", "format_version": 1, "topology": {"services": 3}}', "\x00\xff"],
    ids=["empty", "malformed", "deep", "null", "version", "misfit", "binary"],
)  # fmt: skip
def test_a_base_of_no_use_is_said_before_anything_is_read(cli: Cli, system: Path, text: str) -> None:
    Path("base.json").write_text(text)
    done = cli("analyze", "no-such-folder", "--against", "base.json")
    assert done.code == 2
    assert done.err.startswith("error: base.json: cannot compare with 'base.json': ")
    assert "[against-unusable]" in done.err
    assert done.out == ""


@pytest.mark.parametrize("against", ["nowhere", "--exec=x", ""])
def test_what_is_neither_a_file_nor_a_revision_is_said(cli: Cli, repository: Path, against: str) -> None:
    done = cli("analyze", "shop", f"--against={against}")
    assert (done.code, "[against-unusable]" in done.err) == (2, True)
