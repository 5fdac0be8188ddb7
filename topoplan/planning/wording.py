"""Turns operations into the words a test's cases are told in."""

from __future__ import annotations

from topoplan.model.operation import Field, FieldPlace, Operation, Outcome
from topoplan.model.phrases import listed
from topoplan.risk.words import Meaning, leaf, meaning_of

FIELDS_NAMED = 5
"""Most fields named in one sentence."""

# What has to be arranged for an answer, where the specification has no words of its own (RFC 9110 section 15).
_ARRANGED = {
    "400": "a malformed request",
    "401": "no or expired credentials",
    "403": "credentials without the right to it",
    "404": "an id that does not exist",
    "405": "a method that is not offered",
    "406": "an unacceptable content type",
    "408": "a request that comes too slowly",
    "409": "a state that conflicts with the request",
    "410": "a resource that is gone",
    "412": "an outdated precondition",
    "413": "too large a body",
    "415": "an unsupported content type",
    "422": "a well-formed request with values that break a rule",
    "429": "more requests than allowed",
    "500": "an error inside the provider",
    "502": "a broken answer from behind the provider",
    "503": "an overloaded or stopped provider",
    "504": "no answer in time from behind the provider",
}

_ARRANGED_BY_CLASS = {"4": "a request the provider refuses", "5": "an error in the provider"}

SUCCESS = ("1", "2", "3")
"""First digits of outcomes that are no error."""


def hours(value: float) -> str:
    """`2.4 h`: one digit after the point is as much as an estimate says."""
    return f"{round(value, 1):g} h"


def is_success(outcome: Outcome) -> bool:
    """Whether the outcome is a normal one (`delivered` for messages)."""
    return outcome.status.startswith(SUCCESS) or outcome.status == "delivered"


def arranged(outcome: Outcome) -> str:
    """`404 to an id that does not exist`: an error outcome and what makes it happen."""
    known = _ARRANGED.get(outcome.status)
    if known is None and outcome.description:
        return answer(outcome)
    if known is None:
        known = _ARRANGED_BY_CLASS.get(outcome.status[:1], "anything not documented by itself")
    return f"{outcome.status} to {known}"


def answer(outcome: Outcome) -> str:
    """`201 (Created)`: the status with the specification's words."""
    return f"{outcome.status} ({outcome.description})" if outcome.description else outcome.status


def fields_of(operation: Operation, *places: FieldPlace) -> str:
    """`id (string), total (number)`: the fields in these places a test has to hold, those of money, time and units
    first, then required ones; empty when none is documented."""
    ordered = sorted((field for field in operation.fields if field.place in places), key=_importance)
    by_name: dict[str, Field] = {}
    for field in ordered:
        by_name.setdefault(leaf(field.name), field)
    return listed([_typed(field) for field in by_name.values()], FIELDS_NAMED)


def measured(operation: Operation) -> tuple[str, ...]:
    """Names of its fields of money, times or units, money first."""
    meanings = {leaf(f.name): m for f in operation.fields if (m := meaning_of(f))}
    return tuple(sorted(meanings, key=lambda name: (meanings[name] is not Meaning.MONEY, name)))


def _importance(field: Field) -> tuple[bool, bool, str]:
    return meaning_of(field) is None, not field.required, leaf(field.name)


def _typed(field: Field) -> str:
    kind = field.format or field.type
    return f"{leaf(field.name)} ({kind})" if kind else leaf(field.name)
