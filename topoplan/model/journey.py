"""User-visible paths through the services."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class JourneySource(StrEnum):
    """How a journey is known, surest first."""

    CONFIG = "config"
    TRACES = "traces"
    PROPOSED = "proposed"
    """Guessed from what a gateway leads to; it counts for slices, never for risk."""


class Journey(Struct, frozen=True, order=True):
    """A named user-visible path: the services it runs through, in order, and how much it matters."""

    name: str
    services: tuple[str, ...]
    criticality: str = "normal"
    """`money`, `compliance`, `high`, `normal` or `low`."""
    entry: str = ""
    """Id of the operation it begins with, offered by the first service; empty when unknown."""
    source: JourneySource = JourneySource.CONFIG
    share: float | None = None
    """Of all requests seen in traces, 0–1; None without traces."""
    boundaries: tuple[str, ...] = ()
    """Ids of the boundaries it runs through, in the order of first use; empty: any between its services."""
