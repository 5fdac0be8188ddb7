"""Numbers what spans say for the relations, and names what they count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

from msgspec.structs import replace

from topoplan.model.facts import ChannelRole, Party
from topoplan.model.stats import Presence, Stats
from topoplan_importers.traces.accounts import Account, call_account, channel_key, message_account, use_account
from topoplan_importers.traces.journeys import FARTHEST, LATER, begins, journey_key
from topoplan_importers.traces.observed import Journey, ServiceSeen, Traffic
from topoplan_importers.traces.sketch import HASH_DIGITS, Sketch
from topoplan_importers.traces.span import OperationRank, Resource, Role, Signature
from topoplan_importers.traces.tally import BoundaryKey, ChannelKey, JourneyKey, Operation, Rule, party_order

Row: TypeAlias = tuple[Any, ...]

CALLED, USED, SENT, TOLD = range(4)
"""What is counted: calls, uses of a provider without spans, messages, channel roles without a partner."""
_SECOND_US = 1_000_000
_CHANNEL_ROLES = {Role.PUBLISH: ChannelRole.PUBLISH, Role.RECEIVE: ChannelRole.RECEIVE}


class Names:
    """Numbers for files, signatures, services and journeys, in the order of what they stand for."""

    def __init__(self, said: Iterable[Row], paths: Iterable[Row]) -> None:
        self.paths = sorted(path for (path,) in paths)
        self._first = {_signature(columns): file for *columns, file in said}
        self.said = sorted(self._first)
        self.journeys = sorted({journey_key(said) for said in self.said})
        self._services = sorted({"", *(said.service for said in self.said)})

    def files(self) -> Iterable[Row]:
        return ((path, number) for number, path in enumerate(self.paths))

    def signatures(self) -> Iterable[Row]:
        """Each with what the relations must know of it. Service 0 is the one without a name."""
        services = {name: number for number, name in enumerate(self._services)}
        journeys = {key: number for number, key in enumerate(self.journeys)}
        for number, said in enumerate(self.said):
            yield (
                *(getattr(said, name) for name in said.__struct_fields__), number, services[said.service],
                journeys[journey_key(said)], begins(said), _is_used(said), _channel(said) is not None,
            )  # fmt: skip

    def services(self, presences: Iterable[Row]) -> dict[str, ServiceSeen]:
        found: dict[str, ServiceSeen] = {}
        for said, file in self._first.items():
            name, seen = said.service, ServiceSeen(file, said.criticality)
            if name and found.setdefault(name, seen) != seen:
                found[name] = found[name].merge(seen)
        for number, traces, first, last in presences:
            name = self._services[number]
            if name:
                presence = Presence(traces, first // _SECOND_US, last // _SECOND_US)
                found[name] = found[name]._replace(presence=presence)
        return found

    def sketches(self, hashes: Iterable[Row]) -> dict[str, Sketch]:
        """By service."""
        return {self._services[number]: _sketch(least) for number, least in hashes}


class Book:
    """Boundaries, channel roles and operations by number."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._pages: dict[BoundaryKey | ChannelKey, int] = {}
        self._rules: dict[int, Rule] = {}
        self._named: set[int] = set()
        self._brokers: dict[int, Party] = {}
        self._operations: dict[Operation | None, int] = {None: 0}

    def account(self, shape: Row) -> Row:
        """A row of `accounts`: where uses of this shape are booked."""
        kind, near, far, lone, rule = shape
        said, other = self._names.said[near], self._names.said[far]
        account: Account | None
        if kind == TOLD:
            channel = _channel(said)
            assert channel is not None, "only what `told` lets through is counted as a channel role"
            return *shape, self._page(channel, Rule.UNPAIRED_MESSAGE, named=True), 0
        broker = None
        if kind == CALLED:
            account = call_account(said, other, lone, Rule(rule))
        elif kind == SENT:
            account, broker = message_account(said, other, Rule(rule))
        else:
            account = use_account(said)
        assert account is not None, "only what `used` lets through is counted as a use"
        page = self._page(account.key, account.rule, account.named)
        if broker is not None:
            self._brokers[page] = min(self._brokers.get(page, broker), broker, key=party_order)
        return *shape, page, self._operations.setdefault(account.operation, len(self._operations))

    def traffic(
        self, figures: Iterable[Row], totals: Iterable[Row], buckets: Iterable[Row]
    ) -> tuple[dict[BoundaryKey, Traffic], dict[ChannelKey, Traffic]]:
        """Boundaries and channel roles with their figures."""
        pages, operations = list(self._pages), list(self._operations)
        histograms: defaultdict[tuple[int, int], list[tuple[int, int]]] = defaultdict(list)
        for page, operation, bucket, calls in buckets:
            histograms[page, operation].append((bucket, calls))
        by_operation: defaultdict[int, dict[Operation, Stats]] = defaultdict(dict)
        sums: dict[int, Stats] = {}
        for page, operation, calls, errors, traces, first, last, sampled_out in figures:
            own = tuple(sorted(histograms.pop((page, operation), ())))
            stats = Stats(calls, errors, traces, first // _SECOND_US, last // _SECOND_US, own, float(sampled_out))
            sums[page] = sums[page] + stats if page in sums else stats
            named = operations[operation]
            if named is not None:
                by_operation[page][named] = stats
        boundaries: dict[BoundaryKey, Traffic] = {}
        channels: dict[ChannelKey, Traffic] = {}
        for page, traces, first, file in totals:
            total = replace(sums[page], traces=traces, first_seen=first // _SECOND_US)
            traffic = Traffic(
                total, self._names.paths[file], self._rules[page], page in self._named, self._brokers.get(page),
                by_operation[page],
            )  # fmt: skip
            key = pages[page]
            if isinstance(key, BoundaryKey):
                boundaries[key] = traffic
            else:
                channels[key] = traffic
        return boundaries, channels

    def sketches(self, hashes: Iterable[Row]) -> dict[BoundaryKey | ChannelKey, Sketch]:
        """By boundary and channel role."""
        pages = list(self._pages)
        return {pages[page]: _sketch(least) for page, least in hashes}

    def journeys(self, begun: Iterable[Row], steps: Iterable[Row]) -> dict[JourneyKey, Journey]:
        """Journeys with the boundaries they used; what is some messages later comes after all before."""
        pages, keys = list(self._pages), self._names.journeys
        used: defaultdict[int, dict[BoundaryKey, int]] = defaultdict(dict)
        for journey, page, level, offset in steps:
            key, least = pages[page], min(level, FARTHEST) * LATER + offset
            assert isinstance(key, BoundaryKey), "channel roles are no steps"
            used[journey][key] = min(used[journey].get(key, least), least)
        return {
            keys[journey]: Journey(traces, self._names.paths[file], used[journey])
            for journey, traces, file in begun
        }  # fmt: skip

    def _page(self, key: BoundaryKey | ChannelKey, rule: Rule, named: bool) -> int:
        page = self._pages.setdefault(key, len(self._pages))
        self._rules[page] = min(rule, self._rules.get(page, rule))
        if named:
            self._named.add(page)
        return page


def _sketch(hashes: str) -> Sketch:
    return Sketch.of(int(hashes[start : start + HASH_DIGITS], 16) for start in range(0, len(hashes), HASH_DIGITS))


def _signature(columns: Iterable[Any]) -> Signature:
    (
        service, role, protocol, method, path, rank, peer, peer_key, resource, technology, channel, templated, step,
        level,
    ) = columns  # fmt: skip
    return Signature(
        service, Role(role), protocol, method, path, OperationRank(rank), peer, peer_key, Resource(resource),
        technology, channel, templated, step, level,
    )  # fmt: skip


def _is_used(said: Signature) -> bool:
    """Whether spans that say this are booked as uses, where nobody speaks for them."""
    uses = said.role in (Role.CALL, Role.PUBLISH, Role.RECEIVE) and not _creates(said) and said.service != ""
    return uses and use_account(said) is not None


def _channel(said: Signature) -> ChannelKey | None:
    """The channel role that spans that say this show where they have no partner."""
    role = _CHANNEL_ROLES.get(said.role)
    return channel_key(said, role) if role is not None and not _creates(said) else None


def _creates(said: Signature) -> bool:
    return said.role is Role.PUBLISH and said.step == "create"
