"""Running the `git` command safely: the one port between this package and the outside.

A repository is untrusted input: its configuration may name programs (`core.fsmonitor`, `diff.external`, text
converters, `gpg.program`, `core.sshCommand`, remote helpers) that git would run. Every such way is closed here, and
so is everything of the user's configuration and environment that could change the output.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Protocol

from topoplan.model.text import clean

TIMEOUT_SECONDS = 120.0
"""Longest time one git command may take, its reading included."""

_SWITCHED_OFF = (
    "core.fsmonitor=false",
    "core.hooksPath=/dev/null",
    "core.sshCommand=false",
    "core.pager=cat",
    "credential.helper=",
    "diff.external=",
    "gpg.program=false",
    "gpg.ssh.program=false",
    "gpg.x509.program=false",
    "log.showSignature=false",
)
_FIXED = ("core.quotePath=false", "diff.algorithm=myers", "diff.relative=false", "log.showRoot=false")
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",  # unlike GIT_NO_LAZY_FETCH (git 2.45) every version obeys it: nothing is fetched
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_CHUNK = 1 << 18
_URL = re.compile(r"[\w+.-]+://\S+")

_CAUSES = (
    ("dubious ownership", "history-ownership", "the repository belongs to another user, so git refuses to read it"),
    ("does not have any commits", "history-empty", "the repository has no commits"),
    ("not a git repository", "history-no-repository", "not a git repository"),
)


class GitError(Exception):
    """A git command did not do its work. `slug` names the message's section, `str()` says why, free of secrets."""

    def __init__(self, reason: str, slug: str = "history-failed") -> None:
        super().__init__(reason)
        self.slug = slug


class GitRunner(Protocol):
    """Runs one git command."""

    def __call__(self, folder: Path, arguments: Sequence[str], stdin: bytes = b"") -> Iterator[bytes]:
        """The standard output of `git -C folder arguments…`, in chunks. Raises GitError, at the latest at the end."""
        ...


class GitCommand:
    """The real `git`, found on the search path."""

    def __init__(self, timeout: float = TIMEOUT_SECONDS, executable: str = "git") -> None:
        self.timeout, self.executable = timeout, executable
        self._trusted: tuple[str, ...] | None = None

    def __call__(self, folder: Path, arguments: Sequence[str], stdin: bytes = b"") -> Iterator[bytes]:
        settings = [*_SWITCHED_OFF, *_FIXED, *(f"safe.directory={path}" for path in self._trusted_folders())]
        command = [self.executable, "--no-pager", *(word for setting in settings for word in ("-c", setting))]
        yield from self._run([*command, "-C", str(folder), *arguments], {**_environment(), **_ENVIRONMENT}, stdin)

    def _trusted_folders(self) -> tuple[str, ...]:
        """What the user's own configuration says of repositories of other owners; no repository is asked."""
        if self._trusted is None:
            command = [self.executable, "config", "-z", "--get-all", "safe.directory"]
            try:
                output = b"".join(self._run(command, {**_environment(), "GIT_DIR": os.devnull}, b""))
            except GitError as error:
                if error.slug == "history-no-git":
                    raise
                output = b""
            self._trusted = tuple(os.fsdecode(path) for path in output.split(b"\0")[:-1])
        return self._trusted

    def _run(self, command: Sequence[str], environment: dict[str, str], stdin: bytes) -> Iterator[bytes]:
        # Input and complaints go through files: with three pipes, a full one would stop git and us for good.
        with tempfile.TemporaryFile() as feed, tempfile.TemporaryFile() as complaints:
            feed.write(stdin)
            feed.seek(0)
            try:
                process = subprocess.Popen(  # noqa: S603 - no shell; arguments are ours
                    command, stdin=feed, stdout=subprocess.PIPE, stderr=complaints, env=environment
                )
            except OSError:
                raise GitError("the git command was not found", "history-no-git") from None
            assert process.stdout is not None
            alarm = threading.Timer(self.timeout, process.kill)
            alarm.start()
            try:
                while chunk := os.read(process.stdout.fileno(), _CHUNK):
                    yield chunk
                code = process.wait()
                rang = alarm.finished.is_set()
            finally:
                alarm.cancel()
                process.kill()
                process.stdout.close()
                process.wait()
            if rang:
                raise GitError(f"git took longer than {self.timeout:g} s", "history-timeout")
            if code:
                raise _failure(code, complaints)


def _environment() -> dict[str, str]:
    """Ours without any `GIT_…`: run inside a git hook, those would point at another repository."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}


def _failure(code: int, complaints: IO[bytes]) -> GitError:
    complaints.seek(0)
    text = complaints.read(4096).decode("utf-8", "replace")
    for words, slug, reason in _CAUSES:
        if words in text:
            return GitError(reason, slug)
    first = _URL.sub("<url>", text.partition("\n")[0])
    return GitError(f"git ended with {code}: {clean(first)}" if first else f"git ended with {code}")
