"""What pipelines copy: every command of the recipes runs, the action and the hook do what they say."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from calling import Cli
from pages import ROOT, Block, blocks

from topoplan.reporting.gaps_markdown import MARKER

PAGE = "docs/howto/ci.md"
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
STEPS: dict[str, dict[str, Any]] = {step["name"]: step for step in ACTION["runs"]["steps"]}
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
SHIM = f'#!/bin/sh\nexec "{sys.executable}" -m topoplan "$@"\n'


def recipes() -> Iterator[list[str]]:
    """The words of every topoplan command of the page, in its order: of shell blocks, and of steps of pipelines."""
    for block in blocks(PAGE):
        yield from map(shlex.split, filter(None, lines_of(block)))
    yield from (shlex.split(hook["entry"]) for hook in HOOKS)


def lines_of(block: Block) -> list[str]:
    if block.language == "sh":
        return block.text.splitlines()
    if block.language == "groovy":
        return re.findall(r"^ *sh '(.*)'$", block.text, re.MULTILINE)
    if block.language != "yaml":
        return []
    jobs = yaml.safe_load(block.text)
    return [line for job in jobs.values() if isinstance(job, dict) for line in job.get("script", ())]


@pytest.fixture
def pipeline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder is a checkout of the shop with a branch `main` of its origin."""
    shutil.copytree(ROOT / "specs" / "shop", tmp_path / "shop")
    monkeypatch.chdir(tmp_path / "shop")
    identity = {f"GIT_{who}_{what}": "a@x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    environment = {**os.environ, **identity, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    for arguments in ("init -q -b main", "add .", "commit -qm first", "update-ref refs/remotes/origin/main HEAD"):
        subprocess.run(["git", *arguments.split()], check=True, capture_output=True, env=environment)
    return tmp_path / "shop"


def test_every_command_of_the_recipes_runs(cli: Cli, pipeline: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    found = list(recipes())
    assert len(found) >= 8
    for words in found:
        assert words[0] == "topoplan"
        arguments = [word.replace("$CI_MERGE_REQUEST_DIFF_BASE_SHA", "HEAD") for word in words[1:]]
        done = cli(*arguments)
        told = [line for line in done.err.splitlines() if not line.startswith(("failed: ", "wrote ", "warning: "))]
        assert (done.code in (0, 1), told) == (True, []), (words, done.err)
        for written in re.findall(r"-f \w+=(\S+)", " ".join(arguments)):
            assert Path(written).stat().st_size
        if "--against" in arguments or "--baseline" in arguments:
            assert done.code == 0, f"nothing is new here: {words}"


def test_every_block_of_the_page_is_of_a_kind_that_is_checked() -> None:
    assert {block.language for block in blocks(PAGE)} == {"sh", "yaml", "groovy"}


@pytest.mark.parametrize("file", [".github/workflows/gaps.yml", ".github/workflows/scan.yml", ".gitlab-ci.yml"])
def test_pipelines_fit_the_schemas_of_their_servers(file: str, tmp_path: Path) -> None:
    (block,) = [block for block in blocks(PAGE) if block.text.startswith(f"# {file}\n")]
    kind = "gitlab-ci" if "gitlab" in file else "github-workflows"
    (tmp_path / "pipeline.yml").write_text(block.text)
    fits(tmp_path / "pipeline.yml", kind)


def test_the_action_fits_its_schema() -> None:
    fits(ROOT / "action.yml", "github-actions")


def fits(file: Path, kind: str) -> None:
    transform = ["--data-transform", "gitlab-ci"] if kind == "gitlab-ci" else []
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", *transform, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_action_and_the_workflows_pass_an_audit(tmp_path: Path) -> None:
    zizmor = Path(sys.executable).with_name("zizmor")
    workflows = tmp_path / ".github" / "workflows"
    workflows.mkdir(parents=True)
    shutil.copyfile(ROOT / "action.yml", tmp_path / "action.yml")
    for block in blocks(PAGE):
        if name := re.match(r"# \.github/workflows/(\S+)\n", block.text):
            # The reader puts a commit there.
            (workflows / name[1]).write_text(block.text.replace("COMMIT", "0" * 40))
    done = subprocess.run([str(zizmor), "--offline", "--quiet", str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_untrusted_values_reach_the_scripts_through_the_environment_only() -> None:
    assert [name for name, step in STEPS.items() if "${{" in step["run"]] == []
    used = re.findall(r"uses: (\S+)", (ROOT / "action.yml").read_text("utf-8"))
    assert [name for name in used if not re.search("@[0-9a-f]{40}$", name)] == []
    assert "pull_request_target:" not in (ROOT / PAGE).read_text("utf-8")


def test_the_marker_of_the_comment_is_the_one_the_action_looks_for() -> None:
    assert f'startswith("{MARKER}")' in STEPS["Comment on the pull request"]["run"]


# The action's own scripts


def run_step(name: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """A step as a runner starts it, with programs in `folder/bin` first on the path."""
    step = STEPS[name]
    inputs = dict.fromkeys(step["env"], "")
    variables = {
        **inputs,
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "RUNNER_TEMP": str(folder),
        "GITHUB_OUTPUT": str(folder / "output"),
        "GITHUB_REPOSITORY": "o/r",
        "TOPOPLAN_CACHE_DIR": os.environ["TOPOPLAN_CACHE_DIR"],
        **environment,
    }
    script = folder / "step.sh"
    script.write_text(step["run"])
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


def program(file: Path, text: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    file.chmod(0o755)


@pytest.fixture
def runner(pipeline: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "runner"
    program(folder / "topoplan" / "bin" / "topoplan", SHIM)
    return folder


def test_the_action_passes_on_what_topoplan_ended_with(runner: Path) -> None:
    done = run_step("Find gaps", runner, PATHS=".", FAIL_ON="low", FORMATS="sarif=gaps.sarif\ncsv=gaps.csv\n")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::")
    assert "exit-code=1\n" in (runner / "output").read_text()
    assert (runner / "topoplan-gaps.md").read_text("utf-8").startswith(MARKER)
    assert json.loads(Path("gaps.sarif").read_bytes())["version"] == "2.1.0"
    assert Path("gaps.csv").exists()
    done = run_step("Find gaps", runner, PATHS=".", AGAINST="origin/main", FAIL_ON="low")
    assert done.returncode == 0, done.stderr


def test_no_input_of_the_action_becomes_a_command_or_an_option(runner: Path) -> None:
    done = run_step("Find gaps", runner, PATHS="--help\n$(touch pwned)\n`touch pwned`; touch pwned", FAIL_ON="none")
    assert done.returncode == 2
    assert "Usage:" not in done.stdout
    assert not Path("pwned").exists()
    assert run_step("Find gaps", runner, PATHS=".", AGAINST="$(touch pwned)").returncode == 2
    assert not Path("pwned").exists()


@pytest.mark.parametrize(
    ("known", "method", "path"),
    [("", "POST", "repos/o/r/issues/7/comments"), ("42", "PATCH", "repos/o/r/issues/comments/42")],
    ids=["first", "again"],
)
def test_one_comment_is_written_and_kept_up_to_date(runner: Path, known: str, method: str, path: str) -> None:
    log = runner / "log"
    program(
        runner / "bin" / "gh", f'#!/bin/sh\ncase "$*" in *--paginate*) echo {known};; *) echo "$@" >>"{log}";; esac\n'
    )
    (runner / "page.md").write_text("x")
    done = run_step("Comment on the pull request", runner, NUMBER="7", PAGE=str(runner / "page.md"))
    assert (done.returncode, done.stdout) == (0, "")
    assert log.read_text() == f"api --silent --method {method} {path} -F body=@{runner / 'page.md'}\n"


def test_a_comment_that_may_not_be_written_is_a_warning(runner: Path) -> None:
    program(runner / "bin" / "gh", "#!/bin/sh\nexit 1\n")
    (runner / "page.md").write_text("x")
    done = run_step("Comment on the pull request", runner, NUMBER="7", PAGE=str(runner / "page.md"))
    assert done.returncode == 0
    assert done.stdout.startswith("::warning title=topoplan::The comment could not be written")


def test_the_hook_is_a_command_of_topoplan() -> None:
    (hook,) = HOOKS
    assert hook["pass_filenames"] is False
    assert hook["stages"] == ["pre-push"]
