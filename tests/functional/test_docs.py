"""The documentation does what it says: commands run, quoted output is real, examples load, links lead somewhere."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from calling import Cli
from pages import ROOT, Block, anchors, blocks, commands, links, pages, unquoted
from running import topoplan

from topoplan.config import load_settings
from topoplan.importing.contract import ENTRY_POINT_GROUP, Candidate, Importer, ImportOptions
from topoplan.importing.documents import load_yaml_all
from topoplan.importing.registry import run_importer
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, ServiceFact, SourceState

SHELL = ("bash", "sh")
QUOTE = ("text", "mermaid")
OURS = ("topoplan", ".venv/bin/topoplan")
LANGUAGES = {*SHELL, *QUOTE, "groovy", "yaml", "json", "toml", "xml", "python", ""}
"""Blocks without a language are drawings."""
NOT_RUN = {
    "python3", ".venv/bin/pip", ".venv/bin/pytest", ".venv/bin/ruff", ".venv/bin/mypy", ".venv/bin/lint-imports",
    ".venv/bin/mkdocs", "git",  # setup and checks, which .ci/run runs
    "npm",  # builds the page, which needs Node
    "eval", "_TOPOPLAN_COMPLETE=fish_source", "export",  # for the reader's shell
    "pip",  # brings what engines elsewhere need
}  # fmt: skip
ON_SCREEN = ("explore",)
"""Commands that run until a person leaves: tests/tui walks the tour and opens the page."""
ELSEWHERE = "--source"
"""Commands that ask for spans where they are: tests/importers/traces/engines plays those places."""
HELP_PAGE = "docs/reference/cli.md"
"""Its text blocks are help texts, which test_cli_docs compares with the command line."""
RECIPES_PAGE = "docs/howto/ci.md"
"""Its commands belong into a pipeline, where test_ci_recipes runs them."""
IMPORTER_PAGE = "docs/howto/importer.md"


def every(*languages: str) -> list[Block]:
    return [block for page in pages() for block in blocks(page) if block.language in languages]


def named_file(block: Block) -> str:
    """The file a YAML block shows: what its first line says, else topoplan.yaml."""
    match = re.match(r"# (\S+\.ya?ml)\n", block.text)
    return match[1] if match else "topoplan.yaml"


def is_settings(block: Block) -> bool:
    return block.language == "yaml" and Path(named_file(block)).name == "topoplan.yaml"


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is one in which `specs` lies, as in a clone."""
    shutil.copytree(ROOT / "specs", tmp_path / "specs")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_no_block_goes_untested() -> None:
    assert [str(b) for page in pages() for b in blocks(page) if b.language not in LANGUAGES] == []
    strange = [f"{b}: {words[0]}" for b in every(*SHELL) for words in commands(b) if not known(words)]
    assert strange == []


def known(words: list[str]) -> bool:
    settings_left_out = [word for word in words if not re.match(r"TOPOPLAN_\w+=", word)]
    return settings_left_out[0] in {*OURS, *NOT_RUN}


@pytest.mark.parametrize("page", [page for page in pages() if page not in (HELP_PAGE, RECIPES_PAGE) and blocks(page)])
def test_commands_run_and_print_what_is_quoted(page: str, cli: Cli, clone: Path) -> None:
    """Blocks of one page are one session: a quote is of the last command before it."""
    output = None
    for block in blocks(page):
        if block.language == "yaml" and block.text.startswith("# ") and "/" in named_file(block):
            (clone / named_file(block)).parent.mkdir(exist_ok=True)
            (clone / named_file(block)).write_text(block.text)
        elif block.language in SHELL:
            for words in commands(block):
                if words[0] in OURS and words[1] not in ON_SCREEN and ELSEWHERE not in words:
                    output = printed(cli, words[1:])
        elif block.language in QUOTE:
            assert output is not None, f"{block} quotes no command"
            assert unquoted(block.text, output) == "", f"{block} is not what is printed:\n{output}"


def printed(cli: Cli, arguments: list[str]) -> str:
    done = cli(*arguments)
    drawn = arguments[0] == "graph" and any(re.match(r"(svg|png)\b", word) for word in arguments)
    if drawn and shutil.which("dot") is None:
        assert (done.code, "[graphviz-missing]" in done.err) == (2, True)
    else:
        assert done.code == 0, f"topoplan {' '.join(arguments)}\n{done.err}"
    return done.out + done.err


