"""Turns a closed ledger into facts, each told of the first file that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from topoplan.model.facts import (
    CallFact,
    ChannelFact,
    Fact,
    JourneyFact,
    JourneyStep,
    NodeKind,
    Notice,
    Party,
    ServiceFact,
    Severity,
    Use,
)
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.stats import Stats
from topoplan_importers.traces.forest import Flaw
from topoplan_importers.traces.journeys import JourneyKey, JourneyTally, is_beside
from topoplan_importers.traces.ledger import Ledger
from topoplan_importers.traces.tally import BoundaryKey, BoundaryTally, ChannelKey, Operation, Rule

OPERATION_LIMIT = 500
"""Operations kept of one boundary, those with most calls; the rest are one operation called `other`."""
JOURNEY_LIMIT = 200
"""Operations that requests begin with, those with most traces; of the rest each service's are one called `other`."""
STEP_LIMIT = 500
"""Boundaries kept of one journey, those used first."""
OTHER = "other"

_FLAWS = {
    Flaw.DUPLICATE: ("trace-duplicates", Severity.WARNING, "{} repeated with ids already seen and counted once"),
    Flaw.ORPHAN: ("trace-orphans", Severity.INFO, "{} whose parent is in none of the files: callers may be missing"),
    Flaw.CYCLE: ("trace-cycles", Severity.WARNING, "{} on a cycle of parents, read as having none"),
    Flaw.SKEW: ("trace-skew", Severity.INFO, "{} started over 1 ms before the caller: the clocks differ"),
    Flaw.UNNAMED_SERVICE: ("trace-unnamed-services", Severity.WARNING, "{} of no named service: left out"),
    Flaw.UNNAMED_PEER: ("trace-unnamed-peers", Severity.INFO, "{} calling an address or nobody named: left out"),
}


def facts_of(ledger: Ledger, importer: str, paths: Sequence[str]) -> tuple[list[Fact], list[Notice]]:
    """All facts, services first, sorted; and the notices on what was odd."""
    facts: list[Fact] = []
    notices = [_flaw_notice(paths[file], flaw, count) for (file, flaw), count in ledger.flaws.items()]
    for name, (file, level) in sorted(ledger.services.items()):
        evidence = Evidence(importer, Where(paths[file]), Basis.OBSERVED, Confidence.HIGH, "service-name")
        party = Party(name, kind=NodeKind.SERVICE)
        facts.append(ServiceFact(party, evidence, criticality=level, infrastructure=is_beside(name)))
    for key, tally in sorted(ledger.boundaries.items(), key=_boundary_order):
        facts.append(_call(key, tally, importer, paths[tally.file]))
        if len(tally.operations) > OPERATION_LIMIT:
            notices.append(_folded_notice(key, tally, paths[tally.file]))
    for channel, tally in sorted(ledger.channels.items(), key=_channel_order):
        facts.append(_role(channel, tally, importer, paths[tally.file]))
    facts += _journeys(ledger, importer, paths, notices)
    return facts, sorted(notices, key=lambda n: (str(n.where), n.slug, n.message))


def _call(key: BoundaryKey, tally: BoundaryTally, importer: str, path: str) -> CallFact:
    return CallFact(
        Party(key.consumer),
        key.provider,
        key.style,
        key.protocol,
        _evidence(importer, path, tally),
        key.channel,
        tally.broker,
        tuple(_uses(tally)),
        tally.total.stats(),
    )


def _role(key: ChannelKey, tally: BoundaryTally, importer: str, path: str) -> ChannelFact:
    return ChannelFact(
        Party(key.service), key.role, key.channel, key.protocol, _evidence(importer, path, tally), key.broker,
        stats=tally.total.stats(),
    )  # fmt: skip


def _uses(tally: BoundaryTally) -> Iterator[Use]:
    """Operations by id order; beyond the limit the least called become one."""
    by_calls = sorted(tally.operations.items(), key=lambda item: (-item[1].calls, item[0]))
    kept, folded = by_calls[:OPERATION_LIMIT], by_calls[OPERATION_LIMIT:]
    uses = {operation: own.stats() for operation, own in kept}
    if folded:
        other = Operation("", OTHER)
        uses[other] = sum((own.stats() for _, own in folded), uses.get(other, Stats()))
    for operation, stats in sorted(uses.items(), key=lambda item: item[0]):
        yield Use(operation.method, operation.path, stats)


