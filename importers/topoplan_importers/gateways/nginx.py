"""Reads nginx configuration, also templates of it: where `proxy_pass` and its kin lead to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from topoplan.model.place import Where
from topoplan_importers.dapr import invoked_app
from topoplan_importers.gateways.targets import Target

_PASSES: Mapping[str, str] = {
    "proxy_pass": "",
    "grpc_pass": "grpc",
    "fastcgi_pass": "fastcgi",
    "uwsgi_pass": "uwsgi",
    "scgi_pass": "scgi",
}
_TOKEN = re.compile(
    r"""[ \t\r\f\v]+|(?P<line>\n)|\#[^\n]*|(?P<end>[;{}])|(?P<quoted>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
    r"""|(?P<word>(?:\$\{[^{}\n]*\}|\\.|[^\s;{}"'])+)|.""",
    re.DOTALL,
)
_TEMPLATE_ACTION = re.compile(r"\{\{[^{}]*\}\}|\{%[^%]*%\}|<%[^%]*%>")
_VARIABLE = re.compile(r"\$(?:\{([a-z_][a-z0-9_]*)\}|([A-Za-z_]\w*))")
_LUA = re.compile(r"(?:_by_lua_block|^js_content_block)$")
_MAX_DEPTH = 60
_MAX_VALUES = 64
"""Values of one variable, and servers of one upstream, that are followed."""


class Nginx(Struct):
    """One file: its targets as written, and what they refer to."""

    passes: list[Target] = field(default_factory=list)
    upstreams: dict[str, list[Target]] = field(default_factory=lambda: defaultdict(list))
    variables: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))


def read(text: str, path: str, line: int = 0) -> Nginx:
    """What one file says; `line` is added to its line numbers. Never raises: what is no nginx says nothing."""
    found = Nginx()
    for name, args, parents, number in _directives(_TEMPLATE_ACTION.sub(_blank, text)):
        where = Where(path, line + number)
        parent = parents[-1] if parents else ()
        if name in _PASSES and args:
            found.passes.append(Target(args[0], where, name.replace("_", "-"), _PASSES[name]))
        elif name == "server" and args and parent[:1] == ("upstream",):
            servers = found.upstreams[parent[1] if len(parent) > 1 else ""]
            if len(servers) < _MAX_VALUES:
                servers.append(Target(args[0], where, "upstream"))
        elif name == "set" and len(args) == 2:
            _note(found, args[0], args[1])
        elif args and len(parent) == 3 and parent[0] in ("map", "geo") and name not in ("hostnames", "volatile"):
            _note(found, parent[2], args[0])
    return found


def resolved(found: Nginx, upstreams: Mapping[str, list[Target]]) -> Iterator[Target]:
    """Targets with variables and upstreams replaced by what they stand for; `upstreams` are those of all files that may
    be included together."""
    for target in found.passes:
        if invoked_app(target.value):
            yield target
            continue
        for value in _values(target.value, found.variables):
            name = re.sub(r"^[a-z]+://", "", value).partition("/")[0]
            servers = upstreams.get(name) or upstreams.get(name.partition(":")[0])
            if servers:
                for server in servers:
                    rule = "upstream"
                    yield Target(server.value, server.where, rule, target.protocol or "http")
            else:
                yield Target(value, target.where, target.rule, target.protocol)


def _note(found: Nginx, name: str, value: str) -> None:
    values = found.variables[name.lstrip("$")]
    if len(values) < _MAX_VALUES and value not in values:
        values.append(value)


def _values(text: str, variables: Mapping[str, list[str]]) -> Iterator[str]:
    """`text` with the variables set in the file filled in, once for each value of the first. Variables after the host
    (`$request_uri`) only complete the path."""
    text = text.replace("$scheme://", "http://")
    head, mark, rest = text.partition("://")
    host = (rest if mark else head).partition("/")[0]
    start = head + mark if mark else ""
    match = _VARIABLE.search(host)
    if match is None:
        yield start + re.sub(r"\$(?!\{).*", "", host)
        return
    name = match[1] or match[2]
    if name not in variables:
        if host == match[0] or host.startswith(match[0] + ":"):
            return
        if host[: match.start()].endswith(":"):  # a port
            yield start + host[: match.start() - 1]
        elif re.fullmatch(r"[\w.\-:]+", host[: match.start()]):  # `proxy_pass http://app:80$request_uri`
            yield start + host[: match.start()]
        return
    for value in variables[name]:
        filled = f"{start}{host[: match.start()]}{value}{host[match.end() :]}"
        if match[0] not in value and "://" not in value[1:] * bool(start):
            yield re.sub(r"\$(?!\{[A-Z]).*", "", filled)


def _blank(match: re.Match[str]) -> str:
    """A template action becomes one sign that no host can hold, on as many lines."""
    return "%" + "\n" * match[0].count("\n")


def _directives(text: str) -> Iterator[tuple[str, list[str], list[tuple[str, ...]], int]]:
    """Each directive with its arguments, the blocks it stands in, and its line."""
    parents: list[tuple[str, ...]] = []
    words: list[str] = []
    line, start, at = 1, 1, 0
    while match := _TOKEN.match(text, at):
        at = match.end()
        kind = match.lastgroup
        if kind in ("word", "quoted"):
            start = line if not words else start
            words.append(match[0] if kind == "word" else match[0][1:-1])
        elif kind == "end":
            if match[0] == "{" and words and _LUA.search(words[0]):
                end = _lua_end(text, at)
                line += text.count("\n", at, end)
                at = end
            elif match[0] == "{":
                if len(parents) >= _MAX_DEPTH:
                    return
                parents.append(tuple(words))
            elif match[0] == ";" and words:
                yield words[0], words[1:], parents, start
            elif match[0] == "}" and parents:
                parents.pop()
            words = []
        line += match[0].count("\n")


def _lua_end(text: str, at: int) -> int:
    """Where the block of a foreign language that starts at `at` ends, by its braces."""
    depth = 1
    for match in re.compile(r"[{}]").finditer(text, at):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return match.end()
    return len(text)
