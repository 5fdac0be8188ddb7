"""The exchanges in one pact file: HTTP, messages, and request and response by message such as gRPC."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl

from msgspec import Struct, field

from topoplan.errors import DocumentError
from topoplan.model.checks import Interaction
from topoplan.model.facts import Style
from topoplan.model.operation import Field, FieldPlace
from topoplan.model.place import Where
from topoplan.model.text import TEXT_LIMIT, clean
from topoplan_importers.pacts.bodies import MAX_FIELDS, fields_of

MAX_INTERACTIONS = 10_000
"""Interactions read of one file."""
MAX_ALL_FIELDS = 200_000
"""Fields kept of one file."""

HTTP, MESSAGE, SYNC_MESSAGE = "synchronous/http", "asynchronous/messages", "synchronous/messages"
_CHANNELS = (
    *("kafkatopic", "kafkareceivedtopic", "topic", "topicname", "destination", "destinationname"),
    *("channel", "channelname", "queue", "queuename", "routingkey", "amqpreceivedroutingkey", "exchange"),
)
"""Metadata that names the channel of a message, the most telling first; written with `_`, `-` or in camel case."""
_STATUS_CLASSES = {
    "info": "1XX",
    "success": "2XX",
    "redirect": "3XX",
    "clientError": "4XX",
    "serverError": "5XX",
}


class Reader(Struct):
    """Reads the interactions of one file. `unknown` are types of interactions nothing is known of, `cut` says that a
    bound left something out."""

    path: str
    wrapped: bool
    """Bodies stand in an object that tells their encoding, as since version 4."""
    unknown: set[str] = field(default_factory=set)
    cut: bool = False
    _fields: int = 0

    def read(self, document: Mapping[str, object]) -> Iterator[Interaction]:
        """Raises DocumentError with the place of what is no interaction."""
        left = MAX_INTERACTIONS
        for key, assumed in (("interactions", ""), ("messages", MESSAGE)):
            items = document.get(key)
            if items is None:
                continue
            if not isinstance(items, list):
                raise self._misfit(f"{key} is no list", f"/{key}")
            self.cut |= len(items) > left
            for index, item in enumerate(items[:left]):
                pointer = f"/{key}/{index}"
                if not isinstance(item, dict):
                    raise self._misfit("an interaction is no object", pointer)
                found = self._one(item, assumed or _kind(item), pointer)
                if found:
                    yield found
            left -= min(left, len(items))

    def _one(self, item: Mapping[str, object], kind: str, pointer: str) -> Interaction | None:
        if kind == HTTP:
            return self._http(item, pointer)
        if kind == MESSAGE:
            return self._message(item, pointer)
        if kind == SYNC_MESSAGE:
            return self._sync_message(item, pointer)
        self.unknown.add(clean(kind, 60))
        return None

    def _http(self, item: Mapping[str, object], pointer: str) -> Interaction:
        request, response = (self._part(item, key, pointer) for key in ("request", "response"))
        path, _, query = str(request.get("path") or "/").partition("?")
        sent = (
            *self._body(request, "body", FieldPlace.REQUEST),
            *_named(FieldPlace.QUERY, [*_query(query), *_query(request.get("query"))]),
            *_named(FieldPlace.HEADER, request.get("headers")),
        )
        method = clean(str(request.get("method") or "GET")).upper()
        return self._made(
            item, pointer, (Style.SYNC, method, clean(path, TEXT_LIMIT)), sent,
            self._body(response, "body", FieldPlace.RESPONSE), _status(response),
        )  # fmt: skip

    def _message(self, item: Mapping[str, object], pointer: str) -> Interaction:
        key = "contents" if "contents" in item else "content"
        payload = self._body(item, key, FieldPlace.RESPONSE)
        return self._made(item, pointer, (Style.MESSAGE, "PUBLISH", _channel(item)), (), payload)

    def _sync_message(self, item: Mapping[str, object], pointer: str) -> Interaction:
        request = self._part(item, "request", pointer)
        answers = item.get("response")
        parts = [part for part in (answers if isinstance(answers, list) else [answers]) if isinstance(part, dict)]
        relied = {one for part in parts for one in self._body(part, "contents", FieldPlace.RESPONSE)}
        sent = self._body(request, "contents", FieldPlace.REQUEST)
        operation = _grpc(item) or _channel(request)
        return self._made(item, pointer, (Style.SYNC, "RPC", operation), sent, tuple(sorted(relied)))

    def _made(
        self, item: Mapping[str, object], pointer: str, operation: tuple[Style, str, str],
        sent: tuple[Field, ...], relied: tuple[Field, ...], status: str = "",
    ) -> Interaction:  # fmt: skip
        style, method, path = operation
        return Interaction(
            description=clean(str(item.get("description") or ""), TEXT_LIMIT),
            style=style,
            method=method,
            path=path,
            where=Where(self.path, pointer=pointer),
            states=_states(item),
            status=status,
            request=self._kept(sent),
            response=self._kept(relied),
            pending=item.get("pending") is True,
        )

    def _body(self, part: Mapping[str, object], key: str, place: FieldPlace) -> tuple[Field, ...]:
        if self._fields >= MAX_ALL_FIELDS:
            return ()
        found = fields_of(part, key, place, wrapped=self.wrapped)
        self.cut |= len(found) >= MAX_FIELDS
        return found

    def _kept(self, fields: tuple[Field, ...]) -> tuple[Field, ...]:
        room = max(0, MAX_ALL_FIELDS - self._fields)
        self._fields += len(fields)
        self.cut |= len(fields) > room
        return fields[:room]

    def _part(self, item: Mapping[str, object], key: str, pointer: str) -> Mapping[str, object]:
        part = item.get(key)
        if part is not None and not isinstance(part, dict):
            raise self._misfit(f"the {key} is no object", f"{pointer}/{key}")
        return part or {}

    def _misfit(self, message: str, pointer: str) -> DocumentError:
        return DocumentError(message, slug="pact-misfit", where=f"{self.path}#{pointer}")


def _kind(item: Mapping[str, object]) -> str:
    """The type of an interaction; before version 4 it is told by its parts."""
    said = item.get("type")
    if isinstance(said, str):
        return said.lower()
    return MESSAGE if "request" not in item and {"contents", "content"} & set(item) else HTTP


def _states(item: Mapping[str, object]) -> tuple[str, ...]:
    """Names of provider states, as one text, one name, or a list of objects; their parameters are not kept."""
    names: set[str] = set()
    for key in ("providerStates", "providerState", "provider_state"):
        said = item.get(key)
        for state in said if isinstance(said, list) else [said]:
            name = state.get("name") if isinstance(state, dict) else state
            if isinstance(name, str) and clean(name):
                names.add(clean(name))
    return tuple(sorted(names))


def _status(response: Mapping[str, object]) -> str:
    """The status, or its class where a matcher asks for one; empty where any of several classes will do."""
    rules = response.get("matchingRules")
    asked = rules.get("status") if isinstance(rules, dict) else None
    matchers = asked.get("matchers") if isinstance(asked, dict) else None
    for matcher in matchers if isinstance(matchers, list) else ():
        said = matcher.get("status") if isinstance(matcher, dict) else None
        if isinstance(said, str):
            return _STATUS_CLASSES.get(said, "")
        if isinstance(said, list) and said:
            classes = {str(code)[:1] for code in said}
            return str(said[0]) if len(said) == 1 else f"{classes.pop()}XX" if len(classes) == 1 else ""
    status = str(response.get("status"))
    return status if re.fullmatch("[1-9][0-9][0-9]", status) else ""


def _grpc(item: Mapping[str, object]) -> str:
    """`package.Service/Method` that the Protocol Buffers plugin notes."""
    plugins = item.get("pluginConfiguration")
    protobuf = plugins.get("protobuf") if isinstance(plugins, dict) else None
    service = protobuf.get("service") if isinstance(protobuf, dict) else None
    return clean(service.lstrip("."), TEXT_LIMIT) if isinstance(service, str) else ""


def _channel(item: Mapping[str, object]) -> str:
    """Where a message travels, if its metadata names that."""
    named: dict[str, str] = {}
    for key in ("metadata", "metaData"):
        said = item.get(key)
        for name, value in said.items() if isinstance(said, dict) else ():
            if isinstance(value, str):
                named.setdefault(re.sub(r"[^a-z0-9]", "", name.lower()), clean(value))
    return next((named[name] for name in _CHANNELS if named.get(name)), "")


def _query(said: object) -> list[str]:
    """Names of query parameters: in one text until version 2, then a map."""
    if isinstance(said, dict):
        return list(said)
    if not isinstance(said, str):
        return []
    try:
        return [name for name, _ in parse_qsl(said, keep_blank_values=True, max_num_fields=MAX_FIELDS)]
    except ValueError:
        return []


def _named(place: FieldPlace, names: object) -> tuple[Field, ...]:
    """Parameters without a type: whatever they are, they travel as text."""
    listed = list(names)[:MAX_FIELDS] if isinstance(names, dict | list) else []
    told = {clean(name) for name in listed if isinstance(name, str)} - {""}
    return tuple(Field(place, name) for name in sorted(told))
