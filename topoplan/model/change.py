"""How often code and interfaces change, as read from version control."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

from topoplan.model.place import Where


class BreakKind(StrEnum):
    """Changes to an interface that can break a consumer."""

    PATH_REMOVED = "path-removed"
    METHOD_REMOVED = "method-removed"
    RESPONSE_REMOVED = "response-removed"
    FIELD_REMOVED = "field-removed"
    TYPE_CHANGED = "type-changed"
    PARAMETER_REQUIRED = "parameter-required"
    FIELD_REQUIRED = "field-required"
    """A field was added to a message without a default, so that new readers cannot read stored messages."""
    VALUE_UNKNOWN = "value-unknown"
    """One side may send an enum symbol or a union branch that the other does not know."""


class Break(NamedTuple):
    """One incompatible difference. `operation` is the old version's id, for a removed path the path."""

    kind: BreakKind
    operation: str
    detail: str


class BreakingChange(Struct, frozen=True, order=True):
    """One incompatible step between two versions of a spec in version control."""

    kind: BreakKind
    operation: str
    detail: str
    commit: str
    """Abbreviated commit id."""
    time: int
    """Commit time, Unix seconds."""
    where: Where


class ChangeRate(Struct, frozen=True):
    """Change of one set of files over the period looked at. Bots are excluded everywhere.

    `relative_churn` is lines added plus deleted, each weighted by 2^(-age/half-life), over the current size in lines
    (Nagappan & Ball, ICSE 2005, relative churn), ≥ 0; 1.0 means "rewritten once recently".
    """

    commits: int = 0
    authors: int = 0
    fix_commits: int = 0
    lines_changed: int = 0
    size_lines: int = 0
    weighted_commits: float = 0.0
    """Commits, each weighted by 2^(-age/half-life)."""
    relative_churn: float = 0.0
    last_changed: int = 0
    """Unix seconds of the newest commit that touched it, 0 when none did in the period."""


class ServiceHistory(Struct, frozen=True):
    """Change of one service: `code` over its folders without its specs, `interface` over its spec files (None when it
    has none under version control)."""

    service: str
    code: ChangeRate | None = None
    interface: ChangeRate | None = None
    breaking: tuple[BreakingChange, ...] = ()


class History(Struct, frozen=True):
    """What version control said, by service, sorted by id. `available` False means no usable repository was found, and
    `reason` says why; change is then missing, not zero."""

    available: bool = False
    reason: str = ""
    since: int = 0
    """Unix seconds of the oldest commit looked at."""
    until: int = 0
    """Unix seconds ages are measured from: the newest commit, so that the same input gives the same scores."""
    half_life_days: int = 90
    services: tuple[ServiceHistory, ...] = ()
