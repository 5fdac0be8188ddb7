"""`topoplan init`: a configuration that says what was found and changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from calling import Cli
from running import SHOP

from topoplan.config import load_settings


def uncommented(text: str) -> str:
    return "\n".join(line.removeprefix("# ") for line in text.split("\n"))


def test_the_file_says_what_was_found(cli: Cli, system: Path) -> None:
    done = cli("init", "shop")
    assert (done.code, done.out) == (0, "")
    assert done.err == "wrote shop/topoplan.yaml: 3 nodes, 2 boundaries\n"
    assert load_settings("shop/topoplan.yaml", Path()).system == "shop"
    Path("all.yaml").write_text(uncommented((system / "topoplan.yaml").read_text()))
    found = load_settings("all.yaml", Path())
    assert {name: said.kind for name, said in found.services.items()} == {
        "orders": "service",
        "orders-db": "datastore",
        "web": "service",
    }
    assert found.journeys["example"].services == ("web", "orders")


def test_the_file_changes_nothing(cli: Cli, system: Path) -> None:
    before = cli("graph", "shop").out
    assert cli("init", "shop").code == 0
    after = cli("graph", "shop").out
    assert without_the_file(json.loads(after)) == without_the_file(json.loads(before))


def test_the_file_of_the_reference_system_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    before = cli("graph", str(SHOP), "--config", "-").out
    assert cli("init", str(SHOP), "-o", str(tmp_path / "new.yaml")).code == 0
    assert cli("graph", str(SHOP), "--config", str(tmp_path / "new.yaml")).out == before


def without_the_file(graph: dict[str, Any]) -> dict[str, Any]:
    graph["sources"] = [s for s in graph["sources"] if not s["path"].endswith("topoplan.yaml")]
    return graph


def test_uncommented_it_still_gives_the_same_services_and_boundaries(cli: Cli, system: Path) -> None:
    before = json.loads(cli("graph", "shop").out)
    cli("init", "shop", "-o", "new.yaml")
    Path("all.yaml").write_text(uncommented(Path("new.yaml").read_text()))
    after = json.loads(cli("graph", "shop", "-c", "all.yaml").out)
    assert [b["id"] for b in after["boundaries"]] == [b["id"] for b in before["boundaries"]]
    assert [(s["id"], s["kind"]) for s in after["services"]] == [(s["id"], s["kind"]) for s in before["services"]]


def test_a_file_that_is_there_stays_unless_forced(cli: Cli, system: Path) -> None:
    (system / "topoplan.yaml").write_text("system: mine\n")
    done = cli("init", "shop")
    assert done.code == 2
    assert done.err == (
        "error: shop/topoplan.yaml: the file is there already [config-exists]\nhint: replace it with --force\n"
    )
    assert (system / "topoplan.yaml").read_text() == "system: mine\n"
    assert cli("init", "shop", "--force").code == 0
    assert "system: shop" in (system / "topoplan.yaml").read_text()


def test_it_can_be_printed(cli: Cli, system: Path) -> None:
    done = cli("init", "shop", "-o", "-")
    assert (done.code, done.err) == (0, "")
    assert "system: shop" in done.out
    assert not (system / "topoplan.yaml").exists()


def test_a_single_file_has_its_configuration_beside_it(cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert cli("init", "shop/compose.yaml").code == 0
    assert (system / "topoplan.yaml").is_file()
    monkeypatch.chdir(system)
    (system / "topoplan.yaml").unlink()
    assert cli("init").code == 0
    assert "system: shop" in (system / "topoplan.yaml").read_text()


def test_no_secret_is_written(cli: Cli, system: Path) -> None:
    (system / "compose.yaml").write_text(
        "services: {web: {environment: {PASSWORD: hunter2, U: 'http://me:hunter2@orders?t=hunter2'}}, orders: {}}\n"
    )
    assert cli("init", "shop").code == 0
    assert "hunter2" not in (system / "topoplan.yaml").read_text()
