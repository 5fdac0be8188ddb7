"""Which channels a listener hears that listens to a pattern, as each broker defines its wildcards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from msgspec import Struct


class _Wildcards(Struct, frozen=True):
    """`one` stands for one word of a name, `many` for any number of them, from `least` on."""

    separator: str
    one: str
    many: str
    least: int


_WILDCARDS = {
    "amqp": _Wildcards(".", "*", "#", 0),  # RabbitMQ, topic exchanges
    "nats": _Wildcards(".", "*", ">", 1),  # NATS, subject-based messaging
    "jms": _Wildcards(".", "*", ">", 0),  # ActiveMQ, wildcards
    "mqtt": _Wildcards("/", "+", "#", 0),  # MQTT 5.0, section 4.7.1
}
_REGULAR = frozenset({"kafka", "pulsar"})
"""Brokers that take regular expressions; one begins with `^`, as librdkafka has it."""
_ONE, _MANY = "?", "*"
_PIECE = re.compile(
    r"(?P<any>\.|\\[wdS]|\[[^\[\]\\]{1,60}\])(?P<times>[*+]?)"
    r"|\\(?P<escaped>[^\w])|(?P<plain>[\w\-/:])"
)


def is_pattern(protocol: str, channel: str) -> bool:
    """Whether a listener on `channel` hears channels of other names."""
    wild = _WILDCARDS.get(protocol)
    if wild is not None:
        return not {wild.one, wild.many}.isdisjoint(channel.split(wild.separator))
    return channel.startswith("^") if protocol in _REGULAR else protocol == "redis" and "*" in channel


def hears(protocol: str, pattern: str, channel: str) -> bool:
    """Whether what is sent to `channel` reaches a listener on `pattern`."""
    wild = _WILDCARDS.get(protocol)
    if wild is not None:
        words = pattern.split(wild.separator)
        asked = [_MANY if w == wild.many else _ONE if w == wild.one else f"={w}" for w in words]
        if wild.least and _MANY in asked:
            asked.insert(asked.index(_MANY), _ONE)
        return _fits(asked, [f"={w}" for w in channel.split(wild.separator)])
    if protocol in _REGULAR:
        simple = _simple(pattern)
        return simple is not None and _fits(simple, [f"={char}" for char in channel])
    return fnmatchcase(channel, pattern)


def _fits(asked: Sequence[str], given: Sequence[str]) -> bool:
    """Whether a sequence passes a pattern; in time proportional to the product of both lengths."""
    reached = {0}
    for item in asked:
        if item == _MANY:
            reached = set(range(min(reached), len(given) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if at < len(given) and item in (_ONE, given[at])}
    return len(given) in reached


def _simple(pattern: str) -> list[str] | None:
    """A regular expression of plain characters, sets and their repetitions, a set read as any character; None for any
    other: it is not run, since it was written by whoever wrote the code."""
    text, found, at = pattern.removeprefix("^").removesuffix("$"), list[str](), 0
    while at < len(text):
        match = _PIECE.match(text, at)
        if match is None:
            return None
        if match["any"]:
            found += {"": [_ONE], "+": [_ONE, _MANY], "*": [_MANY]}[match["times"]]
        else:
            found.append("=" + (match["escaped"] or match["plain"]))
        at = match.end()
    return found
