"""Whole answers are remembered while nothing they depend on has changed, and never longer."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from calling import Cli
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from running import SHOP

from topoplan import surveying
from topoplan.cli import answers, recording

BASE = ("--no-history", "--no-validate")
GRAPH = ("graph", "shop", "--no-validate")


@dataclass
class Analyses:
    """How often files were really looked for."""

    count: int = 0
    original: Callable[..., Any] = field(default=surveying.discover)

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.count += 1
        return self.original(*arguments, **named)


@pytest.fixture
def analyses(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Analyses:
    """With a cache of its own, and quick runs worth remembering."""
    counted = Analyses()
    monkeypatch.setattr(surveying, "discover", counted)
    monkeypatch.setattr(answers, "WORTH_SECONDS", 0.0)
    monkeypatch.setattr(recording, "_LOADING_NS", 0)
    monkeypatch.setenv("TOPOPLAN_CACHE_DIR", str(tmp_path_factory.mktemp("answers")))
    return counted


def settle() -> None:
    """Until what was just written can be told from what is written next."""
    time.sleep(0.03)


@pytest.fixture
def shop(system: Path) -> Path:
    settle()
    return system


@pytest.mark.parametrize(
    "command",
    [
        ("graph", "shop"),
        ("graph", "shop", "-f", "csv", "-f", "mermaid=g.mmd", "--quiet"),
        ("analyze", "shop", *BASE),
        ("analyze", "shop", *BASE, "-f", "json=report.json", "-f", "markdown"),
        ("plan", "shop", *BASE),
        ("gaps", "shop", *BASE, "-f", "json"),
        ("explain", "web", "orders", "shop", *BASE),
        ("sources", "shop"),
    ],
    ids=" ".join,
)
def test_a_second_run_gives_the_same_without_the_work(
    command: tuple[str, ...], cli: Cli, shop: Path, analyses: Analyses
) -> None:
    first, files = cli(*command), written(shop.parent)
    assert first.code in (0, 1)
    assert first.out or files
    assert analyses.count == 1
    for file in files:
        Path(file).unlink()
    assert (cli(*command), written(shop.parent)) == (first, files)
    assert analyses.count == 1


def written(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


def test_what_gaps_says_is_said_again(cli: Cli, shop: Path, analyses: Analyses) -> None:
    first = cli("gaps", "shop", *BASE, "--fail-on", "low")
    assert first.code == 1
    assert first.err.startswith("failed: ")
    assert cli("gaps", "shop", *BASE, "--fail-on", "low") == first
    assert analyses.count == 1


def changed(file: Path) -> None:
    """Other content, and neither size nor time of modification tells."""
    before = file.stat()
    file.write_bytes(file.read_bytes().replace(b"http://orders:8080", b"http://orderz:8080"))
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (file.stat().st_size, file.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def replaced(file: Path) -> None:
    """By another file of the same content."""
    shutil.copy(file, "copy")
    Path("copy").rename(file)


CHANGES: dict[str, Callable[[Path], object]] = {
    "content of the same size and time": lambda shop: changed(shop / "compose.yaml"),
    "a file more": lambda shop: (shop / "web/openapi.json").write_text('{"openapi": "3.1.0"}'),
    "a folder more": lambda shop: shutil.copytree(shop / "orders", shop / "web/other"),
    "a file less": lambda shop: (shop / "orders/openapi.yaml").unlink(),
    "a file that is hidden by git": lambda shop: (shop / ".gitignore").write_text("orders\n"),
    "a repository around it": lambda shop: subprocess.run(["git", "init", "-q", shop.parent], check=True),
    "a configuration beside it": lambda shop: Path("topoplan.yaml").write_text("system: other\n"),
    "a configuration in it": lambda shop: (shop / "topoplan.yml").write_text("system: other\n"),
    "its permissions": lambda shop: (shop / "compose.yaml").chmod(0o600),
    "its name": lambda shop: (shop / "compose.yaml").rename(shop / "docker-compose.yaml"),
    "another file of the same content": lambda shop: replaced(shop / "compose.yaml"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_the_work_is_done_anew(change: str, cli: Cli, shop: Path, analyses: Analyses) -> None:
    cli(*GRAPH)
    CHANGES[change](shop)
    settle()
    assert cli(*GRAPH) == cli(*GRAPH, "--no-cache")
    assert analyses.count == 3
    cli(*GRAPH)
    assert analyses.count == 3


@pytest.mark.parametrize(
    ("name", "value"), [("COLUMNS", "70"), ("NO_COLOR", "1"), ("SOURCE_DATE_EPOCH", "1"), ("ANY_OTHER", "x")]
)
def test_another_environment_is_another_question(
    name: str, value: str, cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("analyze", "shop", *BASE)
    monkeypatch.setenv(name, value)
    cli("analyze", "shop", *BASE)
    assert analyses.count == 2


def test_a_link_that_leads_elsewhere_is_followed(cli: Cli, shop: Path, analyses: Analyses) -> None:
    shutil.copytree(shop, "other")
    Path("other/compose.yaml").write_text("services: {single: {image: x, build: .}}\n")
    Path("link").symlink_to("shop")
    Path("through").symlink_to(".")
    settle()
    before = [cli("graph", path, "--no-validate").out for path in ("link", "through/link", "link/../shop")]
    Path("link").unlink()
    Path("link").symlink_to("other")
    settle()
    after = [cli("graph", path, "--no-validate").out for path in ("link", "through/link", "link/../shop")]
    assert [old != new for old, new in zip(before, after, strict=True)] == [True, True, False]
    assert "single" in after[1]


def test_another_folder_is_another_question(
    cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli("graph", "../" + shop.parent.name + "/shop", "--no-validate")
    monkeypatch.chdir(shop)
    cli("graph", "../shop", "--no-validate")
    assert analyses.count == 2


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A module of somebody else that is loaded, written a moment ago."""
    folder = tmp_path_factory.mktemp("plugin")
    (folder / "some_importer.py").write_text("ANSWER = 1\n")
    monkeypatch.syspath_prepend(folder)
    importlib.import_module("some_importer")
    settle()
    yield folder / "some_importer.py"
    del sys.modules["some_importer"]


