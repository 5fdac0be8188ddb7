"""What tells of a contract's verification, whoever wrote it: one shape for brokers' answers and verifiers' reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from msgspec import Struct

from topoplan.model.checks import InteractionResult, Verdict, VerificationFact
from topoplan.model.facts import Party
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import TEXT_LIMIT, clean

NAME = "pact-verification"
MAX_RESULTS = 10_000
"""Results of interactions read of one verification."""

_WORST = (Verdict.FAILED, Verdict.UNKNOWN, Verdict.SKIPPED, Verdict.PASSED)


class Place(Struct, frozen=True):
    """Where in a file something is told, and which kind of document that is."""

    path: str
    rule: str
    pointer: str = ""
    line: int = 0


def replay(
    place: Place,
    consumer: str,
    provider: str,
    verdict: Verdict,
    content: Iterable[str] = (),
    *,
    time: int = 0,
    provider_version: str = "",
    results: tuple[InteractionResult, ...] = (),
) -> VerificationFact:
    """The fact that `provider` replayed a contract of `consumer`."""
    evidence = Evidence(
        NAME,
        Where(place.path, place.line, place.pointer),
        Basis.DECLARED,
        Confidence.HIGH,
        place.rule,
        clean(f"{provider} replayed the contract of {consumer}: {verdict}"),
    )
    names = tuple(sorted(set(content) - {""}))
    return VerificationFact(
        Party(consumer), Party(provider), verdict, evidence, names, time, provider_version, results
    )  # fmt: skip


def verdict_of(success: object) -> Verdict:
    """From `true` and `false`; anything else tells nothing."""
    return {True: Verdict.PASSED, False: Verdict.FAILED}[success] if isinstance(success, bool) else Verdict.UNKNOWN


def results_of(told: Iterable[tuple[object, Verdict]]) -> tuple[InteractionResult, ...]:
    """One result for each description, in the order told; the worst one where several tests have the same."""
    found: dict[str, Verdict] = {}
    for number, (description, verdict) in enumerate(told):
        name = clean(description, TEXT_LIMIT) if isinstance(description, str) else ""
        if name and number < MAX_RESULTS:
            found[name] = min(found.get(name, verdict), verdict, key=_WORST.index)
    return tuple(InteractionResult(name, verdict) for name, verdict in found.items())


def seconds(said: object) -> int:
    """Unix seconds of an ISO 8601 time, which is UTC unless it says otherwise; 0 when it is none. Java adds the name of
    the zone (`[Europe/Berlin]`) and nanoseconds."""
    try:
        moment = datetime.fromisoformat(said.partition("[")[0]) if isinstance(said, str) else None
        if moment is None:
            return 0
        return max(0, int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        return 0


def mapping(value: object, *keys: str) -> Mapping[str, object]:
    """The object below `keys`, empty where there is none."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """The value where it is a list, else nothing."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """The value as a name, empty where it is none."""
    return clean(value) if isinstance(value, str) else str(value) if type(value) is int else ""
