"""The command line as a process: exit codes, streams, start-up, what happens when things break."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

import pytest
from calling import Cli
from running import topoplan

from topoplan import __version__, reporting
from topoplan.errors import OutputError

HEAVY = (
    "defusedxml",
    "graphviz",
    "jsonschema_rs",
    "msgspec",
    "networkx",
    "openapi_spec_validator",
    "pathspec",
    "rustworkx",
    "textual",
    "yaml",
    "topoplan.analysis",
    "topoplan.config",
    "topoplan.graph",
    "topoplan.importing",
    "topoplan.model",
    "topoplan.reporting",
    "topoplan.surveying",
    "topoplan_importers",
)


def test_help_loads_click_and_nothing_heavier() -> None:
    code = (
        "import sys\nfrom topoplan.cli import main\n"
        "for command in ([], ['analyze'], ['graph'], ['explain'], ['init'], ['importers']):\n"
        "    assert main([*command, '--help']) == 0\n"
        "print(' '.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stderr.split())
    assert "click" in loaded
    assert not loaded & set(HEAVY)


def test_a_graph_of_traces_loads_nothing_that_scores_plans_or_reads_other_formats(tmp_path: Path) -> None:
    span = {"traceId": "1", "id": "1", "kind": "CLIENT", "localEndpoint": {"serviceName": "shop"}}
    (tmp_path / "spans.json").write_text(json.dumps([span | {"remoteEndpoint": {"serviceName": "stock"}}]))
    code = (
        "import sys\nfrom topoplan.cli import main\n"
        "assert main(['graph', 'spans.json', '--quiet', '--config', '-', '--no-cache']) == 0\n"
        "print(' '.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = set(done.stderr.split())
    assert "topoplan_importers.traces.zipkin" in loaded
    needless = {"yaml", "networkx", "duckdb", "topoplan_importers.source.reading", "topoplan_importers.compose.facts"}
    needless |= {f"topoplan.{room}" for room in ("analysis", "coverage", "history", "planning", "risk")}
    assert not loaded & needless


def test_a_graph_of_other_files_loads_nothing_that_reads_traces(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services: {shop: {image: x, depends_on: [stock]}, stock: {image: y}}\n")
    code = (
        "import sys\nfrom topoplan.cli import main\n"
        "assert main(['graph', '.', '--quiet', '--config', '-', '--no-cache']) == 0\n"
        "print(' '.join(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path)
    loaded = {name for name in done.stderr.split() if name.startswith("topoplan_importers.traces.")}
    assert loaded == {f"topoplan_importers.traces.{name}" for name in ("importer", "recognise")}


def test_version(cli: Cli) -> None:
    done = cli("--version")
    assert (done.code, done.out, done.err) == (0, f"topoplan {__version__}\n", "")


def test_without_a_command_help_is_shown_on_stderr(cli: Cli) -> None:
    done = cli()
    assert (done.code, done.out) == (2, "")
    assert "Commands:" in done.err


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell: str) -> None:
    done = topoplan(_TOPOPLAN_COMPLETE=f"{shell}_source")
    assert done.returncode == 0
    assert "_TOPOPLAN_COMPLETE" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("analyse",), "No such command 'analyse'"),
        (("analyze", "--nope"), "No such option"),
        (("analyze", "shop", "-f", "xml"), "'xml' is not one of text, json, markdown, html [usage]"),
        (("analyze", "shop", "-f", "json="), "no file after 'json=' [usage]"),
        (("graph", "shop", "-f", "text"), "'text' is not one of json, dot, svg, png, pdf, mermaid, graphml, csv"),
        (("analyze", "shop", "--since", "soon"), "'soon' is no period"),
        (("analyze", "shop", "--width", "10"), "Invalid value for '--width'"),
        (("explain", "web"), "Missing argument 'PROVIDER'. [usage]"),
        (("analyze", "shop", "-f", "text", "-f", "json"), "cannot both go to standard output [output-twice]"),
        (("analyze", "shop", "-f", "json=x", "-f", "text=./x"), "cannot both go to ./x [output-twice]"),
        (("analyze", "shop", "-f", "json=nowhere/x"), "nowhere/x: its folder does not exist [output-failed]"),
        (("analyze", "shop", "-f", "json=shop"), "shop: is a folder [output-failed]"),
        (("analyze", "nowhere"), "[no-such-path]"),
        (("analyze", "empty"), "[no-input]"),
        (("analyze", "broken"), "[nothing-readable]"),
        (("analyze", "shop", "--importer", "nope"), "[unknown-importer]"),
        (("analyze", "shop", "-c", "nowhere.yaml"), "nowhere.yaml: there is no such file [config-missing]"),
        (("analyze", "wrong"), "wrong/topoplan.yaml:1: unknown key 'sytem' [config-unknown-key]"),
        (("graph", "wrong"), "[config-unknown-key]"),
        (("init", "empty"), "[no-input]"),
    ],
)
def test_what_the_user_can_mend_is_code_2_and_one_line(
    cli: Cli, system: Path, arguments: tuple[str, ...], error: str
) -> None:
    for folder in ("empty", "broken", "wrong"):
        Path(folder).mkdir()
    Path("broken/compose.yaml").write_text("services: [unclosed\n")
    Path("wrong/topoplan.yaml").write_text("sytem: x\n")
    done = cli(*arguments)
    assert (done.code, done.out) == (2, "")
    first, *rest = done.err.splitlines()
    assert first.startswith("error: ")
    assert error in first
    assert [line[:6] for line in rest] in ([], ["hint: "])
    assert sorted(p.name for p in Path().iterdir()) == ["broken", "empty", "shop", "wrong"]


def raiser(error: BaseException) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_a_bug_is_code_3_with_its_traceback(cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topoplan.analysis.analyse", raiser(ZeroDivisionError("oops")))
    done = cli("analyze", "shop")
    assert (done.code, done.out) == (3, "")
    assert done.err.startswith("Traceback")
    assert done.err.endswith(
        "ZeroDivisionError: oops\n"
        "error: this is a bug in topoplan; please report it with the lines above [internal-error]\n"
    )


def test_an_interrupt_is_code_130(cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topoplan.analysis.analyse", raiser(KeyboardInterrupt()))
    done = cli("analyze", "shop", "-f", "json=out.json")
    assert (done.code, done.out) == (130, "")
    assert done.err.strip() == "interrupted"
    assert not Path("out.json").exists()


def test_a_reader_that_leaves_ends_the_run_quietly(system: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "topoplan", "graph", "shop"], stdout=writer, stderr=subprocess.PIPE, text=True
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
@pytest.mark.parametrize("arguments", [("graph", "shop"), ("importers",), ("--help",)])
def test_a_full_disk_behind_stdout_is_code_2(system: Path, arguments: tuple[str, ...]) -> None:
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "topoplan", *arguments], stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "[output-failed]" in done.stderr


def test_a_full_disk_keeps_the_old_file(system: Path) -> None:
    Path("graph.json").write_text("old")
    limited = (
        "import resource, sys\nfrom topoplan.cli import main\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\nsys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", limited, "graph", "shop", "--no-cache", "-f", "json=graph.json"],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "error: graph.json: cannot be written: File too large [output-failed]\n"
    assert Path("graph.json").read_text() == "old"
    assert sorted(p.name for p in Path().iterdir()) == ["graph.json", "shop"]


def test_a_kill_while_writing_keeps_the_old_file(system: Path) -> None:
    Path("graph.json").write_text("old")
    killed = (
        "import os, signal, sys\nfrom topoplan import reporting\nfrom topoplan.cli import main\n"
        "def write(self, report, out, style):\n"
        "    out.write('half'); out.flush(); os.kill(os.getpid(), signal.SIGKILL)\n"
        "reporting.Format.write = write\nmain(sys.argv[1:])"
    )
    done = subprocess.run([sys.executable, "-c", killed, "graph", "shop", "-f", "json=graph.json"])
    assert done.returncode == -signal.SIGKILL
    assert Path("graph.json").read_text() == "old"


def test_two_runs_at_once_leave_a_whole_file(system: Path) -> None:
    command = [sys.executable, "-m", "topoplan", "graph", "shop", "-f", "json=graph.json"]
    both = [subprocess.Popen(command) for _ in range(2)]
    assert [run.wait(timeout=60) for run in both] == [0, 0]
    assert json.loads(Path("graph.json").read_bytes())["format"] == "topoplan/topology"
    assert sorted(p.name for p in Path().iterdir()) == ["graph.json", "shop"]


def test_a_format_that_fails_leaves_what_was_there(cli: Cli, system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def half(self: reporting.Format, report: object, out: IO[str], style: object) -> None:
        out.write("half")
        raise OutputError("no picture", slug="some-slug")

    monkeypatch.setattr(reporting.Format, "write", half)
    Path("graph.json").write_text("old")
    done = cli("graph", "shop", "-f", "json", "-f", "dot=graph.json")
    assert (done.code, done.out, done.err) == (2, "", "error: no picture [some-slug]\n")
    assert Path("graph.json").read_text() == "old"


def test_help_names_every_format(cli: Cli) -> None:
    for command, formats in (("analyze", reporting.REPORT_FORMATS), ("graph", reporting.GRAPH_FORMATS)):
        *most, last = formats
        words = f"{', '.join(most)} or {last}"
        assert words in " ".join(cli(command, "--help").out.split())


def test_importers_are_listed(cli: Cli) -> None:
    rows = json.loads(cli("importers", "--format", "json").out)
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    compose = next(row for row in rows if row["name"] == "compose")
    assert (compose["package"], compose["version"]) == ("topoplan", __version__)
    text = cli("importers").out.splitlines()
    assert text[0].split() == ["NAME", "PACKAGE", "VERSION", "READS"]
    assert [line.split()[0] for line in text[1:]] == [row["name"] for row in rows]
    assert compose["summary"] in "\n".join(text)
