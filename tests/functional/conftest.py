"""A small system on disk, and the command line run on it."""

from __future__ import annotations

from pathlib import Path

import pytest
from calling import Cli, Result

from topoplan.cli import answers, main

COMPOSE = """\
services:
  web:
    build: ./web
    environment:
      ORDERS_URL: http://orders:8080/
  orders:
    build: ./orders
    environment:
      DATABASE_URL: postgres://orders@orders-db/orders
  orders-db:
    image: postgres:16
"""

OPENAPI = """\
openapi: 3.1.0
info: {title: orders, version: "1"}
paths:
  /orders:
    post:
      responses: {"201": {description: made}}
"""


@pytest.fixture(scope="session")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache for all tests: it holds verdicts on specifications by their content, so a specification that many tests
    read is validated once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch, verdicts: Path) -> None:
    """Nothing of the developer's terminal, no cache of theirs, and each answer found anew, however slow the machine."""
    monkeypatch.setattr(answers, "WORTH_SECONDS", float("inf"))
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TERM", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TOPOPLAN_CACHE_DIR", str(verdicts))


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder holds a system of two services and a database in `shop`."""
    shop = tmp_path / "shop"
    (shop / "web").mkdir(parents=True)
    (shop / "orders").mkdir()
    (shop / "compose.yaml").write_text(COMPOSE)
    (shop / "orders/openapi.yaml").write_text(OPENAPI)
    monkeypatch.chdir(tmp_path)
    return shop


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str]) -> Cli:
    """Run the command line in this process."""

    def run(*args: str) -> Result:
        capfd.readouterr()
        code = main(args)
        out, err = capfd.readouterr()
        return Result(int(code), out, err)

    return run
