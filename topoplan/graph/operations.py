"""Which documented operation a called path means: the most specific template wins (OpenAPI 3.1, Paths Object)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from topoplan.model.operation import Operation


class OperationIndex:
    """Looks up a provider's documented operations by method and concrete or templated path."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._plain: dict[tuple[str, str], Operation] = {}
        self._templates: dict[tuple[str, int], list[tuple[tuple[str, ...], Operation]]] = defaultdict(list)
        self._rpcs: dict[str, list[Operation]] = defaultdict(list)
        self._kinds: set[str] = set()
        for operation in operations:
            self._kinds.add(_kind(operation.method))
            if operation.method == "RPC":
                self._rpcs[_unqualified(operation.path)].append(operation)
            segments = _segments(operation.path)
            self._plain.setdefault((operation.method, operation.path), operation)
            self._templates[operation.method, len(segments)].append((segments, operation))
        for entries in self._templates.values():
            entries.sort(key=lambda entry: ([_is_variable(s) for s in entry[0]], entry[1].path))

    def speaks_of(self, method: str) -> bool:
        """Whether the provider documents operations of this kind at all: calls over HTTP, RPCs or messages."""
        return _kind(method) in self._kinds

    def find(self, method: str, path: str) -> Operation | None:
        """The operation meant by `GET /users/8` or `GET /users/{id}`; None when nothing documented fits."""
        exact = self._plain.get((method, path))
        if exact is not None:
            return exact
        if method == "RPC":
            alike = self._rpcs.get(_unqualified(path), ())
            return alike[0] if len(alike) == 1 else None
        segments = _segments(path)
        for template, operation in self._templates.get((method, len(segments)), ()):
            if all(_fits(wanted, given) for wanted, given in zip(template, segments, strict=True)):
                return operation
        return None


def _unqualified(path: str) -> str:
    """`Users/Get` of `shop.v1.Users/Get`: tracers put prefixes of their own before the package, or leave it out."""
    service, slash, rpc = path.rpartition("/")
    return service.rpartition(".")[2] + slash + rpc


def _kind(method: str) -> str:
    """`MESSAGE` is a kind of its own: without a channel it tells of no channel whether it is documented."""
    return {"PUBLISH": "message", "RECEIVE": "message", "MESSAGE": "record", "RPC": "rpc"}.get(method, "http")


def _segments(path: str) -> tuple[str, ...]:
    return tuple(path.rstrip("/").split("/"))


def _is_variable(segment: str) -> bool:
    return "{" in segment


def _fits(template: str, segment: str) -> bool:
    if not _is_variable(template):
        return template == segment
    if template.startswith("{") and template.endswith("}"):
        return bool(segment)
    prefix, _, rest = template.partition("{")
    suffix = rest.rpartition("}")[2]
    return _is_variable(segment) or (segment.startswith(prefix) and segment.endswith(suffix))
