"""The reference pages say what the command line does: its help, its exit codes, every message."""

from __future__ import annotations

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import topoplan
import topoplan_importers
from topoplan.cli import app
from topoplan.cli.diagnostics import ExitCode

ROOT = Path(__file__).parents[2]
CLI_PAGE = ROOT / "docs/reference/cli.md"
MESSAGES_PAGE = ROOT / "docs/reference/messages.md"
BEGIN, END = "<!-- help: generated from the command line -->", "<!-- end of help -->"


def helps() -> Iterator[tuple[str, str]]:
    """The name and the help text of the application and each command, 80 columns wide."""
    settings = {**app.context_settings, "max_content_width": 80, "terminal_width": 80}
    outer = click.Context(app, info_name="topoplan", **settings)
    yield "topoplan", app.get_help(outer)
    for name, command in sorted(app.commands.items()):
        context = click.Context(command, outer, info_name=name, terminal_width=80)
        yield f"topoplan {name}", command.get_help(context)
        for part, inner in sorted(command.commands.items()) if isinstance(command, click.Group) else ():
            yield f"topoplan {name} {part}", inner.get_help(click.Context(inner, context, info_name=part))


def test_cli_page_shows_the_help() -> None:
    page = CLI_PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    sections = "\n".join(f"### {name}\n\n```text\n{text.rstrip()}\n```\n" for name, text in helps())
    wanted = f"{before}{BEGIN}\n\n{sections}\n{END}{after}"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN"):
        CLI_PAGE.write_text(wanted, encoding="utf-8")
        page = wanted
    assert page == wanted, "run again with TOPOPLAN_UPDATE_GOLDEN=1"


def test_cli_page_lists_the_exit_codes() -> None:
    rows = re.findall(r"^\| (\d+) \|", CLI_PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert [int(row) for row in rows] == sorted(ExitCode)


def test_every_message_has_a_section_and_every_section_a_message() -> None:
    page = MESSAGES_PAGE.read_text(encoding="utf-8")
    sections = re.findall(r"^### ([a-z0-9-]+)$", page, re.MULTILINE)
    assert len(sections) == len(set(sections))
    used = {slug for package in (topoplan, topoplan_importers) for slug in slugs_in(Path(package.__path__[0]))}
    assert sorted(used - set(sections)) == [], "messages without a section"
    assert sorted(set(sections) - used) == [], "sections without a message"


def test_every_section_says_what_it_means_and_what_to_do() -> None:
    page = MESSAGES_PAGE.read_text(encoding="utf-8")
    for section in re.split(r"^### ", page, flags=re.MULTILINE)[1:]:
        name, _, body = section.partition("\n")
        body = re.split(r"^## ", body, flags=re.MULTILINE)[0].strip()
        assert "**Do:**" in body, name
        assert len(body.split("**Do:**")[0].split()) >= 5, name


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("raise UsageError('x', slug='a-b')", {"a-b"}),
        ("Notice(severity, 'a-b', 'text')", {"a-b"}),
        ("def tell(slug, text): ...\ntell('a-b', 'other-text')", {"a-b"}),
        ("class C:\n def tell(self, slug='a-b'): ...\n def f(self): self.tell('c-d')", {"a-b", "c-d"}),
        ("class E:\n def __init__(self, why, slug='a-b'): ...\nE('x', 'c-d')", {"a-b", "c-d"}),
        ("T = (('x', 'a-b'), ('y', 'c-d'))\nfor words, slug in T: ...", {"a-b", "c-d"}),
        ("T = {1: ('a-b', 0), 2: ('c-d', 0)}\nslug, n = T[1]", {"a-b", "c-d"}),
        ("click.echo('error [a-b]')", {"a-b"}),
        ("f('a-b'); x == 'c-d'", set()),
    ],
)
def test_slugs_are_found_however_they_are_said(tmp_path: Path, code: str, found: set[str]) -> None:
    (tmp_path / "module.py").write_text(code)
    assert slugs_in(tmp_path) == found


def slugs_in(folder: Path) -> set[str]:
    """Every slug a message of this code can have: texts given to a parameter called `slug`, texts in a table that is
    unpacked into a variable called `slug`, and `[slug]` at the end of a text."""
    found: set[str] = set()
    for file in sorted(folder.rglob("*.py")):
        module = ast.parse(file.read_text(encoding="utf-8"))
        positions = {"Notice": 1, **dict(slug_parameters(module))}
        tables = {t.id: n.value for n in module.body if isinstance(n, ast.Assign) for t in n.targets if is_name(t)}
        tables |= {n.target.id: n.value for n in module.body if isinstance(n, ast.AnnAssign) and is_name(n.target)}
        for node in ast.walk(module):
            found.update(said_in(node, positions, tables))
    return found


def said_in(node: ast.AST, positions: dict[str, int], tables: dict[str, ast.expr | None]) -> Iterator[str]:
    if isinstance(node, ast.Call):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        yield from (text for k in node.keywords if k.arg == "slug" for text in texts(k.value))
        if name in positions:
            yield from (text for argument in node.args[positions[name] :][:1] for text in texts(argument))
    elif isinstance(node, ast.FunctionDef):
        arguments = node.args
        ordered = [*arguments.posonlyargs, *arguments.args]
        pairs = [*zip(reversed(ordered), reversed(arguments.defaults), strict=False)]
        pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
        yield from (text for argument, default in pairs if argument.arg == "slug" for text in texts(default))
    elif isinstance(node, ast.For | ast.comprehension):
        yield from unpacked(node.target, node.iter, tables)
    elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Subscript):
        yield from unpacked(node.targets[0], node.value.value, tables)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield from re.findall(r" \[([a-z]+(?:-[a-z]+)*)\]\Z", node.value)


def unpacked(target: ast.expr, source: ast.expr, tables: dict[str, ast.expr | None]) -> Iterator[str]:
    names = [getattr(item, "id", "") for item in target.elts] if isinstance(target, ast.Tuple) else []
    table = tables.get(source.id) if isinstance(source, ast.Name) else None
    if "slug" not in names or table is None:
        return
    rows = table.values if isinstance(table, ast.Dict) else getattr(table, "elts", [])
    for row in rows:
        if isinstance(row, ast.Tuple):
            yield from texts(row.elts[names.index("slug")])


def slug_parameters(module: ast.Module) -> Iterator[tuple[str, int]]:
    """Functions, methods and classes of a module, and at which place they take a slug."""
    for owner in ast.walk(module):
        for node in getattr(owner, "body", ()) if isinstance(owner, ast.Module | ast.ClassDef) else ():
            if isinstance(node, ast.FunctionDef):
                names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
                names = names[1:] if names[:1] in (["self"], ["cls"]) else names
                if "slug" in names:
                    called = owner.name if node.name == "__init__" and isinstance(owner, ast.ClassDef) else node.name
                    yield called, names.index("slug")


def texts(node: ast.expr) -> Iterator[str]:
    """The texts an expression may be: itself, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts(node.body)
        yield from texts(node.orelse)


def is_name(node: ast.expr) -> bool:
    return isinstance(node, ast.Name)
