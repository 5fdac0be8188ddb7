"""`topoplan gaps` and `topoplan baseline`: what fails a build, what does not, and what a person is told."""

from __future__ import annotations

import json
import os
import re
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from calling import Cli
from contracts import write_pact

from topoplan.cli.step_summary import LIMIT, append_summary
from topoplan.errors import OutputError
from topoplan.model.report import Report
from topoplan.model.topology import Topology

NO_STORE = "services: {orders-db: {ignore: true}}\n"
ACCEPTED = """\
gaps:
  suppress:
    - {test: "in_process:*", reason: next quarter, until: 2026-06-30}
    - {test: "contract:*", reason: by hand}
"""


def gaps_in(file: str) -> list[tuple[str, str, str]]:
    report = json.loads(Path(file).read_bytes())
    return [(gap["urgency"], gap["test"], m["operation"]) for gap in report["gaps"]["open"] for m in gap["missing"]]


def test_gaps_below_the_threshold_are_told_and_fail_nothing(cli: Cli, system: Path) -> None:
    done = cli("gaps", "shop")
    assert (done.code, done.err) == (0, "")
    assert "Gaps       1 medium, 1 low" in done.out
    assert "web → orders" in done.out
    assert "→ write a contract, about 2 h" in done.out


@pytest.mark.parametrize(
    ("threshold", "code", "told"),
    [
        ("high", 0, ""),
        ("medium", 1, "failed: 1 gap of urgency medium or more\n"),
        ("low", 1, "failed: 2 gaps of urgency low or more\n"),
        ("none", 0, ""),
    ],
)
def test_the_threshold_decides(cli: Cli, system: Path, threshold: str, code: int, told: str) -> None:
    done = cli("gaps", "shop", "--fail-on", threshold)
    assert (done.code, done.err) == (code, told)
    assert "web → orders" in done.out


def test_the_configuration_sets_the_threshold_and_an_option_wins(cli: Cli, system: Path) -> None:
    (system / "topoplan.yaml").write_text("gaps: {fail_on: low}\n")
    assert cli("gaps", "shop").code == 1
    assert cli("gaps", "shop", "--fail-on", "none").code == 0


def test_too_little_covered_risk_fails(cli: Cli, system: Path) -> None:
    write_pact(system / "pacts", "web", "orders", "POST /orders 201", verified=True)
    assert cli("gaps", "shop", "--fail-under", "50").code == 0
    done = cli("gaps", "shop", "--fail-under", "60.5")
    assert (done.code, re.sub(r"[\d.]+ % of", "n % of", done.err)) == (
        1,
        "failed: n % of the risk covered, under 60.5 %\n",
    )
    assert cli("gaps", "shop", "--fail-under", "101").code == 2
    assert cli("gaps", "shop", "--fail-under", "nan").code == 2


def test_no_gaps_says_what_was_looked_at(cli: Cli, system: Path) -> None:
    (system / "topoplan.yaml").write_text(NO_STORE)
    write_pact(system / "pacts", "web", "orders", "POST /orders 201", verified=True)
    done = cli("gaps", "shop", "--fail-on", "low", "--fail-under", "100")
    assert (done.code, done.err) == (0, "")
    assert "none: of 1 recommended test, every one covered" in done.out
    assert "2 services · 1 boundary · 1 recommended test · files: 4 analysed, 1 skipped, 0" in done.out


def test_several_formats_come_from_one_run(cli: Cli, system: Path) -> None:
    names = ("text", "json", "markdown", "sarif", "junit", "github", "gitlab", "csv")
    done = cli("gaps", "shop", *(part for name in names for part in ("-f", f"{name}=gaps.{name}")))
    assert (done.code, done.out, done.err) == (0, "", "")
    assert all(Path(f"gaps.{name}").read_text("utf-8").endswith("\n") for name in names)
    assert cli("gaps", "shop", "-f", "sarif", "-f", "csv").code == 2
    assert cli("gaps", "shop", "-f", "sarif=x", "-f", "csv=x").code == 2
    assert cli("gaps", "shop", "-f", "html").code == 2


