"""Decides which host names in traces may stand for a party."""

from __future__ import annotations

import re
from functools import lru_cache

from topoplan.model.text import clean
from topoplan_importers.addresses import authority
from topoplan_importers.hosts import is_ip, is_loopback

_NAME = re.compile(r"(?=[^.]*[a-z_])[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_])?")
_PLAIN = re.compile(r"[A-Za-z][\w+.-]*://([\w.-]+)(?::[0-9]{0,5})?")
_SCHEME = len("http://")
_URL = re.compile(r"[A-Za-z][\w+.-]*://(.*)", re.DOTALL)


@lru_cache(maxsize=4096)
def host_name(text: str) -> str:
    """The lower-case host name in `text` (a host, or host and port), without port and final dot; empty when it is an IP
    address, this machine's own name, or no host name at all."""
    host = text.strip().lower()
    if host.count(":") == 1:
        host = host.partition(":")[0]
    host = host.rstrip(".")
    return host if _NAME.fullmatch(host) and not is_ip(host) and not is_loopback(host) else ""


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
    unfit = name.startswith("/") or is_ip(lower) or is_loopback(lower) or "::" in name
    return "" if unfit or not any(map(str.isalpha, name)) else name


def host_of_url(url: str) -> str:
    """The host name of a URL under the same rules; empty when there is none, or credentials are malformed."""
    match = _URL.match(url)
    return host_name(authority(match[1]) or "") if match else ""


def path_of_url(url: str) -> str:
    """The path of a URL, `/` when it has none, or when what stands before it is no host: then a password with an
    unescaped slash may have been cut, and the rest of it would be taken for a path."""
    rest = url.partition("://")[2] or url
    host, slash, path = rest.partition("?")[0].partition("#")[0].partition("/")
    port = host.rpartition("@")[2].rpartition("]")[2].partition(":")[2]
    return slash + path if slash and (not port or port.isdigit()) else "/"


def host_and_path(url: str) -> tuple[str, str]:
    """What `host_of_url` and `path_of_url` say, at one look at a URL in which nothing can hide."""
    path = url.find("/", _SCHEME)
    host = _plain_host(url[:path]) if path > 0 and "@" not in url else None
    if host is None:
        return host_of_url(url), path_of_url(url)
    return host, url[path:].partition("?")[0].partition("#")[0]


@lru_cache(maxsize=4096)
def _plain_host(beginning: str) -> str | None:
    """The host name in a URL's scheme, host and port; None where they are not as plain as nearly all are."""
    plain = _PLAIN.fullmatch(beginning)
    return host_name(plain[1]) if plain else None
