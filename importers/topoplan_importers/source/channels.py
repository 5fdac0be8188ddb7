"""Joins what programs send with what they listen to; a bound queue hears what its binding lets through."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from topoplan.model.facts import ChannelFact, ChannelRole, NodeKind, Party
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies

UNKNOWN = "message"
"""Protocol of a channel where nothing tells which broker carries it."""
_PRODUCTS = {
    "kafka": "kafka",
    "amqp": "rabbitmq",
    "nats": "nats",
    "mqtt": "mqtt",
    "pulsar": "pulsar",
    "jms": "activemq",
}


@dataclass(frozen=True, slots=True)
class Site:
    """One place where a program publishes or listens. `channel` is a topic, queue or routing key, `exchange` where it
    is said. A binding (`role` None) says what a queue of the same unit receives."""

    service: Party
    unit: str
    role: ChannelRole | None
    channel: str
    protocol: str
    where: Where
    rule: str
    confidence: Confidence = Confidence.HIGH
    exchange: str = ""
    queue: str = ""


def joined(sites: Sequence[Site]) -> list[ChannelFact]:
    """Facts of all sites, under the name by which publisher and receiver meet."""
    protocols = _protocols(sites)
    bindings: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        if site.role is None:
            bindings[site.unit].append(site)
    published = [site for site in sites if site.role is ChannelRole.PUBLISH]
    facts: list[ChannelFact] = []
    for site in published:
        facts += _facts(site, {_sent_as(site)}, protocols)
    for site in sites:
        if site.role is ChannelRole.RECEIVE:
            facts += _facts(site, set(_received(site, bindings[site.unit], published)), protocols)
    return list(dict.fromkeys(facts))


def _sent_as(site: Site) -> str:
    return site.channel or site.exchange


def _received(site: Site, bindings: Sequence[Site], published: Sequence[Site]) -> Iterator[str]:
    """The channels a listener hears: its own, and those its bindings let through."""
    if site.channel:
        yield site.channel
    for binding in bindings:
        if binding.queue and site.channel and binding.queue != site.channel:
            continue
        for sent in published:
            if sent.exchange and sent.exchange == binding.exchange and _fits(binding.channel, sent.channel):
                yield _sent_as(sent)


def _fits(pattern: str, key: str) -> bool:
    """Whether a routing key passes a binding key (AMQP 0-9-1, topic exchanges); an empty one passes everything."""
    if not pattern or not key or pattern == key:
        return True
    parts = [re.escape(p).replace(r"\*", r"[^.]+").replace(r"\#", r".*") for p in pattern.split(".")]
    return bool(re.fullmatch(r"\.".join(parts), key)) or pattern == "#"


def _protocols(sites: Sequence[Site]) -> dict[str, str]:
    """The one known protocol of each channel, for sites that do not tell theirs."""
    known: dict[str, set[str]] = defaultdict(set)
    for site in sites:
        if site.protocol != UNKNOWN:
            known[_sent_as(site)].add(site.protocol)
    return {channel: next(iter(told)) for channel, told in known.items() if len(told) == 1}


def _facts(site: Site, channels: set[str], protocols: dict[str, str]) -> Iterator[ChannelFact]:
    assert site.role is not None, "a binding alone is no end of a channel"
    for channel in sorted(channels - {""}):
        protocol = site.protocol if site.protocol != UNKNOWN else protocols.get(channel, UNKNOWN)
        yield ChannelFact(
            site.service,
            site.role,
            clean(channel),
            protocol,
            Evidence("source", site.where, Basis.DECLARED, site.confidence, site.rule),
            broker=_broker(protocol),
        )


def _broker(protocol: str) -> Party | None:
    product = technologies.by_scheme(_PRODUCTS.get(protocol, ""))
    return Party(product.name, kind=NodeKind.BROKER, technology=product.name) if product else None
