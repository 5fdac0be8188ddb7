"""How old evidence is: against the interface it checks, and against the newest thing that was read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Protocol

from topoplan.model.change import History
from topoplan.model.phrases import counted
from topoplan.model.place import Evidence

_DAY = 86_400
_LAST_DAY = 253_402_300_799
"""End of the year 9999, the last that a date can tell."""


class _Dated(Protocol):
    @property
    def evidence(self) -> Evidence: ...


class Ages:
    """Times of evidence, and whether they are too old. Never the clock: the newest time in the inputs is today.

    `changed` gives the newest commit of a file by shown path, for evidence that tells no time of its own. What has
    neither was made since the last commit, as far as anyone can tell, so it is never called old.
    """

    def __init__(
        self, checks: Iterable[_Dated], history: History, changed: Mapping[str, int], max_age_days: int | None
    ) -> None:
        self._changed = changed
        self._max_age = max_age_days
        self._interfaces = {
            service.service: service.interface.last_changed for service in history.services if service.interface
        }
        self.as_of = max((history.until, *(self.time(check) for check in checks)))

    def time(self, check: _Dated) -> int:
        """Unix seconds it tells, else of the newest commit of its file; 0 when neither is known."""
        told: int = getattr(check, "time", 0)
        return told or self._changed.get(check.evidence.where.path, 0)

    def lateness(self, time: int, provider: str) -> str:
        """Why evidence of this time is stale, as the end of a sentence; empty when it is not, or nobody can tell."""
        if not time:
            return ""
        changed = self._interfaces.get(provider, 0)
        if time < changed:
            return f"before the interface of {provider} changed on {day(changed)}"
        if self._max_age is not None and time < self.as_of - self._max_age * _DAY:
            return f"more than {counted(self._max_age, 'day')} before {day(self.as_of)}"
        return ""


def day(time: int) -> str:
    """`2026-10-01`, in UTC."""
    return datetime.fromtimestamp(min(max(time, 0), _LAST_DAY), UTC).date().isoformat()
