"""What a pact broker's links say: whose contract is meant, and which content and version of it."""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

from topoplan.model.text import TEXT_LIMIT, clean

_PACT = re.compile(r"/pacts?/provider/([^/?#\s]+)/consumer/([^/?#\s]+)((?:/[^/?#\s]+)*)")
_HASH = re.compile(r"[0-9a-f]{8,128}")
_LONGEST = 4 * TEXT_LIMIT


class PactLink(Struct, frozen=True):
    """The contract a link leads to, and further names of its content."""

    consumer: str
    provider: str
    versions: frozenset[str]


def pact_link(href: object) -> PactLink | None:
    """What the link of a broker means; None when it leads to no contract. Host and query are not looked at."""
    match = _PACT.search(href) if isinstance(href, str) and len(href) <= _LONGEST else None
    if match is None:
        return None
    steps = match[3].split("/")[1:]
    return PactLink(clean(unquote(match[2])), clean(unquote(match[1])), frozenset(_versions(steps)))


def hrefs(links: object, *relations: str) -> Iterator[str]:
    """Addresses of the links with one of these relations."""
    for relation in relations:
        for link in _links(links, relation):
            href = link.get("href")
            if isinstance(href, str):
                yield href


def link_names(links: object, *relations: str) -> Iterator[str]:
    """Names of the links with one of these relations."""
    for relation in relations:
        for link in _links(links, relation):
            name = link.get("name")
            if isinstance(name, str):
                yield name


def content_version(sha: object) -> str:
    """The name of a content by the hash a broker gave it; empty when it is none."""
    return f"sha:{sha}" if isinstance(sha, str) and _HASH.fullmatch(sha) else ""


def consumer_version(number: object) -> str:
    """The name of a content by a version of its consumer; empty when there is none."""
    told = clean(number) if isinstance(number, str) else str(number) if type(number) is int else ""
    return f"consumer version {told}" if told else ""


def _versions(steps: list[str]) -> Iterator[str]:
    """Version names in the steps below a contract's address: `/version/1.2`, `/pact-version/HASH/metadata/…`."""
    for key, value in zip(steps[::2], steps[1::2], strict=False):
        if key == "pact-version" and content_version(value):
            yield content_version(value)
        elif key in ("version", "versions") and consumer_version(unquote(value)):
            yield consumer_version(unquote(value))
        elif key == "metadata":
            yield from _metadata(value)


def _metadata(text: str) -> Iterator[str]:
    """The consumer's version (`cvn`) in the base64 text a broker puts into its addresses."""
    try:
        query = urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("utf-8")
        pairs = parse_qsl(query, max_num_fields=100)
    except (binascii.Error, ValueError):
        return
    yield from (consumer_version(value) for key, value in pairs if key == "cvn" and consumer_version(value))


def _links(links: object, relation: str) -> list[Mapping[str, object]]:
    found = links.get(relation) if isinstance(links, dict) else None
    return [link for link in (found if isinstance(found, list) else [found]) if isinstance(link, dict)]
