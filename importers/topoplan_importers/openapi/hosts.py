"""Hosts in URLs: which parties a specification names, and which of them are only placeholders."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from typing import Any

from topoplan_importers.addresses import authority
from topoplan_importers.hosts import is_ip, is_loopback, is_placeholder
from topoplan_importers.references import Node

_REMOTE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//(.*)", re.DOTALL)
_VARIABLE = re.compile(r"\{([^{}]*)\}")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")


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
    """The host name a URL really means, lower case; None for a relative URL, a template, an IP address, this machine,
    a placeholder such as `api.example.com`, and a URL with malformed credentials."""
    match = _REMOTE.match(url) if isinstance(url, str) else None
    named = authority(match[1]) if match else None
    host = (named or "").partition(":")[0].rstrip(".").lower()
    if not _HOST.fullmatch(host) or host.replace(".", "").isdigit():
        return None
    return None if is_ip(host) or is_loopback(host) or is_placeholder(host) else host


def path_of(url: str) -> str:
    """The path of an absolute or relative URL, without query and trailing slash; empty for the root, and where
    credentials are malformed."""
    match = _REMOTE.match(url)
    if match and authority(match[1]) is None:
        return ""
    path = re.split(r"[?#]", match[1] if match else url, maxsplit=1)[0]
    if match:
        path = path.partition("/")[2]
    return ("/" + path.removeprefix(".").lstrip("/")).rstrip("/")


def _default(server: Node, match: re.Match[str]) -> str:
    value = server.child("variables").child(match[1]).child("default").value
    return str(value) if isinstance(value, (str, int, float)) else match[0]
