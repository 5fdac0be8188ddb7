"""Which operation of a boundary test evidence means by a method and a concrete path, or by a name written by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile

from topoplan.graph.operations import OperationIndex
from topoplan.model.coverage import Finding
from topoplan.model.facts import Style
from topoplan.model.operation import Operation, operation_id
from topoplan.model.place import Where
from topoplan.model.topology import Boundary, Topology

HTTP_METHODS = ("GET", "PUT", "POST", "DELETE", "OPTIONS", "HEAD", "PATCH", "TRACE")
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
        self._bases = {service.id: _bases(service.operations) for service in topology.services}
        self._used: dict[str, OperationIndex] = {}

    def offered(self, provider: str) -> OperationIndex:
        """What a consumer can hold the provider to: its documented HTTP operations, RPCs and published messages."""
        return self._offered[provider]

    def known(self, boundary: Boundary) -> tuple[str, ...]:
        """Ids of the boundary's operations, sorted; none for a resource, whose commands are no interface."""
        return () if boundary.style is Style.RESOURCE else tuple(sorted(o.id for o in boundary.operations))

    def path(self, boundary: Boundary, method: str, path: str) -> str:
        """The full path that a test means. One that is told the provider's base URL leaves its path out."""
        path = path.partition("?")[0]
        if method == "PUBLISH":
            return path or boundary.channel
        documented = self._documented[boundary.provider]
        if method not in HTTP_METHODS or documented.find(method, path) or _is_offered(documented, path):
            return path
        bases = self._bases[boundary.provider]
        return next((base + path for base in bases if _is_offered(documented, path, base)), path)

    def id_of(self, boundary: Boundary, method: str, path: str) -> str:
        """The id of an operation as the boundary lists it, else as the provider documents it, else as it is told."""
        path = self.path(boundary, method, path)
        told = operation_id(method, path)
        if told in self.known(boundary):
            return told
        found = self._documented[boundary.provider].find(method, path) or self._index(boundary).find(method, path)
        return found.id if found else told

    def ids(
        self, boundary: Boundary, written: Sequence[str], contracted: Sequence[str] = ()
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Operations written by hand, in two parts: ids the boundary lists (all when it lists none), and others. Those
        in `contracted` stand in where the boundary lists none itself."""
        known = self.known(boundary) or tuple(contracted)
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


def _is_offered(documented: OperationIndex, path: str, base: str = "") -> bool:
    """Whether any method is documented there. Behind a base, what follows it must be there by name: in `/orders/{id}`
    anything at all would fit."""
    offered = (documented.find(method, base + path) for method in HTTP_METHODS)
    return any(found and not (base and found.path[len(base) + 1 :].startswith("{")) for found in offered)


def _bases(operations: Iterable[Operation]) -> tuple[str, ...]:
    """Leading segments that all documented paths share, the shortest first: `/api`, `/api/v1`."""
    paths = [operation.path.split("/")[1:-1] for operation in operations if operation.method in HTTP_METHODS]
    shared = list(takewhile(lambda found: len(set(found)) == 1 and "{" not in found[0], zip(*paths, strict=False)))
    return tuple("".join(f"/{found[0]}" for found in shared[:length]) for length in range(1, len(shared) + 1))


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
