"""The files that answers make, and the reading of as much of an answer as is needed to ask on."""

from __future__ import annotations

from typing import TypeVar

import msgspec
from msgspec import Struct

from topoplan.errors import FetchError

T = TypeVar("T")


class Download(Struct, frozen=True):
    """One file to write. Its content is what the server sent."""

    name: str
    content: bytes
    holds: str
    """What is in it, in a few words: `12 traces`."""


def decoded(data: bytes | msgspec.Raw, shape: type[T]) -> T:
    """The answer in a shape. Raises FetchError `fetch-answer` when it does not fit."""
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        hint = "check that KIND and URL belong together"
        raise FetchError("the answer is JSON of another kind", slug="fetch-answer", hint=hint) from None


def counted(count: int, what: str) -> str:
    """`1 trace`, `12 traces`."""
    return f"{count} {what}{'' if count == 1 else 's'}"
