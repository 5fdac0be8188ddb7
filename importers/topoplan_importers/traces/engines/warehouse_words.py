"""What a span says, as one text that a database can tell apart and Python can read.

So that conventions are written down once: the database tells the different texts, few as they are, Python describes
each, and the database joins the descriptions to the spans.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from topoplan_importers.traces.conventions import WANTED, Signatures, criticality, failed, service_name
from topoplan_importers.traces.marks import TELLING, tells_of_test
from topoplan_importers.traces.sampling import SAMPLING, weigh
from topoplan_importers.traces.span import Attributes

ENTRY, VALUE, ESCAPE = "|", "=", "~"
ESCAPES = ((ESCAPE, "~0"), (ENTRY, "~1"))
"""In this order."""

ABOUT = ("kind", "name", "service", "criticality", "status", "state")
ATTRIBUTES = tuple(sorted(WANTED | SAMPLING))
KEYS = (*ABOUT, *ATTRIBUTES, *TELLING)
"""An entry is `|`, the place of its key here, `=` and the value. Empty values have none."""

_KINDS = ("", "internal", "server", "client", "producer", "consumer")
_PREFIX = "span_kind_"
_ERRORS = frozenset({"2", "error", "status_code_error"})

Description: TypeAlias = tuple[
    str, str, int, str, str, str, int, str, str, int, str, str, bool, str, str, bool, float, bool
]  # fmt: skip
DESCRIBED = {
    "said": "VARCHAR", "service": "VARCHAR", "role": "TINYINT", "protocol": "VARCHAR", "method": "VARCHAR",
    "path": "VARCHAR", "rank": "TINYINT", "peer": "VARCHAR", "peer_key": "VARCHAR", "resource": "TINYINT",
    "technology": "VARCHAR", "channel": "VARCHAR", "channel_is_template": "BOOLEAN", "step": "VARCHAR",
    "criticality": "VARCHAR", "failed": "BOOLEAN", "weight": "DOUBLE",
    "of_test": "BOOLEAN",
}  # fmt: skip
"""Columns of a description, the text first and last whether a test made the span, with their SQL types."""


class Describer:
    """Describes texts."""

    def __init__(self) -> None:
        self._signatures = Signatures()

    def describe(self, text: str) -> Description:
        """The columns of the span table that follow from what a span says."""
        about: dict[str, str] = {}
        found: Attributes = {}
        for key, value in _entries(text):
            if key in ABOUT or key in TELLING:
                about[key] = value
            else:
                found[key] = value
        kind = _kind(about.get("kind", ""))
        bad = failed(kind, found) or about.get("status", "").lower() in _ERRORS
        weight = weigh(found, about.get("state"))
        service, level = service_name(about.get("service")), criticality(about.get("criticality"))
        said = self._signatures.describe(service, level, kind, about.get("name", ""), found)
        return (
            text, said.service, int(said.role), said.protocol, said.method, said.path, int(said.rank), said.peer,
            said.peer_key, int(said.resource), said.technology, said.channel, said.channel_is_template, said.step,
            said.criticality, bad, weight, tells_of_test(about),
        )  # fmt: skip


def _entries(text: str) -> Iterator[tuple[str, str]]:
    for entry in text.split(ENTRY)[1:]:
        place, _, value = entry.partition(VALUE)
        for plain, escaped in reversed(ESCAPES):
            value = value.replace(escaped, plain)
        yield KEYS[int(place)], value


def _kind(text: str) -> str:
    kind = text.lower().removeprefix(_PREFIX)
    if kind.isdecimal():
        return _KINDS[int(kind)] if int(kind) < len(_KINDS) else ""
    return kind