def test_the_first_two_blocks_of_the_readme_are_single_commands(clone: Path) -> None:
    """The first prints the report from a process of its own; .ci/run runs both as they are written."""
    first, second = every_shell_block("README.md")[:2]
    assert "\n" not in first.text + second.text
    *_, ours = commands(first)
    *_, tests = commands(second)
    assert tests[0] == ".venv/bin/pytest"
    done = topoplan(*ours[1:], cwd=clone)
    assert (done.returncode, done.stderr) == (0, "")
    quote = next(block for block in blocks("README.md") if block.language == "text")
    assert unquoted(quote.text, done.stdout) == ""


def every_shell_block(page: str) -> list[Block]:
    return [block for block in blocks(page) if block.language in SHELL]


@pytest.mark.parametrize("block", [b for b in every("yaml") if is_settings(b)], ids=str)
def test_configuration_examples_load(block: Block, tmp_path: Path) -> None:
    (tmp_path / "topoplan.yaml").write_text(block.text)
    assert load_settings("topoplan.yaml", tmp_path).path == "topoplan.yaml"


@pytest.mark.parametrize("block", [b for b in every("yaml", "json", "toml") if not is_settings(b)], ids=str)
def test_other_examples_are_well_formed(block: Block) -> None:
    if block.language == "yaml":
        (document,) = load_yaml_all(block.text.encode(), str(block))
        assert document.notices == ()
    else:
        assert (json.loads if block.language == "json" else tomllib.loads)(block.text)


def test_the_example_importer_reads_its_format(tmp_path: Path) -> None:
    (code,) = [block for block in every("python") if block.page == IMPORTER_PAGE]
    names: dict[str, object] = {}
    exec(code.text, names)
    (entry_points,) = [tomllib.loads(block.text) for block in every("toml") if block.page == IMPORTER_PAGE]
    ((name, target),) = entry_points["project"]["entry-points"][ENTRY_POINT_GROUP].items()
    made = names[target.rpartition(":")[2]]
    assert isinstance(made, type)
    importer = made()
    assert isinstance(importer, Importer)
    assert importer.name == name

    content = b"web orders\norders payments\n"
    (tmp_path / "shop.calls.properties").write_bytes(content)
    candidate = Candidate("shop.calls.properties", "shop.calls.properties", len(content), content)
    assert importer.claims(candidate)
    assert not importer.claims(Candidate("compose.yaml", "compose.yaml", 1, b"a"))
    imported = run_importer(importer, [candidate], Workspace({".": tmp_path}), ImportOptions())
    assert [(s.path, s.state, s.importer) for s in imported.sources] == [
        ("shop.calls.properties", SourceState.ANALYSED, name)
    ]
    calls = [fact for fact in imported.facts if isinstance(fact, CallFact)]
    assert [(c.consumer.name, c.provider.name, c.evidence.where.line) for c in calls] == [
        ("web", "orders", 1),
        ("orders", "payments", 2),
    ]
    services = {fact.party.name for fact in imported.facts if isinstance(fact, ServiceFact)}
    assert services == {"web", "orders", "payments"}


def test_links_lead_somewhere() -> None:
    assert sorted(broken_links()) == []


def broken_links() -> Iterator[str]:
    for page in pages():
        for target in links(page):
            path, _, anchor = target.partition("#")
            file = (ROOT / page).parent / path if path else ROOT / page
            if not file.exists():
                yield f"{page}: {target}"
            elif anchor and anchor not in anchors(file.resolve().relative_to(ROOT).as_posix()):
                yield f"{page}: {target} (no such heading)"


@pytest.mark.parametrize(
    ("quote", "missing"),
    [
        ("a 1\nb 2", ""),
        ("a   1\n\n  b 2", ""),
        ("a …\n…\nc …", ""),
        ("…\nb …", ""),
        ("a 2", "a 2"),
        ("a 1\nc 3", "a 1\nc 3"),
        ("c 3\n…\na 1", "a 1"),
        ("b 2\n…\nb 2", "b 2"),
        ("b", "b"),
        ("a … 1", ""),
        ("a … 2", "a … 2"),
    ],
)
def test_quotes_are_compared_line_by_line(quote: str, missing: str) -> None:
    assert unquoted(quote, "a 1\nb  2\n\nc 3\n") == missing