def test_other_code_is_another_question(plugin: Path, cli: Cli, shop: Path, analyses: Analyses) -> None:
    for _ in range(2):
        cli(*GRAPH)
    assert analyses.count == 1
    plugin.write_text("ANSWER = 2\n")
    cli(*GRAPH)
    assert analyses.count == 2


def test_code_that_changed_after_it_was_loaded_is_not_what_ran(
    plugin: Path, cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "_LOADING_NS", 10_000_000_000)
    for _ in range(2):
        cli(*GRAPH)
    assert (analyses.count, stored()) == (2, [])


def test_a_file_changed_a_moment_ago_is_read_again(cli: Cli, system: Path, analyses: Analyses) -> None:
    """Within one tick of the clock it could change once more and look the same."""
    now = time.time_ns()
    (system / "compose.yaml").write_bytes((system / "compose.yaml").read_bytes())
    seen = recording.Recording("")
    seen.look(str(system / "compose.yaml"))
    assert time.time_ns() - now < 15_000_000 or pytest.skip("too slow a machine to see it")
    assert seen.finished() is None
    settle()
    seen = recording.Recording("")
    seen.look(str(system / "compose.yaml"))
    assert seen.finished() is not None


def test_times_in_whole_seconds_are_trusted_later() -> None:
    second = 1_700_000_000_000_000_000
    known = f"33188 10 {second} {second} 5 6"
    assert not recording.is_settled(known, second + 1_900_000_000)
    assert recording.is_settled(known, second + 2_100_000_000)
    finer = f"33188 10 {second} {second + 4_123_457} 5 6"
    assert recording.is_settled(finer, second + 30_000_000)


def test_what_changes_while_it_is_read_is_not_remembered(
    cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = surveying.build_topology

    def late(*arguments: Any) -> Any:
        (shop / "compose.yaml").write_text("services: {}\n")
        return build(*arguments)

    monkeypatch.setattr(surveying, "build_topology", late)
    before = cli(*GRAPH)
    monkeypatch.setattr(surveying, "build_topology", build)
    settle()
    after = cli(*GRAPH)
    assert after != before
    assert after == cli(*GRAPH, "--no-cache")


def test_an_output_among_the_inputs_is_seen(cli: Cli, shop: Path, analyses: Analyses) -> None:
    for _ in range(3):
        cli(*GRAPH, "-f", "json=shop/graph.json")
        settle()
    assert analyses.count == 3


def test_files_that_fail_to_load_are_tried_again(cli: Cli, shop: Path, analyses: Analyses) -> None:
    (shop / "broken.compose.yaml").write_text("services: [\n")
    (shop / "docker-compose.yml").write_text("services: {a: [\n")
    settle()
    first = cli(*GRAPH)
    assert "failed to load" in first.err
    assert cli(*GRAPH) == first
    assert analyses.count == 2


def test_usage_errors_are_not_remembered(cli: Cli, shop: Path, analyses: Analyses) -> None:
    for _ in range(2):
        assert cli("graph", "missing").code == 2
    assert analyses.count == 2


def test_what_git_had_a_part_in_is_not_remembered(cli: Cli, shop: Path, analyses: Analyses) -> None:
    """Its answers depend on more than files that were looked at."""
    git = ["git", "-C", str(shop), "-c", "user.name=a", "-c", "user.email=a@b.c"]
    subprocess.run([*git[:3], "init", "-q"], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "one"], check=True)
    settle()
    for _ in range(2):
        cli("analyze", "shop", "--no-validate")
    assert analyses.count == 2
    for _ in range(2):
        cli(*GRAPH)
    assert analyses.count == 3


