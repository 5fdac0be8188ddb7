"""What a gateway passes requests on to, as written, and the party that is meant by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

from topoplan.model.facts import CallFact, NodeKind, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.addresses import Address, find_addresses
from topoplan_importers.dapr import invoked_app
from topoplan_importers.hosts import is_ip, is_loopback, is_placeholder, is_public
from topoplan_importers.vocabulary import words

IMPORTER = "gateways"
VALUE_LIMIT = 2048
"""Characters of one target that are looked at."""

_PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][\w.\-]{0,120})(?::[-=]?([^{}]{0,500}))?\}")
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|\$|<%")
_ROLE_WORDS = words(
    "host hostname addr address url uri endpoint upstream backend server svc name target port service api http https",
    "proxy pass base",
)
_HTTP_SCHEMES = words("http https lb h2c")
_MAX_FILLS = 8
"""Placeholders in placeholders that are followed."""


class Target(Struct, frozen=True, order=True):
    """One address that requests are passed on to: a URL, `host:port` or a host, with `${NAME}` where it is filled in
    when the gateway starts. `protocol` is empty unless the directive itself tells."""

    value: str
    where: Where
    rule: str
    protocol: str = ""


def calls(target: Target, consumer: Party, values: Mapping[str, str]) -> Iterator[CallFact]:
    """The calls a target stands for. `values` fill its placeholders; one that nobody fills names its service by its
    own name at best (`CART_HOST`), which is less certain."""
    text, guessed = _filled(target.value[:VALUE_LIMIT], values)
    if _TEMPLATE.search(text):
        return
    trust = Confidence.MEDIUM if guessed else Confidence.HIGH
    invoked = invoked_app(text)
    for address in (Address(invoked, 0, "http"),) if invoked else find_addresses(text):
        party = provider(address)
        if party is not None:
            evidence = Evidence(
                IMPORTER, target.where, Basis.DECLARED, trust, target.rule, clean(f"passes requests to {party.name}")
            )
            yield CallFact(consumer, party, Style.SYNC, target.protocol or _protocol(address), evidence)


def provider(address: Address) -> Party | None:
    """The party an address means; None for the machine itself, an IP address or a stand-in."""
    host = address.host
    if is_loopback(host) or is_ip(host) or is_placeholder(host) or host.startswith("unix"):
        return None
    return Party(clean(host), "", NodeKind.EXTERNAL if is_public(host) else None)


def _protocol(address: Address) -> str:
    if address.scheme in _HTTP_SCHEMES or (not address.scheme and address.port == 0):
        return "http"
    spoken = technologies.call_protocol(address.scheme, address.port)
    return "http" if spoken == "tcp" and address.scheme != "tcp" else spoken


def _filled(text: str, values: Mapping[str, str]) -> tuple[str, bool]:
    """`text` with its placeholders filled in, and whether one had to be guessed by its name."""
    guessed = False

    def fill(match: re.Match[str]) -> str:
        nonlocal guessed
        name, default = match[1], match[2]
        if name in values:
            return values[name]
        if default is not None:
            return default
        if name.lower().endswith("port"):
            return ""
        guessed = True
        return named_by(name)

    for _ in range(_MAX_FILLS):
        text, count = _PLACEHOLDER.subn(fill, text[:VALUE_LIMIT])
        if not count:
            break
    return text.removesuffix(":"), guessed


def named_by(variable: str) -> str:
    """The service a variable for a host is called after: `CART_HOST` and `cart.service.url` mean `cart`. Empty when
    its name says nothing but that it is a host."""
    parts = [w for w in re.split(r"[_.\-]+", variable.lower()) if w]
    while parts and parts[-1] in _ROLE_WORDS:
        parts.pop()
    return "-".join(parts)
