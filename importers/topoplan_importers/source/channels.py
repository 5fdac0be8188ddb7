"""Joins what programs send with what they listen to; a bound queue hears what its binding lets through."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from msgspec import Struct

from topoplan.model.facts import ChannelFact, ChannelRole, NodeKind, Party
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.source.patterns import hears, is_pattern

UNKNOWN = "message"
"""Protocol of a channel where nothing tells which broker carries it."""
EXCHANGE_RULE = "exchange-setting"
"""Rule of sites that configuration tells by naming an exchange."""
_PRODUCTS = {
    "kafka": "kafka",
    "amqp": "rabbitmq",
    "nats": "nats",
    "mqtt": "mqtt",
    "pulsar": "pulsar",
    "jms": "activemq",
}


class Site(Struct, frozen=True):
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
    hosted: bool = False
    """Its broker is a cloud's service, which no product in the system stands for."""

    @property
    def listens(self) -> bool:
        return self.role is not ChannelRole.PUBLISH


def joined(sites: Sequence[Site]) -> list[ChannelFact]:
    """Facts of all sites, under the name by which publisher and receiver meet."""
    protocols = _protocols(sites)
    bindings: dict[str, list[Site]] = defaultdict(list)
    for site in sites:
        if site.role is None:
            bindings[site.unit].append(site)
    published = [(site, _protocol(site, protocols)) for site in sites if site.role is ChannelRole.PUBLISH]
    facts: list[ChannelFact] = []
    for site, protocol in published:
        facts += _facts(site, {(_sent_as(site), protocol)})
    for site in sites:
        if site.role is ChannelRole.RECEIVE:
            facts += _facts(site, set(_received(site, _protocol(site, protocols), bindings[site.unit], published)))
    return list(dict.fromkeys(facts))


def without_typed(sites: Sequence[Site], typed: Sequence[Site]) -> list[Site]:
    """Sites without those of listeners on a whole exchange whose code says which of its messages they handle."""
    handling = {site.unit for site in typed if site.role is ChannelRole.RECEIVE}
    return [site for site in sites if site.rule != EXCHANGE_RULE or not site.listens or site.unit not in handling]


def _sent_as(site: Site) -> str:
    return site.channel or site.exchange


def _received(
    site: Site, protocol: str, bindings: Sequence[Site], published: Sequence[tuple[Site, str]]
) -> Iterator[tuple[str, str]]:
    """Channel and protocol of all that a listener hears: its own, and those its pattern or bindings let through."""
    if site.channel:
        yield site.channel, protocol
    if is_pattern(protocol, site.channel):
        for sent, sent_by in published:
            if sent_by == protocol and hears(protocol, site.channel, _sent_as(sent)):
                yield _sent_as(sent), protocol
    for binding in bindings:
        if binding.queue and site.channel and binding.queue != site.channel:
            continue
        for sent, sent_by in published:
            if sent.exchange and sent.exchange == binding.exchange and _lets_through(binding.channel, sent.channel):
                yield _sent_as(sent), sent_by


def _lets_through(binding_key: str, key: str) -> bool:
    """Whether a routing key passes a binding; an empty one, as for a fanout exchange, passes everything."""
    return not binding_key or not key or hears("amqp", binding_key, key)


def _protocol(site: Site, protocols: dict[str, str]) -> str:
    return site.protocol if site.protocol != UNKNOWN else protocols.get(_sent_as(site), UNKNOWN)


def _protocols(sites: Sequence[Site]) -> dict[str, str]:
    """The one known protocol of each channel, for sites that do not tell theirs."""
    known: dict[str, set[str]] = defaultdict(set)
    for site in sites:
        if site.protocol != UNKNOWN:
            known[_sent_as(site)].add(site.protocol)
    return {channel: next(iter(told)) for channel, told in known.items() if len(told) == 1}


def _facts(site: Site, channels: set[tuple[str, str]]) -> Iterator[ChannelFact]:
    assert site.role is not None, "a binding alone is no end of a channel"
    for channel, protocol in sorted(channels):
        if not channel:
            continue
        yield ChannelFact(
            site.service,
            site.role,
            clean(channel),
            protocol,
            Evidence("source", site.where, Basis.DECLARED, site.confidence, site.rule),
            broker=None if site.hosted else _broker(protocol),
        )


def _broker(protocol: str) -> Party | None:
    product = technologies.by_scheme(_PRODUCTS.get(protocol, ""))
    return Party(product.name, kind=NodeKind.BROKER, technology=product.name) if product else None
