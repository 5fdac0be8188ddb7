"""What a person's choice, together with the settings, means for the candidates at hand."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable

from msgspec import Struct

from topoplan.config import PlanningSettings
from topoplan.model.plan import Choice, Technique
from topoplan.planning.candidates import Candidate
from topoplan.planning.selection import Budget


class Limits(Struct, frozen=True):
    """Which candidates may be taken, up to what cost and down to what value."""

    budget: Budget
    min_value: float
    """Risk retired per hour."""
    techniques: tuple[Technique, ...]
    """None: all."""
    pins: tuple[str, ...]
    excluded: tuple[str, ...]

    def pinned(self, candidate: Candidate) -> bool:
        """Whether the candidate is taken first. A pin that names it in full beats everything else; one that is a
        pattern means those that are not excluded."""
        name = candidate.id
        return name in self.pins or (_fits(name, self.pins) and not _fits(name, self.excluded))

    def barred(self, candidate: Candidate) -> str | None:
        """Why the candidate is never taken; None when it may be."""
        if self.pinned(candidate):
            return None
        if _fits(candidate.id, self.excluded):
            return "excluded by choice"
        if self.techniques and candidate.technique not in self.techniques:
            return "not among the techniques asked for"
        return None

    def shortfall(self, worth: float) -> str:
        """Why a candidate of this worth per hour was not taken."""
        return f"below {self.min_value:g}" if worth < self.min_value or not worth else "more than the budget reaches"


def limits_of(settings: PlanningSettings, choice: Choice) -> Limits:
    """The choice over the settings. Without a least value of its own a choice with a budget has none: the budget ends
    the plan."""
    budget = Budget(choice.hours, choice.seconds)
    configured = 0.0 if budget.limited else settings.min_value
    return Limits(
        budget,
        configured if choice.min_value is None else choice.min_value,
        choice.techniques,
        (*settings.pin, *choice.pins),
        (*settings.exclude, *choice.excluded),
    )


def _fits(name: str, patterns: Iterable[str]) -> bool:
    return any(name == pattern or fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
