"""The figures an analysis started from: each with its value in force, its default, and where that comes from."""

from __future__ import annotations

from msgspec import Struct

from topoplan.model.text import TEXT_LIMIT, clean

JUDGEMENT = "judgement"
"""The source of a figure that rests on nothing published."""


class MethodRow(Struct, frozen=True):
    """One figure or rule, written as a person reads it."""

    name: str
    value: str
    """In force in this analysis: `0.85`, `5–10`, `money, compliance`."""
    default: str
    """The same as `value` unless the team set another."""
    unit: str
    """Unit or range: `hours`, `0–1`; empty for words."""
    meaning: str
    source: str
    """Where the default comes from: what was published, counted or tried, or `judgement`."""
    group: str = ""
    """What it belongs to within its section: a failure mode, a technique."""
    setting: str = ""
    """Key of topoplan.yaml that sets it; empty when nothing does."""


class MethodSection(Struct, frozen=True):
    """Figures that are used together."""

    id: str
    title: str
    rule: str
    """How they are used: a formula or a rule in words."""
    rows: tuple[MethodRow, ...] = ()


def fixed(
    name: str, value: float | str, unit: str, meaning: str, source: str = JUDGEMENT, *, group: str = ""
) -> MethodRow:
    """A figure that no setting changes."""
    return chosen("", name, value, value, unit, meaning, source, group=group)


def chosen(
    setting: str,
    name: str,
    value: float | str | None,
    default: float | str | None,
    unit: str,
    meaning: str,
    source: str = JUDGEMENT,
    *,
    group: str = "",
) -> MethodRow:
    """A figure that a key of topoplan.yaml sets."""
    return MethodRow(name, _written(value), _written(default), unit, meaning, source, group, setting)


def _written(value: float | str | None) -> str:
    if value is None:
        return "none"
    return clean(value, TEXT_LIMIT) if isinstance(value, str) else f"{value:.12g}"
