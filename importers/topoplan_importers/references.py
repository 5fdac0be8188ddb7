"""Follows `$ref`s inside the analysed folders, and only there: nothing is fetched, nothing outside is opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

from topoplan.errors import DocumentError
from topoplan.importing.documents import line_of, load_json, load_yaml_all
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Notice, Severity
from topoplan.model.place import Where
from topoplan.model.text import TEXT_LIMIT, clean

MAX_HOPS = 32
"""Longest chain of references followed; a longer one is a loop."""
MAX_DOCUMENTS = 200
"""Most files one specification is put together from."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_USERINFO = re.compile(r"//[^/?#@]*@")


class Node(NamedTuple):
    """A value with the document it stands in and its JSON Pointer there."""

    value: Any
    path: str
    pointer: str

    def child(self, key: str) -> Node:
        """The value under `key` of a mapping; None for anything else."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(value, self.path, f"{self.pointer}/{_escaped(key)}")

    def children(self) -> Iterator[tuple[str, Node]]:
        """Entries of a mapping, specification extensions left out."""
        for key in self.value if isinstance(self.value, dict) else ():
            if not key.startswith("x-"):
                yield key, self.child(key)

    def items(self) -> Iterator[Node]:
        """Items of a list."""
        for index, value in enumerate(self.value if isinstance(self.value, list) else ()):
            yield Node(value, self.path, f"{self.pointer}/{index}")

    def where(self, key: str) -> Where:
        """Place of `key`: a line where the document has lines, a pointer otherwise."""
        line = line_of(self.value, key)
        return Where(self.path, line) if line else Where(self.path, pointer=clean(self.child(key).pointer, TEXT_LIMIT))


class Documents:
    """The files below the analysed roots, as specifications refer to them."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self._files: dict[str, tuple[str, ...]] = {}

    def load(self, path: str) -> Any:
        """The parsed file. Raises DocumentError."""
        return self.workspace.document(path).value

    def target(self, base: str, reference: str) -> str | None:
        """Shown path of the file part of a reference; None when it must not be followed."""
        name = unquote(reference)
        if _SCHEME.match(name) or name.startswith(("/", "\\")) or "\0" in name:
            return None
        return self.workspace.join(base, name)

    def closure(self, path: str, root: Any) -> dict[str, Any]:
        """The specification and every file its references lead to, parsed, by path; unreadable ones are left out."""
        found, waiting = {path: root}, [path]
        while waiting and len(found) < MAX_DOCUMENTS:
            base = waiting.pop()
            if base not in self._files:
                self._files[base] = referenced_files(found[base])
            for target in filter(None, (self.target(base, name) for name in self._files[base])):
                if target not in found and self.workspace.is_file(target):
                    try:
                        found[target] = self.load(target)
                    except DocumentError:
                        continue
                    waiting.append(target)
        return found


class References:
    """All references of one specification: resolved values, and what could not be resolved and why.

    `documents` None means the specification is read on its own; references to other files then lead nowhere.
    """

    def __init__(self, path: str, root: Any, documents: Documents | None = None) -> None:
        self.root = Node(root, path, "")
        self._documents = documents
        self._roots: dict[str, Any] = {path: root}
        self._known: dict[tuple[str, str], Node | None] = {}
        self._refused: dict[str, Where] = {}
        self._unresolved: dict[str, Where] = {}

    def follow(self, node: Node) -> Node:
        """The value behind a chain of `$ref`s, the node itself without one; None when the chain leads nowhere."""
        start = node
        for _ in range(MAX_HOPS):
            reference = node.value.get("$ref") if isinstance(node.value, dict) else None
            if not isinstance(reference, str):
                return node
            found = self._target(reference, node)
            if found is None:
                return Node(None, node.path, node.pointer)
            node = found
        self._unresolved.setdefault(str(start.value["$ref"]), start.where("$ref"))
        return Node(None, start.path, start.pointer)

    def notices(self) -> tuple[Notice, ...]:
        """What was not followed, one notice a kind."""
        path = self.root.path
        return (
            *_told("ref-refused", "leads outside the analysed folders and is not followed", self._refused, path),
            *_told("ref-unresolved", "leads to nothing", self._unresolved, path),
        )

    def _target(self, reference: str, node: Node) -> Node | None:
        key = (node.path, reference)
        if key not in self._known:
            self._known[key] = self._resolve(reference, node)
        return self._known[key]

    def _resolve(self, reference: str, node: Node) -> Node | None:
        name, _, fragment = reference.partition("#")
        path = node.path
        if name:
            target = self._documents.target(path, name) if self._documents else None
            if target is None:
                if self._documents:
                    self._refused.setdefault(_shown(reference), node.where("$ref"))
                return None
            path = target
        found = self._at(path, unquote(fragment))
        if found is None:
            self._unresolved.setdefault(_shown(reference), node.where("$ref"))
        return found

    def _at(self, path: str, pointer: str) -> Node | None:
        if path not in self._roots:
            if self._documents is None or len(self._roots) >= MAX_DOCUMENTS:
                return None
            try:
                self._roots[path] = self._documents.load(path)
            except DocumentError:
                return None
        value = self._roots[path]
        if pointer and not pointer.startswith("/"):
            return None
        for part in pointer.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if isinstance(value, dict) and key in value:
                value = value[key]
            elif isinstance(value, list) and key.isascii() and key.isdigit() and int(key[:9]) < len(value):
                value = value[int(key[:9])]
            else:
                return None
        return Node(value, path, pointer)


def root_of(path: str, content: bytes) -> Any:
    """The first document in a stored version of a file, JSON or YAML; None where there is none or it cannot be read."""
    try:
        if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            return load_json(content, path).value
        return next((document.value for document in load_yaml_all(content, path)), None)
    except DocumentError:
        return None


def referenced_files(root: Any) -> tuple[str, ...]:
    """File parts of all `$ref`s in a parsed document, sorted."""
    found, stack, seen = set(), [root], set()
    while stack:
        value = stack.pop()
        if isinstance(value, (dict, list)):
            if id(value) in seen:
                continue
            seen.add(id(value))
            stack.extend(value.values() if isinstance(value, dict) else value)
            reference = value.get("$ref") if isinstance(value, dict) else None
            if isinstance(reference, str) and (name := reference.partition("#")[0]):
                found.add(name)
    return tuple(sorted(found))


def _escaped(key: str) -> str:
    return key.replace("~", "~0").replace("/", "~1") if "/" in key or "~" in key else key


def _shown(reference: str) -> str:
    """A reference fit for a message: no user information, no query."""
    return clean(_USERINFO.sub("//", reference).partition("?")[0], 120)


def _told(slug: str, what: str, places: dict[str, Where], path: str) -> tuple[Notice, ...]:
    if not places:
        return ()
    first = min(places, key=lambda reference: (places[reference].path != path, places[reference], reference))
    more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
    return (Notice(Severity.WARNING, slug, f"$ref {first} {what}{more}", places[first]),)
