"""Finds the hosts that a configuration value names, and only them: never user, password, path or query.

A value with credentials that are not escaped as RFC 3986 asks names nobody: a piece of them might pass for a host.

Knows URLs of any scheme (also lists in one authority: `mongodb://a,b/db`), JDBC and R2DBC, Oracle thin and TNS-free
forms, key-value connection strings (`Server=tcp:db,1433`, `host=db port=5432`), Go's `tcp(db:3306)`, `host:port`
lists and lists of bare host names.
"""

from __future__ import annotations

import re

from msgspec import Struct

from topoplan_importers.hosts import is_ip

TEXT_LIMIT = 65_536
"""Characters of one value that are looked at; no address starts later in real files."""
ADDRESS_LIMIT = 64
"""Most addresses taken from one value."""


class Address(Struct, frozen=True, order=True):
    """A host as written, lower case. `port` 0 and `scheme` "" mean not said. The scheme is stripped of wrappers and
    drivers: `jdbc:postgresql` and `postgresql+asyncpg` are both `postgresql`."""

    host: str
    port: int = 0
    scheme: str = ""

    @property
    def bare(self) -> bool:
        """A lone host name: only the name of its variable can tell it from any other word."""
        return not self.port and not self.scheme


_HOST = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,252}[A-Za-z0-9_])?\.?"
_URL = re.compile(
    r"""((?:[A-Za-z][A-Za-z0-9_+.-]{0,40}:){0,4}[A-Za-z][A-Za-z0-9_+.-]{0,40})://([^\s"'<>()|\\]{1,4096})"""
)
_NEXT_URL = re.compile(r"[,;](?=(?:[A-Za-z][A-Za-z0-9_+.-]{0,40}:){0,4}[A-Za-z][A-Za-z0-9_+.-]{0,40}://)")
_CUT = re.compile(r"(?:(?!://)\S){1,256}@")
_CREDENTIALS = re.compile(r"[?&;] ?(?:user(?:name| id)?|uid|password|pwd)=", re.IGNORECASE)
_PORT = re.compile(r"\d{0,5}|[${%].*", re.DOTALL)  # a number, or a template for one
_THIN = re.compile(rf"jdbc:oracle:[a-z]+:@(?://)?({_HOST})(?::(\d{{1,5}}))?", re.IGNORECASE)
_TNS = re.compile(rf"\(\s*HOST\s*=\s*({_HOST})\s*\)(?:\s*\(\s*PORT\s*=\s*(\d{{1,5}})\s*\))?", re.IGNORECASE)
_DSN = re.compile(rf"(?:^|(?<=\s))\S*@(?:tcp|tcp4|tcp6)\(({_HOST})(?::(\d{{1,5}}))?\)")
_PAIRED = re.compile(
    r"(?:^|[;\s])(?:server|data source|datasource|host|hostname|(?:network )?address|addr|bootstrap\.?servers)"
    r"\s*=\s*(?:tcp:|np:|lpc:)?([^;\s]{1,1024})",
    re.IGNORECASE,
)
_PAIRED_PORT = re.compile(r"(?:^|[;\s])port\s*=\s*(\d{1,5})\b", re.IGNORECASE)
_SPLIT = re.compile(r"""[\s,;|"'`()\[\]{}<>]+""")
_HOST_PORT = re.compile(rf"({_HOST}):(\d{{1,5}})(?:/.*)?")
_BARE = re.compile(_HOST)
_WRAPPERS = frozenset(
    {"jdbc", "r2dbc", "pool", "aws-wrapper", "p6spy", "tc", "failover", "static", "discovery", "log4jdbc"}
)