def test_the_outputs_are_written_where_the_gaps_fail_the_run(cli: Cli, system: Path) -> None:
    assert cli("gaps", "shop", "--fail-on", "low", "-f", "sarif=x.sarif", "-f", "text").code == 1
    assert json.loads(Path("x.sarif").read_bytes())["runs"][0]["results"]


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_any_failed_file_makes_the_result_unusable(cli: Cli, system: Path, quiet: tuple[str, ...]) -> None:
    (system / "bad.yaml").write_text("openapi: 3.1.0\npaths: [unclosed\n")
    done = cli("gaps", "shop", "--fail-on", "none", *quiet)
    assert (done.code, done.err) == (2, "error: 1 of 3 files failed to load (shop/bad.yaml) [failed-sources]\n")
    assert "Not read: what these files hold counts as missing" in done.out
    assert cli("baseline", "shop").code == 2
    assert not Path("topoplan-baseline.json").exists()


def test_nothing_to_read_is_no_success(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for arguments in (("gaps", "."), ("baseline", "."), ("gaps", "--fail-on", "never")):
        assert cli(*arguments).code == 2


@pytest.mark.parametrize(
    ("raised", "code", "told"),
    [(KeyboardInterrupt, 130, "interrupted\n"), (ZeroDivisionError, 3, "[internal-error]\n")],
)
def test_an_interruption_and_a_bug_are_neither_gaps_nor_success(
    cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch, raised: type[BaseException], code: int, told: str
) -> None:
    def fail(*_: object) -> None:
        raise raised

    monkeypatch.setattr("topoplan.analysis.find_gaps", fail)
    done = cli("gaps", "shop", "-f", "json=gaps.json")
    assert (done.code, done.out) == (code, "")
    assert done.err.endswith(told)
    assert not Path("gaps.json").exists()


# Baseline


def test_a_baseline_leaves_known_gaps_out_until_they_are_closed(cli: Cli, system: Path) -> None:
    done = cli("baseline", "shop")
    assert (done.code, done.err) == (0, "wrote topoplan-baseline.json: 2 known gaps\n")
    known = ("gaps", "shop", "--fail-on", "low", "--baseline", "topoplan-baseline.json")
    done = cli(*known)
    assert (done.code, done.err) == (0, "")
    assert "2 operations in the baseline" in done.out

    (system / "topoplan.yaml").write_text(NO_STORE)
    done = cli(*known)
    assert done.code == 0
    assert "closed, still in the baseline: in_process orders->orders-db/postgresql" in done.out
    done = cli(*known, "--strict-baseline")
    assert (done.code, done.err) == (1, "failed: 1 of the baseline's gaps is closed: write it anew\n")


def test_a_new_gap_beside_a_baseline_fails(cli: Cli, system: Path) -> None:
    cli("baseline", "shop", "-o", "known.json")
    compose = (system / "compose.yaml").read_text()
    (system / "compose.yaml").write_text(
        compose.replace("  orders:\n", "  pay:\n    environment: {U: 'http://orders:8080'}\n  orders:\n")
    )
    done = cli("gaps", "shop", "--fail-on", "low", "--baseline", "known.json", "-f", "json=new.json")
    assert done.code == 1
    assert {test for _, test, _ in gaps_in("new.json")} == {"contract:pay->orders/http"}


def test_the_configured_baseline_is_used_unless_told_otherwise(cli: Cli, system: Path) -> None:
    cli("baseline", "shop", "-o", "shop/known.json")
    (system / "topoplan.yaml").write_text("gaps: {baseline: known.json, fail_on: low}\n")
    assert cli("gaps", "shop").code == 0
    assert cli("gaps", "shop", "--baseline", "-").code == 1
    assert cli("gaps", "shop", "--baseline", "nowhere.json").code == 2


def test_the_same_gaps_give_the_same_baseline(cli: Cli, system: Path) -> None:
    first = cli("baseline", "shop", "-o", "-").out
    assert json.loads(first)["format"] == "topoplan/baseline"
    (system / "compose.yaml").write_text("# moved\n\n" + (system / "compose.yaml").read_text())
    assert cli("baseline", "shop", "-o", "-").out == first


# Suppressions


@pytest.mark.parametrize(
    ("day", "code"), [("2026-06-30", 0), ("2026-07-01", 1)], ids=["on the last day", "on the day after"]
)
def test_a_suppression_holds_until_the_end_of_its_last_day(
    cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch, day: str, code: int
) -> None:
    (system / "topoplan.yaml").write_text(ACCEPTED)
    last_second = datetime.fromisoformat(f"{day}T23:59:59+00:00")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", f"{last_second.timestamp():.0f}")
    done = cli("gaps", "shop", "--fail-on", "low", "-f", "text", "-f", "json=gaps.json")
    assert done.code == code
    assert "by hand" in done.out
    assert ("next quarter" in done.out) is (code == 0)
    notices = json.loads(Path("gaps.json").read_bytes())["topology"]["notices"]
    assert ("suppression-expired" in [n["slug"] for n in notices]) is (code == 1)
    assert cli("baseline", "shop", "-o", "-").out.count("fingerprint") == code


# Against


def git(*arguments: str) -> None:
    """Every commit is of a day before the verification that `write_pact` writes, so nothing is stale."""
    days = {"GIT_AUTHOR_DATE": "2025-12-01T00:00:00Z", "GIT_COMMITTER_DATE": "2025-12-01T00:00:00Z"}
    names = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@x"}
    environment = {**os.environ, **names, **days, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *arguments], check=True, capture_output=True, env=environment)


