"""Names under which a specification's provider may be known, strongest first."""

from __future__ import annotations

import re
from collections.abc import Iterator

from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Hint, HintKind
from topoplan.model.text import clean
from topoplan_importers.hosts import is_public
from topoplan_importers.openapi.hosts import host_of, server_urls, swagger_url
from topoplan_importers.openapi.references import Node
from topoplan_importers.vocabulary import words

_FORMAT_WORDS = words(
    "api apis bundle bundled contract contracts json oas oas2 oas3 openapi openapi2 openapi3 openapis schema schemas "
    "spec specification specifications specs swagger swagger2 yaml yml"
)
"""Words that say what a file is, not whose it is."""
_PLACE_WORDS = _FORMAT_WORDS | words(
    "app application apps assets build classes components conf config configs configuration definitions deploy "
    "deployment dist doc docs documentation etc example examples external gen generated http index internal java "
    "kotlin latest lib libs main microservices mock mocks packages parties pkg private project public python resource "
    "resources rest root server service services src static stubs target test tests third thirdparty v vendor version "
    "webapp www"
)
"""Words that say where a file lies."""
_TITLE_WORDS = words("api apis docs documentation http oas openapi rest restful spec specification swagger the version")
_MAX_TITLE_WORDS = 5
"""A longer title is a sentence, not a name."""
_VERSION = re.compile(r"v?\d+(?:\.\d+)*", re.IGNORECASE)
_EXTENSION = re.compile(r"\.(?:ya?ml|json)(?:\.gz)?$", re.IGNORECASE)


def telling_folder(path: str, workspace: Workspace) -> str:
    """The nearest folder, up to the analysed root, whose name says more than that files of a kind lie there; empty
    when there is none."""
    folder = path.rpartition("/")[0]
    while folder and workspace.is_dir(folder):
        above, _, name = folder.rpartition("/")
        if _telling(name, _PLACE_WORDS):
            return folder
        folder = above
    return ""


def file_name(path: str) -> str:
    """The file's stem without words such as `openapi` and versions; empty when nothing telling is left."""
    stem = _EXTENSION.sub("", path.rpartition("/")[2])
    words = _telling(stem, _FORMAT_WORDS)
    return clean("-".join(words)) if any(word.lower() not in _PLACE_WORDS for word in words) else ""


def title_name(title: str) -> str:
    """`User Service API` → `user-service`."""
    words = [word for word in re.findall(r"[^\W_]+", title.lower()) if not _VERSION.fullmatch(word)]
    words = [word for word in words if word not in _TITLE_WORDS]
    return clean("-".join(words)) if len(words) <= _MAX_TITLE_WORDS else ""


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


def _telling(name: str, generic: frozenset[str]) -> list[str]:
    """Words of a name that are neither generic nor versions."""
    words = [word for word in re.split(r"[\s._-]+", name) if word]
    return [word for word in words if word.lower() not in generic and not _VERSION.fullmatch(word)]
