"""What configuration says of channels: the topic of a named channel of Spring Cloud Stream or MicroProfile, and the
exchanges that programs send to or listen on."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import ChannelRole, Party
from topoplan.model.place import Confidence, Where
from topoplan_importers.settings import read_settings
from topoplan_importers.source.channels import UNKNOWN, Site
from topoplan_importers.source.exchanges import exchange_sites
from topoplan_importers.source.recognise import OWN_SETTINGS
from topoplan_importers.source.units import Units

_LINE = re.compile(r"^[ \t]*(?P<key>[\w.%\"\[\]-]{1,200})[ \t]*[=:][ \t]*(?P<value>[^\n#]{1,200})", re.MULTILINE)
_MICROPROFILE = re.compile(r"mp\.messaging\.(incoming|outgoing)\.([\w-]+)\.(topic|connector|queue\.name|address)")
_SPRING = re.compile(r"spring\.cloud\.stream\.bindings\.([\w-]+)\.destination")
_FUNCTION = re.compile(r".*-(in|out)-\d+")
_NESTED = re.compile(r"^(?P<indent> *)(?P<key>[\w.\"'%-]{1,100}):[ \t]*(?P<value>[^\n#]*)$")
_PROTOCOLS = (("kafka", "kafka"), ("rabbit", "amqp"), ("amqp", "amqp"), ("mqtt", "mqtt"), ("pulsar", "pulsar"))
_FILE_BYTES = 256 * 1024
STREAMS = ("channel", "binding")
"""Protocols of sites that name a channel of their framework, which configuration maps to a topic."""


class _Binding(Struct, frozen=True):
    name: str
    destination: str
    direction: ChannelRole | None
    protocol: str
    service: Party
    unit: str
    where: Where


class Bindings:
    """All bindings read so far, and what they make of the channels that code names."""

    def __init__(self, workspace: Workspace, units: Units) -> None:
        self._workspace = workspace
        self._units = units
        self._found: list[_Binding] = []
        self.exchanges: list[Site] = []

    def read(self, path: str) -> str:
        """Read one file; why it cannot be read, else empty."""
        try:
            with self._workspace.open_stream(path) as stream:
                text = stream.read(_FILE_BYTES).decode("utf-8", "replace")
            if "xchange" in text:
                self.exchanges += exchange_sites(read_settings(path, self._workspace).settings, self._units.of(path))
        except DocumentError as error:
            return error.reason
        if path.lower().endswith(".json"):
            return ""
        stem = posixpath.splitext(posixpath.basename(path))[0]
        party = Party("", path=path) if OWN_SETTINGS.fullmatch(stem) else Party(stem)
        lines = _properties(text) if path.endswith(".properties") else _flattened(text)
        self._found += _bindings(list(lines), path, party, self._units.of(path))
        return ""

    def sites(self, said: list[Site]) -> list[Site]:
        """Sites that configuration adds. Channels that code names (`said`, changed in place) become their topics."""
        streams = [site for site in said if site.protocol in STREAMS]
        said[:] = [site for site in said if site.protocol not in STREAMS]
        by_name = {name: site.unit for site in streams if (name := self._own_name(site.unit))}
        bound = [replace(b, unit=by_name.get(b.service.name, b.unit)) for b in self._found]
        said += [_resolved(site, bound) for site in streams]
        return [site for b in bound for site in _configured(b, bound, {s.unit for s in streams})]

    def _own_name(self, unit: str) -> str:
        """The application name a unit gives itself, under which a configuration server keeps its settings."""
        for folder in ("src/main/resources", "resources", ""):
            for name in ("bootstrap", "application"):
                for suffix, lines in ((".properties", _properties), (".yml", _flattened), (".yaml", _flattened)):
                    path = posixpath.join(unit, folder, name + suffix)
                    if self._workspace.is_file(path):
                        text = self._text(path)
                        found = [value for key, value, _ in lines(text or "") if key == "spring.application.name"]
                        if found:
                            return found[0]
        return ""

    def _text(self, path: str) -> str | None:
        try:
            with self._workspace.open_stream(path) as stream:
                return stream.read(_FILE_BYTES).decode("utf-8", "replace")
        except DocumentError:
            return None


def _resolved(site: Site, bound: Sequence[_Binding]) -> Site:
    for binding in bound:
        if binding.unit == site.unit and binding.name == site.channel and binding.direction in (None, site.role):
            return replace(site, channel=binding.destination or site.channel, protocol=binding.protocol)
    return replace(site, protocol=UNKNOWN, confidence=Confidence.MEDIUM)


def _configured(binding: _Binding, bound: Sequence[_Binding], in_code: Collection[str]) -> Iterator[Site]:
    """What a binding says by itself. A name such as `output` says it only where no code tells who uses it, as when
    a library does; `input` beside it is then as likely the other half of one template."""
    role, sure = binding.direction, Confidence.HIGH
    if role is None:
        if binding.unit in in_code and not any(b.unit == binding.unit and b.direction for b in bound):
            return
        names = {b.name for b in bound if b.where.path == binding.where.path}
        sends = binding.name.lower().endswith(("output", "out"))
        takes = binding.name.lower().endswith(("input", "in")) and not any(n.lower().endswith("output") for n in names)
        role = ChannelRole.PUBLISH if sends else ChannelRole.RECEIVE if takes else None
        sure = Confidence.MEDIUM
    if role is not None and binding.destination:
        yield Site(
            binding.service,
            binding.unit,
            role,
            binding.destination,
            binding.protocol,
            binding.where,
            "stream-binding",
            sure,
        )


def _properties(text: str) -> Iterator[tuple[str, str, int]]:
    for match in _LINE.finditer(text):
        yield match["key"], match["value"].strip().strip("\"'"), text.count("\n", 0, match.start()) + 1


def _flattened(text: str) -> Iterator[tuple[str, str, int]]:
    """Keys of nested mappings with dots, from the indentation alone: sequences and flow style say nothing here."""
    stack: list[tuple[int, str]] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = _NESTED.match(line.rstrip())
        if not match:
            continue
        indent = len(match["indent"])
        while stack and stack[-1][0] >= indent:
            stack.pop()
        stack = stack[:32]
        stack.append((indent, match["key"].strip("\"'")))
        if match["value"].strip():
            yield ".".join(key for _, key in stack), match["value"].strip().strip("\"'"), number


def _bindings(lines: Sequence[tuple[str, str, int]], path: str, party: Party, unit: str) -> Iterator[_Binding]:
    whole = " ".join(f"{key} {value}" for key, value, _ in lines[:2000]).lower()
    default = next((protocol for word, protocol in _PROTOCOLS if word in whole), UNKNOWN)
    named: dict[tuple[str, str], _Binding] = {}
    for key, value, line in lines:
        where = Where(path, line)
        if (match := _MICROPROFILE.fullmatch(key.lstrip('"').rstrip('"'))) is not None:
            role = ChannelRole.RECEIVE if match[1] == "incoming" else ChannelRole.PUBLISH
            known = named.get((match[1], match[2])) or _Binding(match[2], "", role, UNKNOWN, party, unit, where)
            if match[3] == "connector":
                known = replace(known, protocol=next((p for w, p in _PROTOCOLS if w in value.lower()), UNKNOWN))
            else:
                known = replace(known, destination=_plain(value), where=where)
            named[match[1], match[2]] = known
        elif (match := _SPRING.fullmatch(key)) is not None:
            function = _FUNCTION.fullmatch(match[1])
            role_of = {"in": ChannelRole.RECEIVE, "out": ChannelRole.PUBLISH}
            direction = role_of[function[1]] if function else None
            yield _Binding(match[1], _plain(value), direction, default, party, unit, where)
    for binding in named.values():
        yield replace(binding, destination=binding.destination or binding.name)


def _plain(value: str) -> str:
    """A destination, or the default of the setting it names."""
    match = re.fullmatch(r"\$\{[\w.-]+:([^{}]+)\}", value)
    return match[1] if match else "" if "${" in value else value
