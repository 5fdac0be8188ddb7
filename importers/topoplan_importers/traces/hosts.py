"""Decides which host names may stand for a party, and which of them lie outside the system."""

from __future__ import annotations

import re
from functools import lru_cache

from topoplan.model.text import clean

_NAME = re.compile(r"(?=[^.]*[a-z_])[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?")
_ADDRESS = re.compile(r"(\d{1,3}\.){3}\d{1,3}|(ip-)?\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}(\..*)?|ip6-.*|0x[0-9a-f]+")
_AUTHORITY = re.compile(r"[A-Za-z][\w+.-]*://(?:[^/?#]*@)?([^/?#]*)")
_THIS_MACHINE = frozenset({"localhost", "localhost.localdomain", "host.docker.internal", "host.minikube.internal"})

# The last label tells a public name from a cluster-internal one such as `ratings.shop`: every two-letter label is a
# country's (ISO 3166), and these are the generic ones in common use.
_PUBLIC_SUFFIXES = frozenset(
    ("com", "net", "org", "edu", "gov", "mil", "int", "info", "biz", "app", "dev", "cloud", "online", "tech", "xyz")
)


@lru_cache(maxsize=4096)
def host_name(text: str) -> str:
    """The lower-case host name in `text` (a host, or host and port), without port and final dot; empty when it is an IP
    address, this machine's own name, or no host name at all."""
    host = text.strip().lower()
    if host.count(":") == 1:
        host = host.partition(":")[0]
    host = host.rstrip(".")
    if not _NAME.fullmatch(host) or _ADDRESS.fullmatch(host):
        return ""
    return "" if host in _THIS_MACHINE or host.endswith(".localhost") else host


@lru_cache(maxsize=4096)
def party_name(text: str) -> str:
    """A name given on purpose, such as `peer.service`: kept as written unless it is an address, a path or a URL, of
    which the host name is taken."""
    name = clean(text)
    if "://" in name:
        return host_of_url(name)
    host, colon, port = name.partition(":")
    if colon and port.isdigit():
        name = host
    lower = name.lower()
    unfit = name.startswith("/") or _ADDRESS.fullmatch(lower) or lower in _THIS_MACHINE or "::" in name
    return "" if unfit or not any(map(str.isalpha, name)) else name


def host_of_url(url: str) -> str:
    """The host name of a URL under the same rules; empty when there is none."""
    authority = _AUTHORITY.match(url)
    return host_name(authority.group(1)) if authority else ""


def is_public(host: str) -> bool:
    """Whether a host name is one of the public DNS, so that its owner lies outside the analysed system."""
    _, dot, last = host.rpartition(".")
    return bool(dot) and (last in _PUBLIC_SUFFIXES or (len(last) == 2 and last.isalpha()))
