"""Which operation of a boundary test evidence means by a method and a concrete path, or by a name written by hand."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.graph.operations import OperationIndex
from topoplan.model.coverage import Finding
from topoplan.model.facts import Style
from topoplan.model.operation import Operation, operation_id
from topoplan.model.place import Where
from topoplan.model.topology import Boundary, Topology

ALL = "*"
"""Means all operations of a boundary."""
_OTHER_SIDES = frozenset({"RECEIVE", "QUERY", "MUTATION", "SUBSCRIPTION"})
"""What a provider itself receives, and GraphQL's fields, which a contract tells as one `POST /graphql`."""
_MESSAGE_WORDS = {"publish": "PUBLISH", "receive": "PUBLISH", "PUBLISH": "PUBLISH", "RECEIVE": "PUBLISH"}


class Operations:
    """Operations of one topology, by boundary."""

    def __init__(self, topology: Topology) -> None:
        self._documented = {service.id: OperationIndex(service.operations) for service in topology.services}
        self._offered = {
            service.id: OperationIndex(o for o in service.operations if o.method not in _OTHER_SIDES)
            for service in topology.services
        }
        self._used: dict[str, OperationIndex] = {}

    def offered(self, provider: str) -> OperationIndex:
        """What a consumer can hold the provider to: its documented HTTP operations, RPCs and published messages."""
        return self._offered[provider]

    def known(self, boundary: Boundary) -> tuple[str, ...]:
        """Ids of the boundary's operations, sorted; none for a resource, whose commands are no interface."""
        return () if boundary.style is Style.RESOURCE else tuple(sorted(o.id for o in boundary.operations))

    def id_of(self, boundary: Boundary, method: str, path: str) -> str:
        """The id of an operation as the boundary lists it, else as the provider documents it, else as it is told."""
        path = path.partition("?")[0]
        if method == "PUBLISH" and not path:
            path = boundary.channel
        told = operation_id(method, path)
        known = self.known(boundary)
        documented = self._documented[boundary.provider].find(method, path)
        if told in known or documented is None:
            used = None if told in known else self._index(boundary).find(method, path)
            return used.id if used else told
        return documented.id

    def ids(self, boundary: Boundary, written: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Operations written by hand, in two parts: ids the boundary lists (all when it lists none), and others."""
        known = self.known(boundary)
        if ALL in written:
            return known, ()
        found = {self.id_of(boundary, *_split_for(boundary, name)) for name in written}
        if not known:
            return tuple(sorted(found)), ()
        return tuple(sorted(found & set(known))), tuple(sorted(found - set(known)))

    def _index(self, boundary: Boundary) -> OperationIndex:
        if boundary.id not in self._used:
            used = (Operation(*split_operation(name)) for name in self.known(boundary))
            self._used[boundary.id] = OperationIndex(used)
        return self._used[boundary.id]


def unlisted_operation(boundary: Boundary, operation: str, who: str, where: Where) -> Finding:
    """The finding for an operation that a test has and the boundary has not; `who` names it, as in `the contract has
    GET /x`."""
    verb = "receive" if boundary.style is Style.MESSAGE else "call"
    message = f"{who}, which {boundary.consumer} is not known to {verb}"
    declared = boundary.evidence[0].where if boundary.evidence else None
    return Finding("unlisted-operation", message, where, declared, boundary.id, operation)


def _split_for(boundary: Boundary, name: str) -> tuple[str, str]:
    method, path = split_operation(name)
    return ("PUBLISH" if boundary.style is Style.MESSAGE and method == "RPC" else method), path


def split_operation(name: str) -> tuple[str, str]:
    """Method and path of `POST /orders`, `shop.Users/Get` or `publish order.created`."""
    word, _, rest = name.strip().partition(" ")
    rest = rest.strip()
    if word in _MESSAGE_WORDS and rest:
        return _MESSAGE_WORDS[word], rest
    if word.isalpha() and (rest or word.isupper()):
        return word.upper(), rest
    return "RPC", name.strip()
