"""Reads the line-based formats: HAProxy, Apache httpd, Caddy, and the variables of a Dockerfile."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from topoplan.model.place import Where
from topoplan_importers.gateways.targets import Target

_SECTION = re.compile(r"(global|defaults|frontend|backend|listen|resolvers|peers|userlist|program|mailers|ring)\b")
_SERVER = re.compile(r"server\s+\S+\s+(\S+)|server-template\s+\S+\s+\d+(?:-\d+)?\s+(\S+)")
_HAPROXY_ENV = re.compile(r'"?\$\{?(\w+)\}?"?')
_APACHE = re.compile(
    r"""(?:ProxyPass(?:Match)?\s+(?:[^\s"']+\s+|"[^"]*"\s+)?|BalancerMember\s+)["']?"""
    r"""((?:https?|wss?|h2c?|ajp|fcgi|uwsgi|scgi)://[^\s"']+)""",
    re.IGNORECASE,
)
_CADDY = re.compile(r"(reverse_proxy|php_fastcgi|proxy|to)\s+(.+)")
_CADDY_ENV = re.compile(r"\{(?:\$|env\.)(\w+)(?::([^{}]*))?\}")
_ENV = re.compile(r"(?:ENV|ARG)\s+(.+)", re.IGNORECASE)
_OLD_ENV = re.compile(r"(\w+)\s+(.+)")


def haproxy(text: str, path: str) -> Iterator[Target]:
    """The servers of `backend` and `listen` sections."""
    section = ""
    for number, line in _lines(text):
        if started := _SECTION.match(line):
            section = started[1]
        elif section in ("backend", "listen") and (found := _SERVER.match(line)):
            value = _HAPROXY_ENV.sub(r"${\1}", found[1] or found[2]).split("@")[-1]
            yield Target(value, Where(path, number), "haproxy-server")


def apache(text: str, path: str) -> Iterator[Target]:
    """Where `ProxyPass` and the members of balancers lead to."""
    for number, line in _lines(text):
        if found := _APACHE.match(line):
            yield Target(found[1], Where(path, number), "proxy-pass")


def caddy(text: str, path: str) -> Iterator[Target]:
    """The upstreams of `reverse_proxy`, in the line or in its block."""
    block = 0
    for number, line in _lines(text):
        found = _CADDY.match(line)
        if found and (found[1] != "to" or block):
            for word in _words(found[2]):
                if word not in ("{", "}") and not word.startswith(("/", "@", "*", "unix/")):
                    yield Target(_CADDY_ENV.sub(_caddy_env, word), Where(path, number), "reverse-proxy")
        opens = line.endswith("{")
        if found and opens:
            block = 1
        elif block:
            block += opens - (line == "}")


def environment(dockerfile: str) -> dict[str, str]:
    """Variables with a default value in a Dockerfile."""
    found: dict[str, str] = {}
    for _, line in _lines(re.sub(r"\\\r?\n", " ", dockerfile)):
        if match := _ENV.match(line):
            old = _OLD_ENV.fullmatch(match[1])
            if "=" not in match[1].split(None, 1)[0] and old:
                found[old[1]] = old[2].strip("\"'")
            else:
                pairs = (word.partition("=") for word in _words(match[1]))
                found |= {name: value for name, mark, value in pairs if mark}
    return found


def _caddy_env(match: re.Match[str]) -> str:
    return f"${{{match[1]}:{match[2]}}}" if match[2] else f"${{{match[1]}}}"


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:
        return text.split()


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        if stripped and not stripped.startswith("#"):
            yield number, stripped
