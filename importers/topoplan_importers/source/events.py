"""Events told by their type: which program makes and publishes one, and which other has a handler for it."""

from __future__ import annotations

import re
from collections import defaultdict

from topoplan.model.facts import ChannelRole, Party
from topoplan.model.place import Confidence, Where
from topoplan_importers.source.channels import UNKNOWN, Site
from topoplan_importers.source.scanner import Scan

PUBLISH, RECEIVE = ChannelRole.PUBLISH, ChannelRole.RECEIVE

_EVENT = (
    r"(?:[A-Z][a-z0-9]+){1,6}(?:Event|Message|Integration)"
    r"|(?:[A-Z][a-z0-9]+)+(?:ed|Sent|Made|Paid|Lost|Sold|Begun)(?:Event|IntegrationEvent|V\d)?"
)
_HANDLES = re.compile(
    rf"\b(?:IHandle\w{{0,30}}|IConsumer|IIntegrationEventHandler|IEventHandler|EventHandler|"
    rf"IMessageHandler|Consumer|AddSubscription|ToObject|Deserialize|DeserializeObject|readValue)<\s*(?:[\w.]+\.)?(?P<a>{_EVENT})\s*[,>]"
    rf"|\b(?:[hH]andle|[oO]n|[wW]hen|[cC]onsume|[rR]eceive|[pP]rocess)\w{{0,40}}\s*\(\s*(?:@\w+(?:\([^()]*\))?\s*)?"
    rf"(?:final\s+|\w+:\s*)?(?P<b>{_EVENT})\s*[\w)]"
    rf"|@EventsHandler\(\s*(?P<c>{_EVENT})\b|case\s+\"(?P<d>{_EVENT})\"\s*:"
)
_TYPED_HANDLES = re.compile(
    r"\b(?:IConsumer|IHandleMessages|IAmStartedByMessages|IJobConsumer)<\s*(?:[\w.]+\.)?(?P<a>[A-Z]\w{2,80})\s*>"
)
"""Handlers of .NET buses, which take a message of any name."""
_TYPED_SENDS = re.compile(
    r"\.(?:Publish|Send)(?:Async)?\s*(?:<\s*(?:[\w.]+\.)?(?P<a>[A-Z]\w{2,80})\s*>\s*\(|\(\s*new\s+(?:[\w.]+\.)?(?P<b>[A-Z]\w{2,80}))"
)
_WITHIN = re.compile(r"@(?:Transactional)?EventListener\b[^;{}]*\Z|\bINotificationHandler<[^;{}]*\Z")
"""Before a handler: what it takes never leaves the program (Spring's application events, MediatR's notifications)."""
_PUBLISHER_WITHIN = re.compile(r"\bApplicationEventPublisher\b")
_PUBLISHES = re.compile(r"\b[Pp]ublish\w{0,40}\s*(?:<[^<>()]*>)?\(|\braise_?[eE]vent\w*\(|AggregateLifecycle\.apply\(")
_MAKES = re.compile(
    rf"\bnew\s+(?:[\w.]+\.)?(?P<a>{_EVENT})\s*[({{]|\b(?P<b>{_EVENT})\.(?:[A-Z]\w*|of|from|create|newBuilder|builder)\w*\("
    rf"|[=(,]\s*(?P<c>{_EVENT})\(|\b(?:[Pp]ublish\w{{0,20}}|Map)<\s*(?:[\w.]+\.)?(?P<d>{_EVENT})\s*>"
)


class Events:
    """Events told by their type. Only a type that one program publishes and another handles says anything."""

    def __init__(self) -> None:
        self._handled: dict[str, dict[str, Where]] = defaultdict(dict)
        self._made: dict[str, dict[str, Where]] = defaultdict(dict)
        self._sent: dict[str, dict[str, Where]] = defaultdict(dict)
        self._publishing: set[str] = set()

    def scan(self, unit: str, scan: Scan) -> None:
        """Note what one file handles, makes and publishes."""
        code = scan.code
        within = bool(_PUBLISHER_WITHIN.search(code))
        if any(not (within and match[0].startswith("publishEvent")) for match in _PUBLISHES.finditer(code)):
            self._publishing.add(unit)
        for pattern, into in (
            (_HANDLES, self._handled),
            (_TYPED_HANDLES, self._handled),
            (_MAKES, self._made),
            (_TYPED_SENDS, self._sent),
        ):
            for match in pattern.finditer(code):
                name = next(text for text in match.groups() if text)
                if into is not self._handled or not _WITHIN.search(code, max(0, match.start() - 200), match.start()):
                    into[name].setdefault(unit, Where(scan.path, scan.line(match.start())))

    def sites(self) -> list[Site]:
        """The two ends of every event that crosses between programs."""
        found = []
        for name in sorted(self._made.keys() | self._sent.keys()):
            makers = self._made.get(name, {})
            senders = {unit: where for unit, where in makers.items() if unit in self._publishing}
            senders = {**senders, **self._sent.get(name, {})}
            takers = {unit: where for unit, where in self._handled.get(name, {}).items() if unit not in senders}
            if not senders or not takers:
                continue
            for role, ends in ((PUBLISH, senders), (RECEIVE, takers)):
                for unit, where in sorted(ends.items()):
                    party = Party("", path=where.path)
                    rule = "event-published" if role is PUBLISH else "event-handler"
                    found.append(Site(party, unit, role, name, UNKNOWN, where, rule, Confidence.MEDIUM))
        return found
