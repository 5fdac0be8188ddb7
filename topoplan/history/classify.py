"""Which commits are a bot's and which mend a fault, told by the words that people use."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import translate
from functools import cache

from topoplan.history.log import Commit

BOTS = (
    "*[[]bot]*",
    "*-bot",
    "*dependabot*",
    "*renovate*",
    "github-actions*",
    "action@github.com",
    "actions@github.com",
    "*greenkeeper*",
    "snyk-bot*",
    "pre-commit-ci*",
    "semantic-release*",
)
"""Globs of authors' names and e-mail addresses that are programs, compared without case."""


class Classifier:
    """Tells bots by `BOTS` and further globs, fixes by whole words of the subject.

    A word also counts with an English ending (`fixes`, `fixed`, `fixing`) and joined to another one (`bugfix`).
    """

    def __init__(self, bots: Sequence[str] = (), fix_words: Sequence[str] = ()) -> None:
        globs = "|".join(translate(glob.lower()) for glob in (*BOTS, *bots))
        words = "|".join(re.escape(word) for word in fix_words if word)
        self._bots = re.compile(globs)
        self._fixes = re.compile(rf"\b(?:{words})+(?:e?s|e?d|ing)?\b", re.IGNORECASE) if words else None
        self._is_program = cache(self._matches_bot)

    def is_bot(self, commit: Commit) -> bool:
        return self._is_program(commit.author) or self._is_program(commit.email)

    def is_fix(self, commit: Commit) -> bool:
        return bool(self._fixes and self._fixes.search(commit.subject))

    def _matches_bot(self, identity: str) -> bool:
        return bool(self._bots.match(identity.strip().lower()))
