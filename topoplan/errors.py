"""The errors a caller can act on: one class per kind, each with a slug, a place and a next step.

A slug names a section of docs/reference/messages.md. A bug is never a `TopoplanError`: it keeps its traceback.
"""

from __future__ import annotations

import re


class TopoplanError(Exception):
    """Something the user can mend.

    Args:
        message: one sentence without a trailing full stop; already free of secrets.
        slug: stable kebab-case key of the message's section in the reference.
        where: file and line or pointer, as text; empty when there is no place.
        hint: the next step, one sentence; may be empty.
    """

    def __init__(self, message: str, *, slug: str, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.slug = slug
        self.where = where
        self.hint = hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{place}{self.message} [{self.slug}]"


class UsageError(TopoplanError):
    """The command was called in a way that cannot work (unknown service, bad option value)."""


class ConfigError(TopoplanError):
    """topoplan.yaml is unreadable or says something impossible."""


class NoInputError(TopoplanError):
    """Nothing was found that any importer can read."""


class DocumentError(TopoplanError):
    """A document is malformed, beyond a bound, or outside the analysed root."""

    @property
    def reason(self) -> str:
        """The message with its place inside the document, for where the file is named anyway: `… (line 7)`."""
        place = _INSIDE.search(self.where)
        if place is None:
            return self.message
        line, pointer = place.groups()
        return f"{self.message} ({f'line {line}' if line else f'#{pointer}'})"


_INSIDE = re.compile(r":(\d+)$|#(/.*)$")


class FetchError(TopoplanError):
    """A server that was to be asked for its records gave no usable answer."""


class OutputError(TopoplanError):
    """A result could not be written (disk full, no permission, missing renderer)."""
