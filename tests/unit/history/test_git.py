"""Running git on untrusted repositories."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from topoplan.config import HistorySettings
from topoplan.history import GitCommand, GitError, read_history
from topoplan.model.facts import NodeKind
from topoplan.model.topology import Service


def script(path: Path, body: str) -> Path:
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


@pytest.fixture
def hostile(repo, tmp_path) -> Path:
    """A repository that names a program wherever its configuration can; the program leaves a mark."""
    mark = tmp_path / "it-ran"
    program = script(tmp_path / "program", f"touch '{mark}'")
    repo.commit({"order/a.py": "1\n", ".gitattributes": "* diff=evil filter=evil\n"}, day=0)
    repo.commit({"order/a.py": "2\n"}, day=1)
    tree = repo.git("rev-parse", "HEAD^{tree}").decode().strip()
    parent = repo.git("rev-parse", "HEAD").decode().strip()
    signature = " -----BEGIN PGP SIGNATURE-----\n \n x\n -----END PGP SIGNATURE-----"
    person = "Ann <ann@example.org> 1700200000 +0000"
    signed = f"tree {tree}\nparent {parent}\nauthor {person}\ncommitter {person}\ngpgsig{signature}\n\nsigned\n"
    head = repo.git("hash-object", "-t", "commit", "-w", "--stdin", stdin=signed.encode()).decode().strip()
    repo.git("update-ref", "HEAD", head)
    for name, value in {
        "core.fsmonitor": str(program),
        "core.sshCommand": str(program),
        "core.pager": str(program),
        "core.hooksPath": str(tmp_path),
        "credential.helper": str(program),
        "diff.external": str(program),
        "diff.evil.command": str(program),
        "diff.evil.textconv": str(program),
        "filter.evil.clean": str(program),
        "filter.evil.smudge": str(program),
        "gpg.program": str(program),
        "log.showSignature": "true",
        "pager.log": "true",
        "remote.origin.url": f"ext::{program}",
        "remote.origin.promisor": "true",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
    }.items():
        repo.git("config", name, value)
    return repo.top


def test_hostile_configuration_runs_nothing(hostile, tmp_path):
    subprocess.run(["git", "-C", str(hostile), "log", "-p"], capture_output=True, check=False)
    (tmp_path / "it-ran").unlink()  # so far the trap works
    services = [Service("order", "order", NodeKind.SERVICE, folders=("order",))]
    history, _ = read_history(services, hostile.joinpath, HistorySettings(), {}, lambda _path, _content: None)
    assert history.available
    assert history.services[0].code is not None
    assert history.services[0].code.lines_changed == 3
    assert not (tmp_path / "it-ran").exists()


def test_missing_object_is_not_fetched_by_a_hostile_remote(hostile, tmp_path):
    subprocess.run(["git", "-C", str(hostile), "cat-file", "-p", "1" * 40], capture_output=True, check=False)
    (tmp_path / "it-ran").unlink()  # so far the trap works
    with pytest.raises(GitError):
        list(GitCommand()(hostile, ["cat-file", "-p", "1" * 40]))
    assert not (tmp_path / "it-ran").exists()


def test_environment_of_a_git_hook_does_not_redirect(repo, new_repo, monkeypatch):
    other = new_repo("other")
    repo.commit({"a": "1\n"})
    monkeypatch.setenv("GIT_DIR", str(other.top / ".git"))
    found = b"".join(GitCommand()(repo.top, ["rev-parse", "--absolute-git-dir"])).decode().strip()
    assert found == str(repo.top / ".git")


def test_timeout_ends_git_and_says_so(repo, tmp_path):
    slow = GitCommand(timeout=0.2, executable=str(script(tmp_path / "slow", "exec sleep 60")))
    with pytest.raises(GitError, match="git took longer") as caught:
        list(slow(repo.top, ["log"]))
    assert caught.value.slug == "history-timeout"


def test_reader_that_stops_early_ends_git(repo, tmp_path):
    own = tmp_path / "own"
    body = f'case "$1" in config) ;; *) echo $$ >{own}; exec yes ;; esac'
    endless = GitCommand(executable=str(script(tmp_path / "endless", body)))
    stream = endless(repo.top, ["log"])
    assert next(stream)
    assert isinstance(stream, Iterator)
    stream.close()  # type: ignore[attr-defined]
    with pytest.raises(ChildProcessError):
        os.waitpid(int(own.read_text()), os.WNOHANG)


def test_message_of_a_failure_holds_no_address(repo, tmp_path):
    body = "echo 'fatal: cannot reach https://user:token@example.org/x now' >&2; exit 128"
    broken = GitCommand(executable=str(script(tmp_path / "broken", body)))
    with pytest.raises(GitError) as caught:
        list(broken(repo.top, ["log"]))
    assert str(caught.value) == "git ended with 128: fatal: cannot reach <url> now"


def test_repository_of_another_owner_is_told_apart(repo, tmp_path):
    body = "echo \"fatal: detected dubious ownership in repository at '/x'\" >&2; exit 128"
    git = GitCommand(executable=str(script(tmp_path / "strange", body)))
    services = [Service("order", "order", NodeKind.SERVICE, folders=(".",))]
    history, notices = read_history(services, repo.top.joinpath, HistorySettings(), {}, lambda _p, _c: None, git)
    assert not history.available
    assert [n.slug for n in notices] == ["history-ownership"]


def test_folders_the_user_trusts_are_passed_on(repo, tmp_path, monkeypatch):
    home = tmp_path / "home"
    home.mkdir()
    (home / ".gitconfig").write_text("[safe]\n\tdirectory = /some/where\n[user]\n\tname = Nobody\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    seen = b"".join(GitCommand()(repo.top, ["config", "--list"])).decode().split("\n")
    assert "safe.directory=/some/where" in seen
    assert "user.name=Nobody" not in seen