@pytest.fixture
def repository(system: Path) -> Path:
    """The system with its one operation under contract, on a branch `main`."""
    (system / "topoplan.yaml").write_text(NO_STORE)
    write_pact(system / "pacts", "web", "orders", "POST /orders 201", verified=True)
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    return system


def add_untested_call(system: Path) -> None:
    """web now calls a second operation of orders, and nothing verifies what it expects of it."""
    spec = (system / "orders/openapi.yaml").read_text()
    (system / "orders/openapi.yaml").write_text(
        spec + "  /orders/{id}/cancel:\n    post:\n      parameters:\n"
        "        - {name: id, in: path, required: true, schema: {type: string}}\n"
        '      responses: {"204": {description: gone}}\n'
    )
    write_pact(system / "pacts", "web", "orders", "POST /orders 201", "POST /orders/7/cancel 204")


def test_a_change_that_adds_an_untested_call_is_stopped_and_named(cli: Cli, repository: Path) -> None:
    check = ("gaps", "shop", "--against", "main", "--fail-on", "low")
    assert cli("gaps", "shop", "--fail-on", "low").code == 0
    assert cli(*check).code == 0
    (repository / "compose.yaml").write_text(
        (repository / "compose.yaml").read_text() + "  mail:\n    environment: {U: 'http://orders:8080'}\n"
    )
    write_pact(repository / "pacts", "mail", "orders", "POST /orders 201")
    git("checkout", "-qb", "change")
    git("add", ".")
    git("commit", "-qm", "mail calls orders")
    done = cli(*check, "-f", "json=new.json", "-f", "text", "-f", "markdown=new.md", "-f", "junit=new.xml")
    assert (done.code, done.err) == (1, "failed: 1 gap of urgency low or more\n")
    assert gaps_in("new.json") == [("low", "contract:mail->orders/http", "POST /orders")]
    assert "only what main does not have" in done.out
    assert "mail → orders: POST /orders" in done.out
    assert "web → orders" not in done.out
    comment = Path("new.md").read_text("utf-8")
    assert "Only what `main` does not have." in comment
    assert "`web`" not in comment
    assert Path("new.xml").read_text("utf-8").count("<failure") == 1


def test_only_the_operation_that_is_new_is_named(cli: Cli, repository: Path) -> None:
    write_pact(repository / "pacts", "web", "orders", "POST /orders 201")
    (repository / "pacts/verified-web-orders.json").unlink()
    git("add", ".")
    git("commit", "-qm", "not verified any more")
    add_untested_call(repository)
    done = cli("gaps", "shop", "--against", "main", "--fail-on", "low", "-f", "json=new.json", "-f", "text")
    assert done.code == 1
    assert [operation for _, _, operation in gaps_in("new.json")] == ["POST /orders/{id}/cancel"]
    assert "web → orders: POST /orders/{id}/cancel" in done.out
    (section,) = re.findall(r"Open, most risk first.*", done.out, re.DOTALL)
    assert not re.search(r"POST /orders(?!/)", section)


def test_evidence_that_is_lost_opens_a_gap(cli: Cli, repository: Path) -> None:
    (repository / "pacts/verified-web-orders.json").unlink()
    assert cli("gaps", "shop", "--against", "main", "--fail-on", "low", "-f", "json=new.json").code == 1
    assert gaps_in("new.json") == [("low", "contract:web->orders/http", "POST /orders")]


