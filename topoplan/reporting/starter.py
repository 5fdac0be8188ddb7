"""A first topoplan.yaml from what was found, with everything but the system's name commented out.

Lines that start with `##` are prose, lines that start with `# ` are settings: without that mark they say what topoplan
found by itself, so that a person corrects a guess in place instead of writing it anew.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from topoplan.graph.names import exact_key
from topoplan.model.facts import NodeKind, Style
from topoplan.model.phrases import counted
from topoplan.model.text import clean
from topoplan.model.topology import Service, Topology

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*\Z")
_SPECIAL_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off", "y", "n"})
_JOURNEY_LENGTH = 4
_REASON_LIMIT = 120


def starter_config(topology: Topology, system: str) -> str:
    """The text of topoplan.yaml for this topology; loading it changes nothing but the system's name.

    It holds names, kinds and the reasons of joins, and no value read from a file's settings.
    """
    return "\n".join([*_head(topology, system), *_inputs(), *_services(topology), *_journeys(topology)]) + "\n"


def _head(topology: Topology, system: str) -> Iterator[str]:
    yield "## topoplan.yaml: what you know better than your files."
    nodes, boundaries = counted(len(topology.services), "node"), counted(len(topology.boundaries), "boundary")
    yield f"## Written from {nodes} and {boundaries}."
    yield "## Lines that start with `# ` are switched off; what they say was found or is an example."
    yield "## Take the mark away from a section and correct what is wrong. Leave out what is right."
    yield ""
    yield f"system: {quoted(system)}"


def _inputs() -> Iterator[str]:
    yield ""
    yield "## Files not to read, in gitignore syntax."
    yield "# exclude:"
    yield '#   - "examples/**"'


def _services(topology: Topology) -> Iterator[str]:
    yield ""
    yield "## Services, by name. `aliases` are further names that were taken to mean the service, with the reason;"
    yield "## a wrong one goes to `not_aliases`. Also: owner, criticality (critical, high, medium, low), folders,"
    yield "## specs, repository, and `ignore: true` to leave a service out."
    if topology.services:
        yield "# services:"
    bearers = Counter(exact_key(service.name) for service in topology.services)
    told: set[str] = set(bearers)
    for service in topology.services:
        if bearers[exact_key(service.name)] == 1:
            yield f"#   {quoted(service.name)}:"
            yield f"#     kind: {service.kind}"
            yield from _aliases(service, told)
    for name in sorted(name for name, number in bearers.items() if number > 1):
        yield f"##  {_comment(name)}: {bearers[name]} services; said here, it would join them to one"


def _aliases(service: Service, told: set[str]) -> Iterator[str]:
    """Each name once in the whole file, since it can mean one service only; those written are added to `told`."""
    joins = {exact_key(join.name): join for join in reversed(service.joins) if exact_key(join.name) not in told}
    told.update(joins)
    if joins:
        yield "#     aliases:"
    for key in sorted(joins):
        yield f"#       - {quoted(joins[key].name)}  # {_comment(joins[key].reason)}"


def _journeys(topology: Topology) -> Iterator[str]:
    yield ""
    yield "## Paths that users see, and how much each matters: money, compliance, high, normal or low."
    yield "# journeys:"
    yield "#   example:"
    path = _longest_path(topology)
    yield f"#     services: [{', '.join(quoted(name) for name in path)}]"
    yield "#     criticality: normal"


def _longest_path(topology: Topology) -> list[str]:
    """Names along one synchronous path of up to four services: the longest, then the first by id."""
    kinds = {s.id: s.kind for s in topology.services}
    calls: dict[str, list[str]] = {s.id: [] for s in topology.services}
    for boundary in topology.boundaries:
        if boundary.style is Style.SYNC and kinds.get(boundary.provider) in (NodeKind.SERVICE, NodeKind.GATEWAY):
            calls.setdefault(boundary.consumer, []).append(boundary.provider)
    best: list[str] = []
    for start in sorted(calls):
        path = [start]
        while len(path) < _JOURNEY_LENGTH:
            ahead = [node for node in sorted(calls.get(path[-1], ())) if node not in path]
            if not ahead:
                break
            path.append(max(ahead, key=lambda node: (len(calls.get(node, ())), node)))
        if len(path) > len(best):
            best = path
    return [topology.service(node).name for node in best]


def quoted(text: str) -> str:
    """`text` as a YAML scalar that reads back as the same text; plain where that is safe."""
    if _PLAIN.match(text) and text.lower() not in _SPECIAL_WORDS:
        return text
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    code = ord(character)
    if 0x20 <= code < 0x7F or (0xA0 <= code < 0xD800) or (0xE000 <= code < 0xFFFE and code != 0xFEFF):
        return character
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _comment(text: str) -> str:
    """`text` without the characters YAML allows nowhere but escaped; a comment has no escapes."""
    return "".join(c for c in clean(text, _REASON_LIMIT) if c in '"\\' or _escaped(c) == c)
