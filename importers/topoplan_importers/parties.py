"""What a reference in a setting says of the two sides of a call, the same for every importer of configuration."""

from __future__ import annotations

import re

from msgspec import Struct

from topoplan.model.facts import NodeKind, Party, Style
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.hosts import is_ip, is_placeholder, is_public
from topoplan_importers.technologies import Technology
from topoplan_importers.variables import Reference
from topoplan_importers.vocabulary import words

_OWN_NAME = words(
    "OTEL_SERVICE_NAME JAEGER_SERVICE_NAME ZIPKIN_SERVICE_NAME DD_SERVICE ELASTIC_APM_SERVICE_NAME",
    "NEW_RELIC_APP_NAME SPRING_APPLICATION_NAME QUARKUS_APPLICATION_NAME MICRONAUT_APPLICATION_NAME",
)
_OWN_ATTRIBUTE = re.compile(r"(?:^|,)\s*service\.name=([^,]+)")


class Outside(Struct, frozen=True):
    """A party nobody defines, and how it is spoken to."""

    party: Party
    style: Style
    protocol: str


def outside(reference: Reference) -> Outside | None:
    """The party behind an address no analysed service answers to; None when nobody can be meant by it."""
    address = reference.address
    if reference.shown or is_ip(address.host) or is_placeholder(address.host):
        return None
    product = technologies.by_scheme(address.scheme) or (
        technologies.by_port(address.port) if not address.scheme else None
    )
    public = is_public(address.host)
    if not address.scheme and not (reference.hostlike and (address.port or public)):
        return None
    kind = NodeKind.EXTERNAL if public else product.kind if product else None
    party = Party(clean(address.host), "", kind, product.name if product else "")
    spoken = product.protocol if product else technologies.call_protocol(address.scheme, address.port)
    return Outside(party, Style.RESOURCE if product and product.kind else Style.SYNC, spoken)


def protocol(reference: Reference, technology: Technology | None, *, resource: bool) -> str:
    """How a reference speaks to a known party, whose product is `technology`; `resource`: to a store or broker."""
    address = reference.address
    if resource:
        product = technology or technologies.by_scheme(address.scheme) or technologies.by_port(address.port)
        return product.protocol if product else "tcp"
    return "grpc" if reference.grpc else technologies.call_protocol(address.scheme, address.port)


def own_name(variable: str, value: str) -> str:
    """The name a program tells tracing, when this variable gives it one; else empty."""
    if variable in _OWN_NAME:
        return value.strip()
    match = _OWN_ATTRIBUTE.search(value) if variable == "OTEL_RESOURCE_ATTRIBUTES" else None
    return match[1].strip() if match else ""