@pytest.mark.parametrize(
    ("start", "path"),
    [("shop/orders", ".."), ("shop/orders", "../../shop"), ("elsewhere", "../shop"), ("elsewhere", "{shop}")],
)
def test_the_comparison_does_not_depend_on_where_it_is_run(
    cli: Cli, repository: Path, monkeypatch: pytest.MonkeyPatch, start: str, path: str
) -> None:
    git("tag", "before")
    add_untested_call(repository)
    (repository.parent / "elsewhere").mkdir()
    monkeypatch.chdir(repository.parent / start)
    path = path.format(shop=repository)
    check = ("gaps", path, "-c", f"{repository}/topoplan.yaml", "--against", "before", "--fail-on", "low")
    done = cli(*check, "-f", "json=new.json")
    assert (done.code, done.err) == (1, "failed: 1 gap of urgency low or more\n")
    assert [operation for _, _, operation in gaps_in("new.json")] == ["POST /orders", "POST /orders/{id}/cancel"]


def test_a_service_that_is_called_by_the_repositorys_folder_is_the_same_one_before(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "billing"
    (folder / "src").mkdir(parents=True)
    monkeypatch.chdir(folder)
    Path("Dockerfile").write_text("FROM python\n")
    Path("compose.yaml").write_text("services: {ledger: {image: ledger}}\n")
    Path("src/client.py").write_text('import requests\nrequests.post("http://ledger:8080/entries")\n')
    git("init", "-q", "-b", "main")
    git("add", ".")
    git("commit", "-qm", "first")
    cli("gaps", str(folder), "-f", "json=now.json")
    assert [test for _, test, _ in gaps_in("now.json")] == ["contract:billing->ledger/http"]
    cli("gaps", str(folder), "--against", "main", "-f", "json=new.json")
    assert gaps_in("new.json") == []


def test_a_saved_report_can_be_compared_with(cli: Cli, repository: Path) -> None:
    cli("gaps", "shop", "-f", "json=before.json")
    check = ("gaps", "shop", "--against", "before.json", "--fail-on", "low")
    assert cli(*check).code == 0
    (repository / "pacts/verified-web-orders.json").unlink()
    assert cli(*check).code == 1
    cli("gaps", "shop", "-f", "json=before.json")
    assert cli(*check).code == 0


@pytest.mark.parametrize("against", ["nowhere", "--exec=x", "shop/compose.yaml", ""])
def test_what_cannot_be_compared_with_is_said(cli: Cli, repository: Path, against: str) -> None:
    done = cli("gaps", "shop", f"--against={against}")
    assert done.code == 2
    assert "[against-unusable]" in done.err


def test_a_suppression_that_ended_is_told_where_its_gap_is(cli: Cli, system: Path) -> None:
    (system / "topoplan.yaml").write_text("gaps: {suppress: [{test: 'contract:*', reason: x, until: 2020-01-01}]}\n")
    told = "the suppression of contract:* ended on 2020-01-01"
    assert told in cli("gaps", "shop").out
    assert "Warnings (" in cli("gaps", "shop", "-f", "markdown").out


# GitHub


def test_the_job_summary_gets_the_comment_too(cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Path("summary.md").write_text("before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    cli("gaps", "shop")
    assert Path("summary.md").read_text() == "before\n"
    done = cli("gaps", "shop", "-f", "github")
    assert done.out.startswith("::warning file=shop/compose.yaml,line=5,title=Contract test unknown%3A web → orders::")
    page = Path("summary.md").read_text("utf-8")
    assert page.startswith("before\n<!-- topoplan gaps -->\n")
    assert "`web` → `orders`" in page


def test_a_summary_that_is_full_is_left_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "summary.md"
    file.write_bytes(b"x" * (LIMIT - 10))
    append_summary(Report("", Topology()), {"GITHUB_STEP_SUMMARY": str(file)})
    assert file.stat().st_size == LIMIT - 10


def test_a_summary_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError) as caught:
        append_summary(Report("", Topology()), {"GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert caught.value.slug == "output-failed"


def test_evidence_of_a_system_that_is_not_there_is_no_result(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("lone").mkdir()
    Path("lone/junit.xml").write_text('<testsuite name="s"><testcase name="t" classname="c"/></testsuite>')
    done = cli("gaps", "lone")
    assert (done.code, done.out) == (2, "")
    assert "[no-services]" in done.err
