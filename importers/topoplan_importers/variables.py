"""What the name of a variable, option or property says of the address in its value.

`ORDERS_URL=http://orders` is a call, `CORS_ORIGINS=http://shop` is not, `DB_NAME=orders` names no host at all. The
same reading serves environment variables, command-line options, JVM properties and secrets of every format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from msgspec import Struct
from msgspec.structs import replace

from topoplan_importers.addresses import TEXT_LIMIT, Address, find_addresses
from topoplan_importers.vocabulary import words


class Purpose(Enum):
    """What somebody does with an address."""

    CALL = "call"
    SHOW = "show"
    """Handed on to people or browsers, or compared with: public URLs, issuers, links in mails."""
    NONE = "none"
    """No call at all: CORS origins, redirects, listeners, names of topics, images and users."""


class Reference(Struct, frozen=True, order=True):
    """One address under one name. `hostlike`: the name asks for a host, so a bare word is one."""

    key: str
    address: Address
    hostlike: bool
    shown: bool
    grpc: bool


_TOKENS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NEVER = words(
    "cors origin origins redirect redirects callback callbacks advertised csrf listen listener listeners",
    "whitelist allowlist dockerfile topic topics bind noproxy referer referrer",
)
_NEVER_PAIRS = frozenset(
    pair
    for first, seconds in (
        ("no", "proxy"), ("allowed", "hosts host"), ("trusted", "hosts proxies"), ("virtual", "host"),
        ("letsencrypt", "host"), ("resource", "attributes"), ("service", "name"), ("server", "name"),
        ("instance", "hostname"), ("aspnetcore", "urls"),
    )
    for pair in ((first, second) for second in seconds.split())
)  # fmt: skip
# A variable that ends so holds no address, whatever its value looks like (`IMAGE=redis:7`, a password with a colon).
_NEVER_LAST = words(
    "password passwd pass pwd secret token key credentials credential salt license cert image tag version",
)
_WORD_LAST = words(
    "user username name names database db dbname queue queues exchange group groups realm schema table bucket",
    "profile profiles mode type driver dialect version level title email vhost prefix suffix path file dir id",
    "label labels role roles env environment platform stage region zone namespace format protocol engine provider",
    "strategy policy",
)
_SHOWN = words("public external issuer homepage website browser docs documentation logout display")
_SHOWN_PAIRS = frozenset(
    (first, last)
    for first in words("frontend app root site self website portal domain canonical")
    for last in ("url", "uri")
)
_HOST_WORDS = words(
    "host hosts hostname hostnames server servers addr addrs address addresses url urls uri uris endpoint",
    "endpoints broker brokers node nodes seeds points peers peer upstream upstreams backend backends target",
    "targets connection connectionstring connect dsn bootstrap baseurl serverurl proxy router service svc api",
)
_HOST_LAST_ONLY = words("proxy router service svc api target targets connection connect backend backends")
_PAIR = re.compile(r"(?:^|\s)(?:-D|--?)?([A-Za-z][\w.\-]{1,120})=(\"[^\"]*\"|'[^']*'|\S+)")
_DASHED = re.compile(r"(?:^|\s)(?:-D|--)([A-Za-z][\w.\-]{1,120})=(\"[^\"]*\"|'[^']*'|\S+)")
_OPTION = re.compile(r"(?:^|\s)--?([A-Za-z][\w.\-]{0,120})\s+(?!-)(\S+)")


_HOST_END = re.compile(r"(HOST|HOSTNAME|ADDR|ADDRESS|SERVER)$", re.IGNORECASE)


@lru_cache(maxsize=4096)
def words_of(name: str) -> tuple[str, ...]:
    """`ORDER_serviceUrl` → `order`, `service`, `url`."""
    return tuple(t.lower() for t in _TOKENS.findall(name[:200]))


def purpose_of(name: str) -> Purpose:
    """What the address under this name is for, by its words alone."""
    parts = words_of(name)
    if (
        _NEVER.intersection(parts)
        or _NEVER_PAIRS.intersection(pairwise(parts))
        or (parts[-1:] and parts[-1] in _NEVER_LAST)
    ):
        return Purpose.NONE
    if _SHOWN.intersection(parts) or parts[-2:] in _SHOWN_PAIRS:
        return Purpose.SHOW
    return Purpose.CALL


def names_host(name: str) -> bool:
    """Whether a bare word under this name is a host."""
    parts = [w for w in words_of(name) if not w.isdigit()]
    if not parts or parts[-1] in _WORD_LAST:
        return False
    return parts[-1] in _HOST_WORDS or any(w in _HOST_WORDS - _HOST_LAST_ONLY for w in parts[-3:-1])


def references(name: str, value: str) -> Iterator[Reference]:
    """Addresses in the value of one variable that somebody may call. A value that holds further pairs
    (`JAVA_OPTS=-Ddb.host=db`) is read pair by pair, each under its own name."""
    if purpose_of(name) is Purpose.NONE:
        return
    yield from _nested(_DASHED, value)
    yield from _under(name, _DASHED.sub(" ", value))


def command_references(line: tuple[str, ...]) -> Iterator[Reference]:
    """Addresses in the words of a command line, each under the option it follows, else under no name."""
    text = " ".join(line)[:TEXT_LIMIT]
    yield from _nested(_PAIR, text)
    for match in _OPTION.finditer(text):
        if purpose_of(match[1]) is not Purpose.NONE:
            yield from _under(match[1], match[2])
    plain = _OPTION.sub(" ", _PAIR.sub(" ", text))
    yield from (r for r in _under("", plain) if not r.address.bare)


def with_port(reference: Reference, name: str, values: Mapping[str, str]) -> Reference:
    """The bare host of a variable `X_HOST` completed by the port in `X_PORT`, if `values` has one."""
    beside = _HOST_END.sub(lambda end: "port" if end[0].islower() else "PORT", name)
    port = values.get(beside, "") if reference.address.bare else ""
    if not port.isdecimal() or len(port) > 5:
        return reference
    return replace(reference, address=replace(reference.address, port=int(port)))


def _nested(pair: re.Pattern[str], text: str) -> Iterator[Reference]:
    for match in pair.finditer(text[:TEXT_LIMIT]):
        if purpose_of(match[1]) is not Purpose.NONE:
            yield from _under(match[1], match[2].strip("\"'"))


def _under(name: str, value: str) -> Iterator[Reference]:
    parts = words_of(name)
    hostlike = names_host(name)
    for address in find_addresses(value):
        if hostlike or not address.bare:
            yield Reference(name, address, hostlike, purpose_of(name) is Purpose.SHOW, "grpc" in parts)
