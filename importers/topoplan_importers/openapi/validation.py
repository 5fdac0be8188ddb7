"""Verdicts of the specifications' own validator: cached by content, worked out beside the analysis.

The graph does not need the verdicts, so they are asked for first and collected last: the validator's process starts
while the specifications are still being read. A verdict depends on content and validator version alone; only a run
that exceeds the generous time limit leaves specifications without one, and that is told.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from itertools import takewhile
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol
from urllib.parse import quote

from msgspec import Struct

from topoplan.looking import HELPED, UNSURE
from topoplan.model.text import TEXT_LIMIT, clean

TIME_LIMIT_S = 15.0
"""Longest wait for all verdicts of one run together; usual ones take less than one. What is done by then is kept, so
that the next run gets further."""
MAX_FULL_BYTES = 1_000_000
"""Size as JSON up to which a specification is validated in full, which takes seconds there and grows faster than the
size. Of a larger one the structure alone is checked, against the specification's JSON Schema."""
MAX_CRASHES = 3
"""Specifications that may take the validator's process down before the rest is left without a verdict."""
_KIND = "openapi-verdict-1"
_BASE = "https://spec.invalid/"
"""Where the validator believes the documents to be; the name cannot exist (RFC 6761)."""


class Store(Protocol):
    """Where verdicts are kept between runs."""

    def get(self, kind: str, key: str) -> bytes | None: ...

    def put(self, kind: str, key: str, data: bytes) -> None: ...


class Verdict(Struct, frozen=True):
    """`valid` None: the validator could not tell. `problem` is the first thing wrong, or why it could not tell."""

    valid: bool | None
    problem: str = ""
    timed_out: bool = False


class Validation:
    """Verdicts for the specifications of one run: `ask` for each, then `verdicts` once. A context manager, so that no
    process outlives the run. `command` and `limit` replace the validator's process and the time limit."""

    def __init__(self, store: Store, command: Sequence[str] = (), limit: float = TIME_LIMIT_S) -> None:
        self._store = store
        self._command = [*command] or [sys.executable, "-P", str(Path(__file__).with_name("worker.py"))]
        self._limit = limit
        self._worker: subprocess.Popen[bytes] | None = None
        self._keys: dict[str, str] = {}
        self._known: dict[str, Verdict] = {}
        self._jobs: dict[str, bytes] = {}

    def __enter__(self) -> Validation:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._worker is not None:
            self._worker.kill()
            self._worker.communicate()

    def ask(self, path: str, files: Mapping[str, Any], digests: Mapping[str, str]) -> None:
        """Ask for the verdict on the specification at `path`, put together from `files`. Equal content is validated
        once, ever."""
        key = self._keys[path] = _key(path, digests)
        if key in self._known or key in self._jobs:
            return
        stored = self._store.get(_KIND, key)
        if stored is not None and (verdict := _answer(stored)):
            self._known[key] = verdict
            return
        self._worker = self._worker or self._start()
        documents = {_uri(name): value for name, value in files.items()}
        written = json.dumps(documents)
        structure_only = json.dumps(len(written) > MAX_FULL_BYTES)
        job = f'{{"documents": {written}, "spec": {json.dumps(_uri(path))}, "structure_only": {structure_only}}}\n'
        self._jobs[key] = job.encode()

    def verdicts(self) -> dict[str, Verdict]:
        """The verdict of every specification asked for, by its path."""
        deadline = time.monotonic() + self._limit
        waiting = list(self._jobs)
        for _ in range(MAX_CRASHES):
            if not waiting:
                break
            answers, late = self._run(waiting, deadline)
            for key, verdict in zip(waiting, answers, strict=False):
                self._known[key] = verdict
                self._store.put(_KIND, key, json.dumps({"valid": verdict.valid, "problem": verdict.problem}).encode())
            waiting = waiting[len(answers) :]
            if waiting:
                sys.audit(UNSURE)  # the next time it may get further
            if late:
                missed = Verdict(None, f"the validator was not done after {self._limit:g} s", timed_out=True)
                self._known |= dict.fromkeys(waiting, missed)
                waiting = []
            elif waiting:  # it went down over the first specification it has not answered for
                self._known[waiting.pop(0)] = Verdict(None, "the validator crashed")
        self._known |= dict.fromkeys(waiting, Verdict(None, "the validator crashed too often"))
        self._jobs.clear()
        return {path: self._known[key] for path, key in self._keys.items()}

    def _run(self, keys: list[str], deadline: float) -> tuple[list[Verdict], bool]:
        """Answers in the order of `keys`, as far as they came, and whether time ran out."""
        worker, self._worker = self._worker or self._start(), None
        if worker is None:
            return [], False
        jobs, late = b"".join(self._jobs[key] for key in keys), False
        try:
            output, _ = worker.communicate(jobs, timeout=max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            worker.kill()
            output, _ = worker.communicate()
            late = True
        answers = (_answer(line) for line in output.split(b"\n")[: len(keys)])
        return [answer for answer in takewhile(bool, answers) if answer], late

    def _start(self) -> subprocess.Popen[bytes] | None:
        """The validator's process, or None where none can be started."""
        sys.audit(HELPED, tuple(self._command))
        try:
            return subprocess.Popen(  # noqa: S603  # our own script; specifications reach it as data only
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        except OSError:
            return None


def _answer(data: bytes) -> Verdict | None:
    """A verdict as the worker or the store has it; None when it is not one."""
    try:
        value = json.loads(data)
        valid, problem = value["valid"], value["problem"]
    except (ValueError, TypeError, LookupError):
        return None
    return Verdict(valid if isinstance(valid, bool) else None, clean(str(problem), TEXT_LIMIT))


def _key(path: str, digests: Mapping[str, str]) -> str:
    """Content of all files and where they lie seen from the specification; the folder it lies in does not matter."""
    folder = posixpath.dirname(path) or "."
    parts = sorted((posixpath.relpath(name, folder), digest) for name, digest in digests.items())
    return hashlib.sha256(json.dumps([_validator_version(), parts]).encode()).hexdigest()


@cache
def _validator_version() -> str:
    try:
        return version("openapi-spec-validator")
    except PackageNotFoundError:
        return ""


def _uri(path: str) -> str:
    """A URL for a shown path, such that relative references between files hold."""
    return _BASE + quote(path.replace("../", "up/").lstrip("/"))
