"""When evidence files last changed, whatever state version control is in."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from topoplan.history import GitError, last_changes

START = 1_700_000_000
DAY = 86_400


def changes(top: Path, *paths: str) -> dict[str, int]:
    return last_changes(paths, top.joinpath)


def test_newest_commit_of_each_file(repo) -> None:
    repo.commit({"a.json": "1", "b/b.json": "1"})
    repo.commit({"a.json": "2", "other": "x"}, day=3)
    repo.commit({"other": "y"}, day=5)
    assert changes(repo.top, "b/b.json", "a.json") == {"a.json": START + 3 * DAY, "b/b.json": START}


def test_untracked_changed_and_absent_files_are_left_out(repo) -> None:
    repo.commit({"clean": "1", "dirty": "1"})
    (repo.top / "dirty").write_text("2")
    (repo.top / "untracked").write_text("1")
    assert changes(repo.top, "clean", "dirty", "untracked", "absent", ".") == {"clean": START}


def test_line_ends_of_windows_are_no_change(repo) -> None:
    repo.commit({"a.xml": "1\n2\n"})
    (repo.top / "a.xml").write_bytes(b"1\r\n2\r\n")
    assert changes(repo.top, "a.xml") == {"a.xml": START}


def test_file_changed_on_two_branches(repo) -> None:
    repo.commit({"a": "1\n\n\n\n\n1\n"})
    repo.git("checkout", "-q", "-b", "side", day=0)
    repo.commit({"a": "2\n\n\n\n\n1\n"}, day=1)
    repo.git("checkout", "-q", "main")
    repo.commit({"b": "1"}, day=2)
    repo.git("merge", "-q", "--no-edit", "side", day=3)
    assert changes(repo.top, "a") == {"a": START + DAY}


def test_several_repositories_and_none(new_repo, tmp_path) -> None:
    one, two = new_repo("one"), new_repo("two")
    one.commit({"a": "1"})
    two.commit({"a": "1"}, day=1)
    (tmp_path / "loose").write_text("1")
    assert changes(tmp_path, "one/a", "two/a", "loose") == {"one/a": START, "two/a": START + DAY}


def test_no_program_of_the_repository_is_run(repo, tmp_path) -> None:
    repo.commit({"a": "1", ".gitattributes": "* filter=bad\n"})
    mark = tmp_path / "ran"
    repo.git("config", "filter.bad.clean", f"touch {mark}; cat")
    (repo.top / "a").write_text("2")
    assert changes(repo.top, "a") == {}
    assert not mark.exists()


def test_names_that_look_like_options_or_patterns(repo) -> None:
    repo.commit({"--all": "1", "*": "1", ":(glob)x": "1", "é\n": "1"})
    assert set(changes(repo.top, "--all", "*", ":(glob)x", "é\n")) == {"--all", "*", ":(glob)x", "é\n"}


def test_many_files(repo) -> None:
    names = [f"f{number}" for number in range(600)]
    repo.commit(dict.fromkeys(names, "1"))
    assert len(changes(repo.top, *names)) == 600


def test_repository_with_long_hashes(tmp_path: Path, new_repo: Callable) -> None:
    repo = new_repo("plain")
    try:
        repo.git("init", "--quiet", "--object-format=sha256", "--initial-branch", "main", str(tmp_path / "long"))
    except subprocess.CalledProcessError:
        pytest.skip("this git knows SHA-1 only")
    long = type(repo)((tmp_path / "long").resolve())
    long.commit({"a": "1"})
    assert changes(long.top, "a") == {"a": START}


def test_git_that_fails(repo) -> None:
    repo.commit({"a": "1"})

    def broken(folder, arguments, stdin=b""):
        raise GitError("git ended with 128")

    assert last_changes(["a"], repo.top.joinpath, broken) == {}
    assert last_changes(["a"], lambda shown: None) == {}
