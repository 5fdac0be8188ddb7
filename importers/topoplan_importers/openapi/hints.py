"""Names under which a specification's provider may be known, strongest first."""

from __future__ import annotations

from collections.abc import Iterator

from topoplan.model.facts import Hint, HintKind
from topoplan.model.text import clean
from topoplan_importers.hosts import is_public
from topoplan_importers.naming import file_name, title_name
from topoplan_importers.openapi.hosts import host_of, server_urls, swagger_url
from topoplan_importers.references import Node


def server_hosts(root: Node) -> tuple[str, ...]:
    """Hosts of the document's servers, in its order."""
    urls = [*server_urls(root), swagger_url(root)]
    return tuple(dict.fromkeys(clean(host) for url in urls if (host := host_of(url))))


def provider_hints(root: Node, folder: str, title: str) -> tuple[Hint, ...]:
    """Hints of one specification. Inside a network the host name is the service's own; a public host may be a gateway
    or a vendor's and comes last. `folder` is empty where it does not tell specifications apart."""
    hosts = server_hosts(root)
    return tuple(_hints(hosts, folder, file_name(root.path), title_name(title)))


def _hints(hosts: tuple[str, ...], folder: str, file: str, title: str) -> Iterator[Hint]:
    yield from (Hint(HintKind.SERVER, host) for host in hosts if not is_public(host))
    for kind, name in ((HintKind.FOLDER, folder), (HintKind.FILE, file), (HintKind.TITLE, title)):
        if name:
            yield Hint(kind, name)
    yield from (Hint(HintKind.SERVER, host) for host in hosts if is_public(host))
