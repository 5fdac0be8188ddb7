"""Hosts in URLs: which parties a specification names, and which of them are only placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from topoplan_importers.openapi.references import Node

_AUTHORITY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(?:[^/?#@]*@)?(\[[^\]]*\]|[^/?#:]*)(?::[^/?#]*)?")
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_PRIVATE_TLDS = frozenset(
    {"cluster", "consul", "corp", "default", "docker", "home", "internal", "intranet", "lan", "local", "localdomain",
     "svc"}
)  # fmt: skip
_PLACEHOLDERS = frozenset(
    {"example", "example.com", "example.net", "example.org", "invalid", "localhost", "test",  # RFC 2606, RFC 6761
     "pstmn.io", "stoplight.io", "swagger.io", "swaggerhub.com",  # mock servers and demonstrations
     "host", "hostname", "domain.com", "mydomain.com", "your-domain.com", "yourdomain.com"}
)  # fmt: skip


def server_urls(holder: Node) -> Iterator[str]:
    """URLs of the `servers` of a document, path item or operation, variables replaced by their defaults."""
    for server in holder.child("servers").items():
        url = server.child("url").value
        if isinstance(url, str):
            yield _VARIABLE.sub(partial(_default, server), url)


def swagger_url(root: Node) -> str:
    """The one server of a Swagger 2.0 document, as a URL; relative when it names no host."""
    host, base = root.child("host").value, root.child("basePath").value
    path = base if isinstance(base, str) else ""
    return f"//{host}/{path.lstrip('/')}" if isinstance(host, str) and host else path


def host_of(url: Any) -> str | None:
    """The host name a URL really means, lower case; None for a relative URL, a template, an IP address, `localhost`
    or a placeholder such as `api.example.com`."""
    match = _AUTHORITY.match(url) if isinstance(url, str) else None
    host = match[1].rstrip(".").lower() if match else ""
    if not _HOST.fullmatch(host) or host.replace(".", "").isdigit():
        return None
    labels = host.split(".")
    endings = {".".join(labels[-count:]) for count in (1, 2)}
    return None if endings & _PLACEHOLDERS else host


def path_of(url: str) -> str:
    """The path of an absolute or relative URL, without query and trailing slash; empty for the root."""
    match = _AUTHORITY.match(url)
    path = re.split(r"[?#]", url[match.end() :] if match else url, maxsplit=1)[0]
    return ("/" + path.removeprefix(".").lstrip("/")).rstrip("/")


def is_public(host: str) -> bool:
    """A fully qualified name outside clusters and private networks."""
    tld = host.rpartition(".")[2]
    return "." in host and tld.isalpha() and tld not in _PRIVATE_TLDS and ".svc." not in host


def _default(server: Node, match: re.Match[str]) -> str:
    value = server.child("variables").child(match[1]).child("default").value
    return str(value) if isinstance(value, (str, int, float)) else match[0]
