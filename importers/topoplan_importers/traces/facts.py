"""Turns what traces show into facts, each told of the first file that shows it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
from topoplan_importers.traces.journeys import is_beside
from topoplan_importers.traces.observed import Journey, Observed, Traffic
from topoplan_importers.traces.tally import (
    BoundaryKey,
    ChannelKey,
    JourneyKey,
    Operation,
    Rule,
    boundary_order,
    channel_order,
)

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


def facts_of(observed: Observed, importer: str) -> tuple[list[Fact], list[Notice]]:
    """All facts, services first, sorted; and the notices on what was odd."""
    facts: list[Fact] = []
    notices = [_flaw_notice(path, flaw, count) for (path, flaw), count in observed.flaws.items()]
    for name, seen in sorted(observed.services.items()):
        evidence = Evidence(importer, Where(seen.file), Basis.OBSERVED, Confidence.HIGH, "service-name")
        party = Party(name, kind=NodeKind.SERVICE)
        presence = seen.presence if seen.presence.traces else None
        facts.append(
            ServiceFact(
                party, evidence, criticality=seen.criticality, infrastructure=is_beside(name), presence=presence
            )
        )
    for key, traffic in sorted(observed.all_boundaries().items(), key=lambda item: boundary_order(item[0])):
        facts.append(_call(key, traffic, importer))
        if len(traffic.operations) > OPERATION_LIMIT:
            notices.append(_folded_notice(key, traffic))
    for channel, traffic in sorted(observed.channels.items(), key=lambda item: channel_order(item[0])):
        facts.append(_role(channel, traffic, importer))
    facts += _journeys(observed.journeys, importer, notices)
    return facts, sorted(notices, key=lambda n: (str(n.where), n.slug, n.message))


def _call(key: BoundaryKey, traffic: Traffic, importer: str) -> CallFact:
    return CallFact(
        Party(key.consumer),
        key.provider,
        key.style,
        key.protocol,
        _evidence(importer, traffic),
        key.channel,
        traffic.broker,
        tuple(_uses(traffic)),
        traffic.total,
    )


def _role(key: ChannelKey, traffic: Traffic, importer: str) -> ChannelFact:
    return ChannelFact(
        Party(key.service), key.role, key.channel, key.protocol, _evidence(importer, traffic), key.broker,
        stats=traffic.total,
    )  # fmt: skip


def _uses(traffic: Traffic) -> Iterator[Use]:
    """Operations by id order; beyond the limit the least called become one."""
    by_calls = sorted(traffic.operations.items(), key=lambda item: (-item[1].calls, item[0]))
    uses, folded = dict(by_calls[:OPERATION_LIMIT]), by_calls[OPERATION_LIMIT:]
    if folded:
        other = Operation("", OTHER)
        uses[other] = sum((own for _, own in folded), uses.get(other, Stats()))
    for operation, stats in sorted(uses.items(), key=lambda item: item[0]):
        yield Use(operation.method, operation.path, stats)


def _evidence(importer: str, traffic: Traffic) -> Evidence:
    if traffic.rule < Rule.VIRTUAL_PEER or traffic.rule is Rule.UNPAIRED_MESSAGE:
        confidence = Confidence.HIGH
    else:
        confidence = Confidence.MEDIUM if traffic.named else Confidence.LOW
    calls = traffic.total.calls
    detail = f"{calls} call{'' if calls == 1 else 's'}"
    return Evidence(importer, Where(traffic.file), Basis.OBSERVED, confidence, traffic.rule.slug, detail)


def _journeys(
    journeys: Mapping[JourneyKey, Journey], importer: str, notices: list[Notice]
) -> Iterator[JourneyFact]:  # fmt: skip
    """By operation; beyond the limit the rarest of a service become one without steps, as nothing is known of it but
    how many there were."""
    by_traces = sorted(journeys.items(), key=lambda item: (-item[1].traces, item[0]))
    kept, folded = dict(by_traces[:JOURNEY_LIMIT]), by_traces[JOURNEY_LIMIT:]
    for key, journey in folded:
        other, rest = JourneyKey(key.service, "", OTHER), Journey(journey.traces, journey.file)
        kept[other] = kept[other].merge(rest) if other in kept else rest
    if folded:
        text = f"{len(folded)} of {len(by_traces)} operations that requests begin with are shown as '{OTHER}'"
        notices.append(Notice(Severity.INFO, "trace-journeys-cut", text, Where(min(j.file for _, j in folded))))
    for key, journey in sorted(kept.items()):
        steps = sorted(journey.steps, key=lambda step: (journey.steps[step], boundary_order(step)))
        if len(steps) > STEP_LIMIT:
            text = (
                f"{len(steps) - STEP_LIMIT} of {len(steps)} boundaries that requests of {key.service} use are left out"
            )
            notices.append(Notice(Severity.INFO, "trace-journeys-cut", text, Where(journey.file)))
        detail = f"{journey.traces} trace{'' if journey.traces == 1 else 's'}"
        yield JourneyFact(
            Party(key.service),
            key.method,
            key.path,
            tuple(JourneyStep(Party(k.consumer), k.provider, k.style, k.channel) for k in steps[:STEP_LIMIT]),
            journey.traces,
            Evidence(importer, Where(journey.file), Basis.OBSERVED, Confidence.HIGH, "root-operation", detail),
        )


def _flaw_notice(path: str, flaw: Flaw, count: int) -> Notice:
    slug, severity, text = _FLAWS[flaw]
    return Notice(severity, slug, text.format(f"{count} span{'' if count == 1 else 's'}"), Where(path))


def _folded_notice(key: BoundaryKey, traffic: Traffic) -> Notice:
    folded = len(traffic.operations) - OPERATION_LIMIT
    message = (
        f"{folded} of {len(traffic.operations)} operations between {key.consumer} and {key.provider.name} are shown as "
        f"'{OTHER}': the paths seem to hold identifiers"
    )
    return Notice(Severity.INFO, "trace-operations-folded", message, Where(traffic.file))
