"""Engines: ways to find what spans show, all to the same answer, which `joining` defines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Protocol, cast

from topoplan_importers.traces.observed import Observed
from topoplan_importers.traces.span import Span


class Engine(Protocol):
    """Finds calls between services."""

    name: str

    def observe(self, spans: Iterable[Span], paths: Sequence[str], *, sketch: bool = False) -> Observed:
        """What these spans show, in whatever order they come, with `sketch` also sketches of their traces. `paths`,
        sorted, are the shown paths that `Span.file` counts."""
        ...


ENGINES = {
    "dicts": "topoplan_importers.traces.engines.dicts:DictEngine",
    "duckdb": "topoplan_importers.traces.engines.duck:DuckEngine",
}
"""Every engine by name, as module and class, so that one not chosen is not imported."""


def engine(name: str) -> Engine:
    """A new engine. Raises KeyError for a name not in `ENGINES`, ImportError where what it needs is not installed."""
    module, _, attribute = ENGINES[name].partition(":")
    return cast(Engine, getattr(import_module(module), attribute)())
