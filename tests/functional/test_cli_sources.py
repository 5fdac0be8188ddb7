"""`topoplan sources`."""

from __future__ import annotations

import json
from pathlib import Path

from calling import Cli

PROTO = 'syntax = "proto3"; service Orders { rpc Get(A) returns (A); } message A { string id = 1; }'


def test_every_file_is_listed_with_what_became_of_it(cli: Cli, system: Path) -> None:
    (system / "broken.proto").write_text("message {")
    (system / "other.yaml").write_text("a: b\n")
    done = cli("sources", "shop", "-q")
    assert done.code == 0
    lines = [line.split() for line in done.out.splitlines()]
    assert ["failed", "1"] in lines
    assert ["shop/broken.proto", "protobuf", "something", "else"] in [line[:4] for line in lines]
    assert ["shop/compose.yaml", "compose"] in [line[:2] for line in lines]
    assert ["shop/other.yaml", "no", "importer", "recognises", "it"] in lines


def test_code_is_listed_by_service_with_the_reason(cli: Cli, system: Path) -> None:
    (system / "orders/src").mkdir()
    (system / "orders/src/orders.proto").write_text(PROTO)
    done = cli("sources", "shop", "--by-service")
    assert (done.code, done.err) == (0, "")
    orders = done.out[done.out.index("orders\n") : done.out.index("web\n")].splitlines()
    assert orders[0] == "orders"
    (folder,) = [line for line in orders if line.strip().startswith("folder shop/orders:")]
    assert "compose" in folder
    assert "shop/compose.yaml:" in folder
    assert "  specification shop/orders/openapi.yaml" in orders
    assert "  file shop/orders/src/orders.proto" in orders
    assert done.out.splitlines()[-2:] == ["(no service)", "  file shop/compose.yaml"]


def test_json_holds_the_same(cli: Cli, system: Path) -> None:
    plain = json.loads(cli("sources", "shop", "-f", "json").out)
    assert (plain["format"], plain["format_version"]) == ("topoplan/sources", 1)
    assert "services" not in plain
    full = json.loads(cli("sources", "shop", "-f", "json", "--by-service").out)
    assert full["sources"] == plain["sources"]
    told = {home["service"]: [folder["path"] for folder in home["folders"]] for home in full["services"]}
    assert told == {"orders": ["shop/orders"], "web": ["shop/web"], "": []}


def test_what_it_prints_is_no_input(cli: Cli, system: Path) -> None:
    Path("sources.json").write_text(cli("sources", "shop", "-f", "json").out)
    assert cli("analyze", "sources.json").code == 2
