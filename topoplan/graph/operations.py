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
        for operation in operations:
            segments = _segments(operation.path)
            self._plain.setdefault((operation.method, operation.path), operation)
            self._templates[operation.method, len(segments)].append((segments, operation))
        for entries in self._templates.values():
            entries.sort(key=lambda entry: ([_is_variable(s) for s in entry[0]], entry[1].path))

    def __bool__(self) -> bool:
        return bool(self._plain)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation meant by `GET /users/8` or `GET /users/{id}`; None when nothing documented fits."""
        exact = self._plain.get((method, path))
        if exact is not None:
            return exact
        segments = _segments(path)
        for template, operation in self._templates.get((method, len(segments)), ()):
            if all(_fits(wanted, given) for wanted, given in zip(template, segments, strict=True)):
                return operation
        return None


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
