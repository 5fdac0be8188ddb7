"""What the folder, file name and title of an interface definition say about whose it is."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from topoplan.importing.workspace import Workspace
from topoplan.model.text import clean
from topoplan_importers.vocabulary import words

_FORMAT_WORDS = words(
    "api apis async asyncapi avpr avro avsc bundle bundled contract contracts gql graphql graphqls json oas oas2 oas3",
    "openapi openapi2 openapi3 openapis proto protobuf protos schema schemas spec specification specifications specs",
    "swagger swagger2 yaml yml",
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
_TITLE_WORDS = words(
    "api apis asyncapi docs documentation events graphql http oas openapi rest restful spec specification swagger the",
    "version",
)
_TRIALS = words("demo-data example examples fixtures mock mocks sample samples test testdata testing tests")
"""Folders whose definitions are there to be tried."""
_MAX_TITLE_WORDS = 5
"""A longer title is a sentence, not a name."""
_VERSION = re.compile(r"v?\d+(?:\.\d+)*", re.IGNORECASE)
_EXTENSION = re.compile(
    r"\.(?:ya?ml|json|proto|protoset|desc|(?:bin)?pb|graphqls?|gql|avsc|avpr)(?:\.gz)?$", re.IGNORECASE
)


def is_trial(path: str) -> bool:
    """Whether a definition is a test's or an example's, by the folders it lies in."""
    return not _TRIALS.isdisjoint(path.lower().split("/")[:-1])


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


def telling_folders(paths: Sequence[str], workspace: Workspace) -> dict[str, str]:
    """Folder names that may name a provider. A folder that holds several specifications whose files have names of
    their own is a collection and names none of them."""
    folders = {path: telling_folder(path, workspace) for path in paths}
    stems: dict[str, set[str]] = defaultdict(set)
    for path, folder in folders.items():
        stems[folder].add(file_name(path))
    return {path: clean(folder.rpartition("/")[2]) for path, folder in folders.items() if len(stems[folder] - {""}) < 2}


def _telling(name: str, generic: frozenset[str]) -> list[str]:
    """Words of a name that are neither generic nor versions."""
    words = [word for word in re.split(r"[\s._-]+", name) if word]
    return [word for word in words if word.lower() not in generic and not _VERSION.fullmatch(word)]
