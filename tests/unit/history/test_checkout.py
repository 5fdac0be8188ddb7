"""Another revision of a repository, checked out beside it."""

import subprocess
from pathlib import Path

import pytest

from topoplan.errors import UsageError
from topoplan.history import revision


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=a", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    top = tmp_path / "work"
    (top / "sub").mkdir(parents=True)
    git(top, "init", "-q", "-b", "main")
    (top / "sub/file").write_text("old")
    git(top, "add", ".")
    git(top, "commit", "-qm", "one")
    git(top, "tag", "v1")
    (top / "sub/file").write_text("new")
    (top / "later").mkdir()
    (top / "later/file").write_text("x")
    git(top, "add", ".")
    git(top, "commit", "-qm", "two")
    return top


def test_the_folder_of_the_revision_has_its_files_and_history(repository: Path) -> None:
    with revision(repository / "sub", "v1") as then:
        folder = then.of(repository / "sub")
        assert folder.parts[-2:] == ("work", "sub")
        assert (folder / "file").read_text() == "old"
        assert git(folder, "log", "--format=%s") == "one"
    assert not folder.exists()
    assert (repository / "sub/file").read_text() == "new"
    assert git(repository, "status", "--porcelain") == ""


def test_a_folder_the_revision_does_not_have_is_not_there(repository: Path) -> None:
    with revision(repository / "later", "v1") as then:
        assert not then.of(repository / "later").exists()


def test_what_lies_outside_the_repository_stays_where_it_is(repository: Path, tmp_path: Path) -> None:
    with revision(repository, "v1") as then:
        assert then.of(tmp_path / "pacts") == tmp_path / "pacts"


def test_no_hook_and_no_filter_of_the_repository_runs(repository: Path, tmp_path: Path) -> None:
    told = tmp_path / "ran"
    hook = repository / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {told}\n")
    hook.chmod(0o755)
    git(repository, "config", "filter.bad.smudge", f"touch {told}")
    (repository / ".gitattributes").write_text("* filter=bad\n")
    git(repository, "add", ".gitattributes")
    git(repository, "commit", "-qm", "three")
    with revision(repository, "main") as then:
        assert (then.files / "sub/file").read_text() == "new"
    assert not told.exists()


@pytest.mark.parametrize("name", ["nope", "--upload-pack=x", "", "v1:sub"])
def test_a_name_that_is_no_revision_is_told(repository: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught, revision(repository, name):
        pass
    assert caught.value.slug == "against-unusable"


def test_without_a_repository_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught, revision(tmp_path, "main"):
        pass
    assert caught.value.slug == "against-unusable"
