"""How a test says what it covers, in a test report's properties: written by hand or by the pytest plugin.

The property's name is `topoplan.` and the technique; its value lists services, consumer first, joined by `->`, or a
journey, and after a colon the operations, separated by semicolons (`*`: all of the boundary):

    topoplan.contract    gateway -> orders : POST /orders; GET /orders/{id}
    topoplan.in_process  orders -> orders-db
    topoplan.slice       gateway -> orders -> payments : *
    topoplan.slice       journey checkout
"""

from __future__ import annotations

from msgspec import Struct

from topoplan.model.plan import Technique

PREFIX = "topoplan."
_JOURNEY = "journey "


class Claimed(Struct, frozen=True):
    """What one test says it covers. Exactly one of `services` (two or more names) and `journey` is given."""

    technique: Technique
    services: tuple[str, ...] = ()
    journey: str = ""
    operations: tuple[str, ...] = ()


def is_claim(name: str) -> bool:
    """Whether a property of this name is meant for topoplan."""
    return name.startswith(PREFIX)


def parse_claim(name: str, value: str) -> Claimed:
    """Read one property. Raises ValueError with what is wrong, in words."""
    word = name.removeprefix(PREFIX)
    try:
        technique = Technique(word)
    except ValueError:
        raise ValueError(f"{word!r} is no technique: use {', '.join(Technique)}") from None
    subject, _, listed = value.partition(": ")
    operations = tuple(part for operation in listed.split(";") if (part := operation.strip()))
    subject = subject.strip().removesuffix(":").strip()
    if subject.startswith(_JOURNEY):
        return Claimed(technique, journey=subject.removeprefix(_JOURNEY).strip(), operations=operations)
    services = tuple(part.strip() for part in subject.split("->"))
    if len(services) < 2 or not all(services):
        raise ValueError("expected 'consumer -> provider', or 'journey NAME'")
    return Claimed(technique, services, operations=operations)


def write_claim(claim: Claimed) -> tuple[str, str]:
    """The property's name and value; the inverse of `parse_claim` for names free of `->`, `: ` and `;`."""
    subject = _JOURNEY + claim.journey if claim.journey else " -> ".join(claim.services)
    listed = f" : {'; '.join(claim.operations)}" if claim.operations else ""
    return PREFIX + claim.technique.value, subject + listed
