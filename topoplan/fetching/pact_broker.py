"""What is asked of a pact broker: the latest pact of each pair of services, and the results of verifying it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from urllib.parse import quote

import msgspec

from topoplan.errors import FetchError, UsageError
from topoplan.fetching.client import Client
from topoplan.fetching.downloads import Download, counted, decoded

MAX_PACTS = 5000
"""Pairs of services a broker may list; each takes two requests or three."""
_HASH = re.compile(r"[0-9a-f]{8,128}")


class _Party(msgspec.Struct):
    name: str


class _Pair(msgspec.Struct, frozen=True):
    consumer: _Party
    provider: _Party


class _Listed(msgspec.Struct):
    pair: _Pair = msgspec.field(name="_embedded")


class _Latest(msgspec.Struct):
    pacts: list[_Listed]


class _Link(msgspec.Struct):
    name: str = ""


class _Links(msgspec.Struct):
    content: _Link | None = msgspec.field(name="pb:pact-version", default=None)


class _Pact(msgspec.Struct):
    interactions: list[msgspec.Raw] | None = None
    messages: list[msgspec.Raw] | None = None
    links: _Links | None = msgspec.field(name="_links", default=None)


class _Matrix(msgspec.Struct):
    matrix: list[msgspec.Raw]


def pact_broker(client: Client, services: Sequence[str]) -> tuple[Download, ...]:
    """The latest pact of every pair that has one of `services` at an end, or of all pairs, and what its provider made
    of it. Where nobody verified the present content, the matrix of the pair tells of earlier ones.

    Addresses are made from names and hashes; no link of an answer is followed. Raises FetchError, UsageError.
    """
    listing = decoded(client.get("/pacts/latest", {}), _Latest)
    pairs = sorted({(one.pair.consumer.name, one.pair.provider.name) for one in listing.pacts})
    wanted = [pair for pair in pairs if not services or not set(services).isdisjoint(pair)]
    if not wanted:
        hint = "check the names given with --service" if services else "a token may be needed to see any"
        raise UsageError("the broker shows no pact", slug="fetch-nothing", hint=hint)
    if len(wanted) > MAX_PACTS:
        hint = "take fewer with --service"
        raise FetchError(f"the broker lists more than {MAX_PACTS:,} pacts", slug="fetch-too-large", hint=hint)
    return tuple(file for pair in wanted for file in _pair(client, *pair))


def credentials(environment: Mapping[str, str]) -> tuple[str, str]:
    """Token and user for a broker, from the variables that Pact's own tools read; a token goes before a user. Both are
    empty where none is set; with a user, the token is its password."""
    token = environment.get("PACT_BROKER_TOKEN", "").strip()
    user = environment.get("PACT_BROKER_USERNAME", "").strip()
    if token or not user:
        return token, ""
    return environment.get("PACT_BROKER_PASSWORD", "").strip("\r\n"), user


def _pair(client: Client, consumer: str, provider: str) -> list[Download]:
    ends = f"provider/{_step(provider)}/consumer/{_step(consumer)}"
    name = _file_name(consumer, provider)
    pact = client.find(f"/pacts/{ends}/latest", {})
    if pact is None:  # taken away since it was listed
        return []
    content = _content(pact)
    count = len(content.interactions or ()) + len(content.messages or ())
    files = [Download(f"{name}.json", pact, counted(count, "interaction"))]
    sha = content.links.content.name if content.links and content.links.content else ""
    version = f"pact-version/{sha}" if _HASH.fullmatch(sha) else "latest"
    result = client.find(f"/pacts/{ends}/{version}/verification-results/latest", {})
    if result is not None:
        return [*files, Download(f"{name}.verification.json", result, "the latest verification of it")]
    matrix = client.find(f"/matrix/{ends}", {})
    rows = decoded(matrix, _Matrix).matrix if matrix else []
    return [*files, Download(f"{name}.matrix.json", matrix, counted(len(rows), "row"))] if matrix and rows else files


def _content(pact: bytes) -> _Pact:
    """What is needed of a pact; nothing of a document that is none, which is for its reader to tell."""
    try:
        return decoded(pact, _Pact)
    except FetchError:
        return _Pact()


def _step(name: str) -> str:
    """One step of an address. Dots alone would be another address."""
    if name in ("", ".", ".."):
        raise FetchError("the broker lists a pact of a service without a usable name", slug="fetch-answer")
    return quote(name.encode("utf-8", "replace"), safe="")


def _file_name(consumer: str, provider: str) -> str:
    """A name that says whose pact it is, and is no other's, whatever characters are in the names of the services."""
    told = "-".join(re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-")[:60] for name in (consumer, provider))
    mark = hashlib.sha256(f"{consumer}\0{provider}".encode("utf-8", "replace")).hexdigest()[:8]
    return f"pact-{told}-{mark}".lower()
