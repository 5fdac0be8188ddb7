"""What can be called across a boundary, and what its specification says of it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from topoplan.model.place import Where


class FieldPlace(StrEnum):
    """Where a field travels."""

    REQUEST = "request"
    """In the request body or the message payload."""
    RESPONSE = "response"
    """In a success response body."""
    PATH = "path"
    QUERY = "query"
    HEADER = "header"
    COOKIE = "cookie"


class Field(Struct, frozen=True, order=True):
    """One named value in an interface."""

    place: FieldPlace
    name: str
    """Dotted path inside the body, `items[].price`; plain name for parameters."""
    type: str = ""
    """JSON Schema type, or empty when the spec does not say."""
    format: str = ""
    required: bool = False


class Outcome(Struct, frozen=True, order=True):
    """One documented result of an operation."""

    status: str
    """`200`, `4XX`, `default`; `delivered` for a message."""
    description: str = ""


class Operation(Struct, frozen=True):
    """One operation a provider offers, as documented.

    `method` is an upper-case HTTP method, `RPC`, `PUBLISH`, or GraphQL's `QUERY`, `MUTATION`, `SUBSCRIPTION`; `path` a
    path template, `package.Service/Method`, a channel or a field. `MESSAGE` is a message whose channel is not known,
    `path` then the name of its type. Message operations keep the payload in fields of place `request`.
    """

    method: str
    path: str
    where: Where | None = None
    summary: str = ""
    outcomes: tuple[Outcome, ...] = ()
    fields: tuple[Field, ...] = ()
    security: tuple[str, ...] = ()
    """Names of the security schemes of which one must be met; empty with `unauthenticated` told apart below."""
    unauthenticated: bool | None = None
    """True: the spec lets anyone call it; False: it asks for a scheme; None: the spec does not say."""
    idempotency_key: bool = False
    """The spec has an idempotency-key parameter or header."""
    deprecated: bool = False

    @property
    def id(self) -> str:
        """`GET /users/{id}`; for RPC just `shop.Users/Get`; for a message `publish order.created`."""
        return operation_id(self.method, self.path)

    @property
    def unsafe(self) -> bool:
        """The call may change state (HTTP: anything but GET, HEAD, OPTIONS, TRACE; RFC 9110 section 9.2.1)."""
        return self.method not in SAFE_METHODS


MESSAGE_METHODS = frozenset({"PUBLISH", "RECEIVE", "MESSAGE"})
"""Methods of operations that are messages, not calls."""
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE", "QUERY"})


def operation_id(method: str, path: str) -> str:
    """The one spelling of an operation's identity, everywhere. A name without a method stands for itself."""
    if method in ("RPC", ""):
        return path
    if method in MESSAGE_METHODS:
        return f"{method.lower()} {path}"
    return f"{method} {path}" if path else method