def _evidence(importer: str, path: str, tally: BoundaryTally) -> Evidence:
    if tally.rule < Rule.VIRTUAL_PEER or tally.rule is Rule.UNPAIRED_MESSAGE:
        confidence = Confidence.HIGH
    else:
        confidence = Confidence.MEDIUM if tally.named else Confidence.LOW
    calls = tally.total.calls
    detail = f"{calls} call{'' if calls == 1 else 's'}"
    return Evidence(importer, Where(path), Basis.OBSERVED, confidence, tally.rule.slug, detail)


def _journeys(ledger: Ledger, importer: str, paths: Sequence[str], notices: list[Notice]) -> Iterator[JourneyFact]:
    """By operation; beyond the limit the rarest of a service become one without steps, as nothing is known of it but
    how many there were."""
    names = {id(tally): key for key, tally in ledger.boundaries.items()}
    orders = {step: _boundary_order((key, ledger.boundaries[key])) for step, key in names.items()}
    by_traces = sorted(ledger.journeys.tallies.items(), key=lambda item: (-item[1].traces, item[0]))
    kept, folded = dict(by_traces[:JOURNEY_LIMIT]), by_traces[JOURNEY_LIMIT:]
    for key, tally in folded:
        rest = kept.setdefault(JourneyKey(key.service, "", OTHER), JourneyTally(file=tally.file))
        rest.traces += tally.traces
        rest.file = min(rest.file, tally.file)
    if folded:
        text = f"{len(folded)} of {len(by_traces)} operations that requests begin with are shown as '{OTHER}'"
        notices.append(Notice(Severity.INFO, "trace-journeys-cut", text, Where(paths[min(t.file for _, t in folded)])))
    for key, tally in sorted(kept.items()):
        steps = [names[s] for s, _ in sorted(tally.steps.items(), key=lambda item: (item[1], orders[item[0]]))]
        if len(steps) > STEP_LIMIT:
            text = (
                f"{len(steps) - STEP_LIMIT} of {len(steps)} boundaries that requests of {key.service} use are left out"
            )
            notices.append(Notice(Severity.INFO, "trace-journeys-cut", text, Where(paths[tally.file])))
        detail = f"{tally.traces} trace{'' if tally.traces == 1 else 's'}"
        yield JourneyFact(
            Party(key.service),
            key.method,
            key.path,
            tuple(JourneyStep(Party(k.consumer), k.provider, k.style, k.channel) for k in steps[:STEP_LIMIT]),
            tally.traces,
            Evidence(importer, Where(paths[tally.file]), Basis.OBSERVED, Confidence.HIGH, "root-operation", detail),
        )


def _flaw_notice(path: str, flaw: Flaw, count: int) -> Notice:
    slug, severity, text = _FLAWS[flaw]
    return Notice(severity, slug, text.format(f"{count} span{'' if count == 1 else 's'}"), Where(path))


def _folded_notice(key: BoundaryKey, tally: BoundaryTally, path: str) -> Notice:
    folded = len(tally.operations) - OPERATION_LIMIT
    message = (
        f"{folded} of {len(tally.operations)} operations between {key.consumer} and {key.provider.name} are shown as "
        f"'{OTHER}': the paths seem to hold identifiers"
    )
    return Notice(Severity.INFO, "trace-operations-folded", message, Where(path))


def _party_order(party: Party | None) -> tuple[str, str, str]:
    return (party.name, str(party.kind or ""), party.technology) if party else ("", "", "")


def _boundary_order(item: tuple[BoundaryKey, BoundaryTally]) -> tuple[object, ...]:
    key = item[0]
    return key.consumer, _party_order(key.provider), key.style, key.protocol, key.channel


def _channel_order(item: tuple[ChannelKey, BoundaryTally]) -> tuple[object, ...]:
    key = item[0]
    return key.service, key.role, key.channel, key.protocol, _party_order(key.broker)
