"""Whose code a Go package is."""

from __future__ import annotations

from topoplan.importing.contract import Imported
from topoplan.model.facts import ModuleFact

FILES = {
    "go.mod": "module example.org/shop // the shop\n",
    "cmd/orders/main.go": 'package main\n\nimport (\n\tlog "example.org/shop/log"\n\t"example.org/shop/orders"\n)\n',
    "cmd/stock/main.go": 'package main\n\nimport "example.org/shop/stock"\n',
    "orders/orders.go": 'package orders\n\nimport "example.org/shop/orders/rules"\nimport "net/http"\n',
    "orders/rules/rules.go": 'package rules\n\nimport "example.org/shop/orders"\n',
    "stock/stock.go": 'package stock\n\nimport "example.org/shop/log"\n',
    "log/log.go": "package log\n",
    "unused/unused.go": "package unused\n",
}


def owned(imported: Imported) -> dict[str, tuple[str, ...]]:
    return {fact.folder: fact.names for fact in imported.facts if isinstance(fact, ModuleFact)}


def test_a_package_is_its_only_programs(read):
    assert owned(read(FILES)) == {"orders": ("orders",), "orders/rules": ("orders",), "stock": ("stock",)}


def test_modules_are_told_apart(read):
    below = {f"{root}/{name}": text for root in ("a", "b") for name, text in FILES.items()}
    assert set(owned(read(below))) == {f"{r}/{p}" for r in ("a", "b") for p in ("orders", "orders/rules", "stock")}


def test_the_packages_of_a_lone_program_are_its_modules(read):
    alone = {name: text for name, text in FILES.items() if name != "cmd/stock/main.go"}
    assert owned(read(alone)) == {}


def test_without_a_module_nobody_owns_a_package(read):
    assert owned(read({name: text for name, text in FILES.items() if name != "go.mod"})) == {}
