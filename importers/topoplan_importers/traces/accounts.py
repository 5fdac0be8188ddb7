"""Tells which boundary and operation a call is of, by what its two spans say."""

from __future__ import annotations

from typing import NamedTuple

from topoplan.model.facts import ChannelRole, NodeKind, Party, Style
from topoplan_importers.hosts import is_public
from topoplan_importers.traces.span import OperationRank, Resource, Role, Signature
from topoplan_importers.traces.tally import BoundaryKey, ChannelKey, Operation, Rule


class Account(NamedTuple):
    """Where a call is booked."""

    key: BoundaryKey
    operation: Operation | None
    rule: Rule
    named: bool = True
    """The provider has a name of its own, not just a product's."""


def call_account(near: Signature, far: Signature, lone: bool, rule: Rule) -> Account:
    """Of a call: `near` is the caller half, or, with `lone`, the entry's parent where there is none."""
    telling = far if far.role in (Role.SERVE, Role.NONE) else None
    if not lone and (telling is None or near.rank > telling.rank):
        telling = near
    protocol = (telling.protocol if telling else "") or ("" if lone else near.protocol) or "tcp"
    key = BoundaryKey(near.service, Party(far.service), Style.SYNC, protocol)
    return Account(key, _operation(telling), rule)


def use_account(said: Signature) -> Account | None:
    """Of a span that speaks for a provider without spans: a client span for whom it names, a producer or consumer for
    its broker. None where that is nobody, or itself."""
    return _virtual_account(said) if said.role is Role.CALL else _broker_account(said)


def message_account(sender: Signature, receiver: Signature, rule: Rule) -> tuple[Account, Party | None]:
    """Of a message, and the broker it went through."""
    sides = [side for side in (sender, receiver) if side.role in (Role.PUBLISH, Role.RECEIVE)]
    named = [side for side in sides if side.channel]
    channel = next((s.channel for s in named if s.channel_is_template), named[0].channel if named else "")
    protocol = next((side.protocol for side in sides if side.protocol), "tcp")
    brokers = [broker for broker in map(_broker, sides) if broker is not None]
    broker = next((b for b in brokers if b.name != b.technology), brokers[0] if brokers else None)
    key = BoundaryKey(receiver.service, Party(sender.service), Style.MESSAGE, protocol, channel)
    return Account(key, Operation("PUBLISH", channel) if channel else None, rule), broker


def channel_key(said: Signature, role: ChannelRole) -> ChannelKey | None:
    """The channel role that a producer or consumer without a partner shows; None where it names no channel."""
    if not said.channel or not said.service:
        return None
    return ChannelKey(said.service, role, said.channel, said.protocol or "tcp", _broker(said))


def _virtual_account(said: Signature) -> Account | None:
    if said.peer == said.service:
        return None
    if said.resource is Resource.NONE:
        external = is_public(said.peer)
        provider = Party(said.peer, kind=NodeKind.EXTERNAL if external else None)
        rule, style = (Rule.VIRTUAL_EXTERNAL if external else Rule.VIRTUAL_PEER), Style.SYNC
    else:
        store = said.resource is Resource.DATASTORE
        provider = Party(said.peer, kind=NodeKind.DATASTORE if store else NodeKind.BROKER, technology=said.technology)
        rule, style = (Rule.VIRTUAL_DATASTORE if store else Rule.VIRTUAL_BROKER), Style.RESOURCE
    key = BoundaryKey(said.service, provider, style, said.protocol or "tcp")
    return Account(key, _operation(said), rule, named=bool(said.peer_key))


def _broker_account(said: Signature) -> Account | None:
    broker = _broker(said)
    if broker is None or broker.name == said.service:
        return None
    key = BoundaryKey(said.service, broker, Style.RESOURCE, said.protocol or "tcp")
    verb = "PUBLISH" if said.role is Role.PUBLISH else "RECEIVE"
    operation = Operation(verb, said.channel) if said.channel else None
    return Account(key, operation, Rule.VIRTUAL_BROKER, named=bool(said.peer_key))


def _operation(said: Signature | None) -> Operation | None:
    if said is None or said.rank is OperationRank.NONE:
        return None
    return Operation(said.method, said.path)


def _broker(said: Signature) -> Party | None:
    if said.resource is not Resource.BROKER:
        return None
    return Party(said.peer, kind=NodeKind.BROKER, technology=said.technology)
