"""Exchanges that configuration names: a section with an exchange says whether its program sends to it or listens."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from topoplan.model.facts import ChannelRole, Party
from topoplan.model.place import Confidence, Where
from topoplan_importers.settings import Setting
from topoplan_importers.source.channels import EXCHANGE_RULE, Site

_SENDS = re.compile(r"publish|produc|send(?:er|ing)|outgoing|outbound", re.IGNORECASE)
_LISTENS = re.compile(r"handl|consum|listen|subscri|receiv|incoming|inbound", re.IGNORECASE)
_EXCHANGE, _QUEUE, _KEY = (
    frozenset({"exchange", "exchangename"}),
    frozenset({"queue", "queuename"}),
    frozenset({"routingkey", "bindingkey"}),
)


def exchange_sites(settings: tuple[Setting, ...], unit: str) -> Iterator[Site]:
    """What the sections of one file say. One whose name tells no direction says nothing: services that send and
    services that listen often share all their settings."""
    sections: dict[str, dict[str, Setting]] = defaultdict(dict)
    for setting in settings:
        section, _, name = setting.key.rpartition(".")
        sections[section].setdefault(re.sub(r"[-_]", "", name).lower(), setting)
    for section, said in sections.items():
        named = [said[key] for key in sorted(_EXCHANGE & said.keys()) if said[key].value]
        last = section.rpartition(".")[2]
        sends, listens = bool(_SENDS.search(last)), bool(_LISTENS.search(last))
        if not named or sends == listens:
            continue
        exchange, where = named[0].value, named[0].where
        if sends:
            yield _site(unit, ChannelRole.PUBLISH, where, exchange=exchange)
        else:
            queue, key = _value(said, _QUEUE), _value(said, _KEY)
            yield _site(unit, ChannelRole.RECEIVE, where, channel=queue, exchange=exchange)
            yield _site(unit, None, where, channel=key, exchange=exchange, queue=queue)


def _value(said: dict[str, Setting], names: frozenset[str]) -> str:
    return next((said[name].value for name in sorted(names & said.keys())), "")


def _site(
    unit: str, role: ChannelRole | None, where: Where, channel: str = "", exchange: str = "", queue: str = ""
) -> Site:
    party = Party("", path=where.path)
    return Site(party, unit, role, channel, "amqp", where, EXCHANGE_RULE, Confidence.MEDIUM, exchange, queue)
