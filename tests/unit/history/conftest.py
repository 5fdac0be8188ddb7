"""Real repositories in temporary folders, with fixed authors and dates."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

START = 1_700_000_000
DAY = 86_400


@dataclass(frozen=True)
class Repo:
    """A repository to write to. Days count from START."""

    top: Path

    def git(self, *arguments: str, day: float = 0, author: str = "Ann <ann@example.org>", stdin: bytes = b"") -> bytes:
        name, _, email = author.partition(" <")
        when = f"{START + int(day * DAY)} +0000"
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": name,
            "GIT_AUTHOR_EMAIL": email.rstrip(">"),
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_NAME": "C",
            "GIT_COMMITTER_EMAIL": "c@example.org",
            "GIT_COMMITTER_DATE": when,
        }
        done = subprocess.run(
            ["git", "-C", str(self.top), *arguments], input=stdin, env=environment, capture_output=True, check=True
        )
        return done.stdout

    def commit(
        self,
        files: Mapping[str, str | bytes | None],
        *,
        day: float = 0,
        author: str = "Ann <ann@example.org>",
        message: str = "add things",
    ) -> None:
        """Write files (None removes one) and commit them."""
        for path, content in files.items():
            real = self.top / path
            if content is None:
                real.unlink()
            else:
                real.parent.mkdir(parents=True, exist_ok=True)
                real.write_bytes(content.encode() if isinstance(content, str) else content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", message, day=day, author=author)


@pytest.fixture
def new_repo(tmp_path: Path) -> Callable[[str], Repo]:
    def make(name: str) -> Repo:
        top = tmp_path.resolve() / name
        top.mkdir(parents=True)
        repo = Repo(top)
        repo.git("init", "--quiet", "--initial-branch", "main")
        return repo

    return make


@pytest.fixture
def repo(new_repo: Callable[[str], Repo]) -> Repo:
    return new_repo("system")
