"""`topoplan analyze`: from files to a report, in the places and manner asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from calling import Cli
from running import topoplan

BAD_SPEC = "openapi: 3.1.0\npaths: [unclosed\n"


def test_a_folder_gives_a_report(cli: Cli, system: Path) -> None:
    done = cli("analyze", "shop")
    assert (done.code, done.err) == (0, "")
    for words in ("web → orders", "orders → orders-db", "Recommended tests"):
        assert words in done.out


def test_without_a_path_the_current_folder_is_read(cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(system)
    assert "web → orders" in cli("analyze").out


def test_several_formats_come_from_one_run(cli: Cli, system: Path) -> None:
    done = cli("analyze", "shop", "-f", "text", "-f", "json=report.json", "-f", "markdown=report.md")
    assert done.code == 0
    assert "web → orders" in done.out
    report = json.loads(Path("report.json").read_bytes())
    assert [b["id"] for b in report["topology"]["boundaries"]] == ["orders->orders-db/postgresql", "web->orders/http"]
    assert "web" in Path("report.md").read_text(encoding="utf-8")
    assert sorted(p.name for p in Path().iterdir()) == ["report.json", "report.md", "shop"]


def test_the_same_run_gives_the_same_bytes(cli: Cli, system: Path) -> None:
    first = cli("analyze", "shop", "-f", "json")
    assert cli("analyze", "shop", "-f", "json") == first


def test_settings_of_the_folder_are_used_unless_told_otherwise(cli: Cli, system: Path) -> None:
    (system / "topoplan.yaml").write_text("system: my shop\nservices: {orders-db: {ignore: true}}\n")
    assert "orders → orders-db" not in cli("analyze", "shop").out
    assert "my shop" in cli("analyze", "shop").out
    assert "orders → orders-db" in cli("analyze", "shop", "--config", "-").out
    Path("other.yaml").write_text("system: other\n")
    assert json.loads(cli("analyze", "shop", "-c", "other.yaml", "-f", "json").out)["system"] == "other"


def test_options_narrow_what_is_read(cli: Cli, system: Path) -> None:
    report = json.loads(cli("analyze", "shop", "--importer", "compose", "-f", "json").out)
    assert {s["importer"] for s in report["topology"]["sources"] if s["state"] == "analysed"} == {"compose"}
    report = json.loads(cli("analyze", "shop", "--exclude", "openapi.yaml", "-f", "json").out)
    assert "shop/orders/openapi.yaml" not in [
        s["path"] for s in report["topology"]["sources"] if s["state"] == "analysed"
    ]


def test_history_is_left_out_when_asked(cli: Cli, system: Path) -> None:
    report = json.loads(cli("analyze", "shop", "--no-history", "-f", "json").out)
    assert report["history"]["available"] is False
    assert report["history"]["reason"] == "switched off"


def test_a_failed_file_is_told_and_the_rest_analysed(cli: Cli, system: Path) -> None:
    (system / "bad.yaml").write_text(BAD_SPEC)
    done = cli("analyze", "shop", "-f", "json")
    assert done.code == 0
    assert done.err == "warning: 1 of 3 files failed to load (shop/bad.yaml) [failed-sources]\n"
    report = json.loads(done.out)
    assert ("shop/bad.yaml", "failed") in [(s["path"], s["state"]) for s in report["topology"]["sources"]]
    assert cli("analyze", "shop", "-q").err == ""
    assert "shop/bad.yaml" in cli("analyze", "shop", "-q").out


@pytest.mark.parametrize("quiet", [(), ("-q",)])
def test_a_file_given_by_name_must_not_fail(cli: Cli, system: Path, quiet: tuple[str, ...]) -> None:
    (system / "bad.yaml").write_text(BAD_SPEC)
    done = cli("analyze", "shop/compose.yaml", "./shop/bad.yaml", *quiet)
    assert done.code == 2
    assert done.err == "error: 1 of 2 files failed to load (shop/bad.yaml) [failed-sources]\n"
    assert "web → orders" in done.out


def test_colour_is_asked_for_or_refused(cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in cli("analyze", "shop").out
    assert "\x1b[" in cli("analyze", "shop", "--color", "always").out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in cli("analyze", "shop").out
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in cli("analyze", "shop").out
    assert "\x1b" not in cli("analyze", "shop", "-f", "json").out


def test_width_is_kept(cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert max(map(len, cli("analyze", "shop", "--width", "70").out.splitlines())) == 70
    monkeypatch.setenv("COLUMNS", "90")
    assert max(map(len, cli("analyze", "shop").out.splitlines())) == 90


def test_a_terminal_without_unicode_gets_ascii(system: Path) -> None:
    (system / "compose.yaml").write_text("services: {wéb: {environment: {U: 'http://orders'}}, orders: {}}\n", "utf-8")
    done = topoplan("analyze", "shop", cwd=system.parent, PYTHONUTF8="0", PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()
    assert "-> orders" in done.stdout


def test_names_cannot_speak_to_the_terminal(cli: Cli, system: Path) -> None:
    name = '"w\\e[31m\\u202eeb"'
    (system / "compose.yaml").write_text(f"services: {{{name}: {{environment: {{U: 'http://orders'}}}}, orders: {{}}}}")
    for wanted in ("text", "json", "markdown"):
        done = cli("analyze", "shop", "-f", wanted)
        assert done.code == 0
        assert "\x1b" not in done.out + done.err
        assert "\u202e" not in done.out + done.err