def find_addresses(value: str) -> tuple[Address, ...]:
    """Addresses in `value`, in order of appearance, each once. Bare host names only when the value is nothing but a
    list of them. Loopback names and IP literals are returned; wildcards and unfilled templates are not."""
    text = value[:TEXT_LIMIT].strip().strip("\"'")
    found: list[Address] = []
    rest = text
    for pattern in (_THIN, _TNS, _DSN):
        for match in pattern.finditer(rest):
            found += _address(match[1], match[2] or "", "" if pattern is _DSN else "oracle")
        rest = pattern.sub(" ", rest)
    for match in _URL.finditer(rest) if "://" in rest else ():
        if _CUT.match(rest, match.end()):  # a quote or bracket in a password
            return ()
        for part in _NEXT_URL.split(match[0]):
            scheme, _, tail = part.partition("://")
            named = authority(tail)
            if named is None:
                return ()
            found += _hosts(_scheme(scheme), named)
    rest = _URL.sub(" ", rest)
    if "=" in rest:
        port = _PAIRED_PORT.search(rest)
        for match in _PAIRED.finditer(rest):
            found += _paired(match[1], port[1] if port else "")
        rest = _PAIRED.sub(" ", rest)
    for token in _SPLIT.split(rest):
        pair = _HOST_PORT.fullmatch(token.rpartition("@")[2])
        if pair and "=" not in token:  # `password=abc:80` is no address; pairs are read under their own names
            found += _address(pair[1], pair[2], "")
    if not found:
        found += _bare_list(text)
    return tuple(dict.fromkeys(found))[:ADDRESS_LIMIT]


def authority(tail: str) -> str | None:
    """Hosts and ports in what follows the `//` of a URL. None when it may hold a piece of a password: an `@` behind
    it, or a second one, or a port that is none, means that credentials are not escaped. Credentials given as
    parameters are no part of it."""
    if _CREDENTIALS.search(tail):
        tail = re.split(r"[?;]", tail, maxsplit=1)[0]
    head = re.split(r"[/?#;]", tail, maxsplit=1)[0]
    named = head.rpartition("@")[2]
    if tail.count("@") != head.count("@") or head.count("@") > 1:
        return None
    return named if all(_PORT.fullmatch(_split(part)[1]) for part in named.split(",")) else None


def _scheme(text: str) -> str:
    words = [w for w in text.lower().split(":") if w not in _WRAPPERS]
    return words[0].partition("+")[0] if words else ""


def _hosts(scheme: str, named: str) -> list[Address]:
    found: list[Address] = []
    for part in named.split(","):
        host, port = _split(part)
        found += _address(host, port, scheme)
    return found


def _split(part: str) -> tuple[str, str]:
    """Host and port of one part of an authority."""
    if part.startswith("["):
        host, _, port = part[1:].partition("]")
        return host, port.removeprefix(":")
    host, _, port = part.partition(":")
    return host, port


def _paired(text: str, port: str) -> list[Address]:
    head, comma, tail = text.strip("\"'").partition(",")
    if comma and tail.isdigit():
        return _address(head, tail, "")
    found: list[Address] = []
    for part in (head, *tail.split(",")):
        host, _, own = part.rpartition("@")[2].partition("\\")[0].partition(":")
        found += _address(host, own or port, "")
    return found


def _bare_list(text: str) -> list[Address]:
    parts = [p for p in re.split(r"[,;\s]+", text) if p]
    if not 0 < len(parts) <= ADDRESS_LIMIT or not all(_BARE.fullmatch(p) for p in parts):
        return []
    return [a for p in parts for a in _address(p, "", "")]


def _address(host: str, port: str, scheme: str) -> list[Address]:
    host = host.lower().rstrip(".")
    number = int(port) if port.isascii() and port.isdigit() and len(port) <= 5 else 0
    wellformed = bool(_BARE.fullmatch(host)) or bool(re.fullmatch(r"[0-9a-f:.]*:[0-9a-f:.]*", host))
    if not wellformed or host == "0.0.0.0" or host == "::" or not 0 <= number <= 65535:  # noqa: S104
        return []
    if not any(c.isalpha() for c in host) and not is_ip(host):
        return []
    return [Address(host, number, scheme)]