def test_what_git_does_for_itself_changes_no_answer(cli: Cli, shop: Path, analyses: Analyses) -> None:
    """Of `.git` it matters to a graph whether it is there."""
    subprocess.run(["git", "init", "-q", shop], check=True)
    settle()
    first = cli(*GRAPH)
    subprocess.run(["git", "-C", shop, "add", "."], check=True)
    assert cli(*GRAPH) == first
    assert analyses.count == 1


def test_what_no_cache_or_quick_runs_say_is_not_remembered(
    cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        cli(*GRAPH, "--no-cache")
    monkeypatch.setattr(answers, "WORTH_SECONDS", 60.0)
    for _ in range(2):
        cli(*GRAPH)
    assert analyses.count == 4


def test_a_summary_of_a_step_is_written_each_time(
    cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    summary = tmp_path_factory.mktemp("step") / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    for _ in range(2):
        cli("gaps", "shop", *BASE, "-f", "github")
    assert analyses.count == 2
    text = summary.read_text()
    assert text
    assert text == 2 * text[: len(text) // 2]


def test_a_folder_for_the_output_that_is_gone_is_told(cli: Cli, shop: Path, analyses: Analyses) -> None:
    Path("out").mkdir()
    assert cli(*GRAPH, "-f", "json=out/graph.json").code == 0
    shutil.rmtree("out")
    done = cli(*GRAPH, "-f", "json=out/graph.json", "-f", "csv")
    assert done.code == 2
    assert "folder does not exist" in done.err
    assert done.out == ""


def stored() -> list[Path]:
    return [file for file in Path(os.environ["TOPOPLAN_CACHE_DIR"]).glob("answers-*/*/*") if file.is_file()]


def test_a_damaged_answer_is_found_anew(cli: Cli, shop: Path, analyses: Analyses) -> None:
    first = cli(*GRAPH)
    for damage in (lambda data: data[:-1], lambda data: data[:40] + b"x" + data[41:], lambda data: b""):
        (file,) = stored()
        file.write_bytes(damage(file.read_bytes()))
        assert cli(*GRAPH) == first
    assert analyses.count == 4


def test_old_answers_make_room(cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch) -> None:
    cli(*GRAPH)
    (first,) = stored()
    monkeypatch.setattr(answers, "KEPT_BYTES", first.stat().st_size + 10)
    settle()
    cli("sources", "shop", "--no-validate")
    assert len(stored()) == 1
    assert stored() != [first]


def test_long_outputs_are_not_kept(cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "MOST_BYTES", 100)
    first = cli(*GRAPH)
    assert cli(*GRAPH) == first
    assert (analyses.count, stored()) == (2, [])


def test_the_environment_is_not_in_what_is_kept(
    cli: Cli, shop: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_TOKEN", "hush-hush-hush")
    cli(*GRAPH)
    (file,) = stored()
    assert b"hush" not in file.read_bytes()
    assert file.stat().st_mode & 0o077 == 0


def test_a_process_of_its_own_remembers_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The real command line, on a file that takes long enough."""
    shutil.copytree(SHOP, tmp_path / "shop")
    code = "from topoplan.cli import answers, main; answers.WORTH_SECONDS = 0; raise SystemExit(main())"
    settle()
    command = ["-c", code, "graph", "shop", "--quiet", "--engine", "duckdb", "--jobs", "2"]
    outputs = [topoplan_code(command, tmp_path) for _ in range(2)]
    assert outputs[0] == outputs[1]
    assert outputs[0]
    stored_answers = list((tmp_path / "cache").glob("answers-*/*/*"))
    assert len(stored_answers) == 1


def topoplan_code(command: Sequence[str], folder: Path) -> bytes:
    environment = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "TOPOPLAN_CACHE_DIR": str(folder / "cache")}
    done = subprocess.run([sys.executable, *command], cwd=folder, env=environment, capture_output=True, check=True)
    return done.stdout


# What an answer depends on is known in full


class _Looks:
    """Every path below or above a folder that the file system was asked of."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.paths: set[str] = set()
        self._near = (str(folder), *map(str, folder.parents))
        ask = os.stat

        def stat(path: Any, *arguments: Any, **named: Any) -> os.stat_result:
            if not isinstance(path, int):
                name = os.path.abspath(os.fsdecode(path))
                if name.startswith(str(folder)) or os.path.dirname(name) in self._near:
                    self.paths.add(name)
            return ask(path, *arguments, **named)

        monkeypatch.setattr(os, "stat", stat)


@pytest.mark.parametrize(
    "command",
    [("graph", "--no-validate"), ("analyze", *BASE), ("gaps", *BASE), ("sources", "--no-validate")],
    ids=" ".join,
)
def test_all_that_is_asked_of_the_file_system_is_known(
    command: tuple[str, ...], cli: Cli, tmp_path: Path, analyses: Analyses, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SHOP, tmp_path / "shop")
    (tmp_path / "shop/link.yaml").symlink_to("compose.yaml")
    (tmp_path / "shop/nowhere.yaml").symlink_to("missing.yaml")
    (tmp_path / "shop/build").mkdir()
    monkeypatch.chdir(tmp_path)
    settle()
    known: list[recording.Recording] = []
    looks = _Looks(tmp_path, monkeypatch)
    with monkeypatch.context() as patch:
        patch.setattr(recording, "identity", lambda path: "")  # which asks too
        patch.setattr(recording, "presence", lambda path: "")
        patch.setattr(recording.Recording, "finished", lambda self: known.append(self))
        assert cli(*command, "shop", "--quiet").code in (0, 1)
    (journal,) = known
    seen = {os.path.normpath(path) for path in journal.looked_at()}
    assert len(seen) > 20
    others = {os.environ["TOPOPLAN_CACHE_DIR"], str(tmp_path), *map(str, tmp_path.parents), *sys.path}
    asked = looks.paths - others
    assert len(asked) > 3
    # Of a folder that was listed it is known what is not in it, but not what its files are like.
    assert {path for path in asked - seen if os.path.dirname(path) not in seen or os.path.isfile(path)} == set()


# Whatever is done to the files, an answer is the one that the work would give


NAMES = ("compose.yaml", "a/compose.yaml", "a/openapi.yaml", "b/.env", ".gitignore", "topoplan.yaml")


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, str, str]:
    name = draw(st.sampled_from(NAMES))
    content = draw(
        st.sampled_from(
            [
                "services: {a: {image: x, environment: [B_URL=http://b/]}, b: {image: y}}\n",
                "services: {a: {image: x, environment: [C_URL=http://c/]}, c: {image: y}}\n",
                "openapi: 3.1.0\ninfo: {title: a, version: '1'}\npaths: {}\n",
                "a\n",
                "system: other\n",
            ]
        )
    )
    return draw(st.sampled_from(["write", "write", "delete", "rename", "link"])), name, content


def do(step: tuple[str, str, str], folder: Path) -> None:
    kind, name, content = step
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    if kind == "write":
        if file.is_symlink():
            file.unlink()
        file.write_text(content)
    elif kind == "delete":
        file.unlink(missing_ok=True)
    elif kind == "rename" and file.exists():
        file.rename(file.with_name("moved-" + file.name))
    elif kind == "link" and not os.path.lexists(file):
        file.symlink_to("compose.yaml" if file.name != "compose.yaml" else "../compose.yaml")


@given(st.lists(steps(), min_size=1, max_size=5))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_is_always_the_one_that_the_work_gives(
    cli: Cli, analyses: Analyses, tmp_path_factory: pytest.TempPathFactory, done: list[tuple[str, str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("system")
    do(("write", "compose.yaml", "services: {a: {image: x}}\n"), folder)
    here = os.getcwd()
    os.chdir(folder)
    try:
        for step in done:
            do(step, folder)
            settle()
            assert cli("graph", ".", "--no-validate") == cli("graph", ".", "--no-validate", "--no-cache")
            assert cli("graph", ".", "--no-validate") == cli("graph", ".", "--no-validate", "--no-cache")
    finally:
        os.chdir(here)
