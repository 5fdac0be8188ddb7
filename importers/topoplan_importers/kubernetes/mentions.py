"""Which variables the code of a workload reads, to tell what it needs of a config map that several take whole."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan_importers import technologies
from topoplan_importers.kubernetes.cluster import Node
from topoplan_importers.source.selection import is_source, shared_folder
from topoplan_importers.vocabulary import words

_WORD = re.compile(r"[A-Za-z_]\w*")
_SETTINGS = re.compile(
    r"(?:(?:application|bootstrap|appsettings|config|settings)[\w.-]*\.(?:ya?ml|json|toml)|.*\.properties)"
)
_FOREIGN = words("node_modules bower_components vendor vendored third_party thirdparty dist build target")
_MAX_FILES = 400
_MAX_BYTES = 2**18
"""Files of one workload that are looked through, and bytes of each."""
_SPRING = "SPRING_"
"""Spring reads variables that start so without being told."""


class Mentions:
    """Looks into the files `paths` of what the analysis may read; folders count for the workload or image they are
    called after."""

    def __init__(self, workspace: Workspace, paths: Sequence[str]) -> None:
        self._workspace = workspace
        self._paths = sorted(paths)
        self._known: dict[Node, Mapping[str, str]] = {}

    @cached_property
    def _by_folder(self) -> Mapping[str, Mapping[str, Sequence[str]]]:
        """Files that may read variables, by the plain name and then the path of each folder around them."""
        found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        shared = shared_folder(self._paths) if self._paths else ""
        for path in self._paths:
            name, folder = posixpath.basename(path).lower(), posixpath.dirname(path)
            own = _FOREIGN.isdisjoint(folder.split("/"))
            if own and (is_source(name) or _SETTINGS.fullmatch(name)):
                while folder and folder not in ("/", shared):
                    found[_plain(posixpath.basename(folder))][folder].append(path)
                    folder = posixpath.dirname(folder)
        return found

    def of(self, node: Node, variable: str) -> str:
        """A file of the node that reads a variable; empty when none is known to."""
        if node not in self._known:
            self._known[node] = self._words(node)
        words = self._known[node]
        spring = words.get("springframework", "") if variable.startswith(_SPRING) else ""
        return words.get(variable, "") or spring

    def _words(self, node: Node) -> Mapping[str, str]:
        """The words in a node's files, each with the first file that has it. A name that several folders carry, none
        of them within another, tells none of them."""
        names = {node.name, *(w.name for w in node.workloads), *_images(node)}
        folders = {folder: paths for name in names for folder, paths in self._by_folder.get(_plain(name), {}).items()}
        outermost = [f for f in sorted(folders) if not any(f != o and f.startswith(o + "/") for o in folders)]
        if len(outermost) != 1:
            return {}
        found: dict[str, str] = {}
        for path in folders[outermost[0]][:_MAX_FILES]:
            for word in _WORD.findall(self._content(path)):
                found.setdefault(word, path)
        return found

    def _content(self, path: str) -> str:
        try:
            return self._workspace.read_bytes(path)[:_MAX_BYTES].decode("utf-8", "replace")
        except DocumentError:
            return ""


def _images(node: Node) -> Iterable[str]:
    images = sorted(image for w in node.workloads for image in w.images)
    return [image.rpartition("/")[2] for image in images if technologies.by_image(image) is None]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
