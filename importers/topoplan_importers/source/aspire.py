"""Reads the application host of .NET Aspire, a manifest written in C#: resources, and what each is given of others.

Statements are read as chains of calls: `var shop = builder.AddProject<Projects.Shop>("shop").WithReference(stock);`.
"""

from __future__ import annotations

import bisect
import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct, field

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Fact, NodeKind, Party, ServiceFact, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.source.scanner import Literal, Scan
from topoplan_importers.technologies import Technology
from topoplan_importers.variables import Purpose, purpose_of

IMPORTER = "source"
_HOST = re.compile(r"\bDistributedApplication\s{0,99}\.\s{0,99}CreateBuilder\s{0,99}\(")
_ASSIGNED = re.compile(r"(\w{1,99})\s{0,99}=\s{0,99}\Z")
_NAME_ROOM = 300
"""Characters before the call in which the variable it is assigned to stands."""
_HEAD = re.compile(r"(?:\b(?P<variable>\w+)\s*=\s*)?(?:await\s+)?(?P<subject>[A-Za-z_]\w*)\s*(?=\.)")
_CALL = re.compile(r"\s*\.\s*(?P<method>\w+)\s*(?:<\s*(?P<generic>[\w.]+)\s*>)?\s*\(")
_NAME = re.compile(r"[A-Za-z_]\w*")
_IN_TEXT = re.compile(r"\{\s*([A-Za-z_]\w*)")
_PROJECT = re.compile(r"""<ProjectReference\s[^>]*?Include\s*=\s*["']([^"']{1,500})["']""", re.IGNORECASE)
_PROJECT_FILE = re.compile(r".*\.(?:cs|fs|vb)proj", re.IGNORECASE)
_STORAGE = "AzureStorage"
"""Azure's storage account, whose emulator is a product of its own name."""
_PROGRAM = re.compile(r"(?:\w*(?:Project|App|Functions?|Dockerfile|Container|Executable|Service))")
_HOSTED = re.compile(r"^Azure(?:Managed)?|(?:Flexible)?Server$")
"""What a hosted product's name has beside that of the product."""
_FILE_BYTES = 256 * 1024
_MOST = 2000
"""Statements read of one host."""


class _Resource(Struct):
    """One node of the application, and the names of the databases and queues it holds."""

    name: str
    offset: int
    technology: Technology | None = None
    kind: NodeKind | None = None
    folder: str = ""
    image: str = ""
    aliases: list[str] = field(default_factory=list)


class _Call(Struct, frozen=True):
    """One call of a chain: its arguments as `start` and `end` in the code."""

    method: str
    generic: str
    start: int
    end: int


def is_host(text: str) -> bool:
    """Whether this is the code of an application host."""
    return bool(_HOST.search(text))


def facts(scan: Scan, workspace: Workspace) -> tuple[Fact, ...]:
    """The resources of an application host and their dependencies."""
    return _Host(scan, workspace).facts()


class _Host:
    """The state of reading one application host."""

    def __init__(self, scan: Scan, workspace: Workspace) -> None:
        self._scan = scan
        self._workspace = workspace
        self._folder = posixpath.dirname(scan.path)
        self._literals = scan.literals
        self._starts = [literal.start for literal in scan.literals]
        self._code = _without_texts(scan)
        found = _HOST.search(scan.code)
        before = scan.code[max(0, found.start() - _NAME_ROOM) : found.start()] if found else ""
        assigned = _ASSIGNED.search(before)
        self._builder = assigned[1] if assigned else "builder"
        self._resources: dict[str, _Resource] = {}
        self._variables: dict[str, _Resource] = {}
        self._uses: dict[tuple[str, str], tuple[_Resource, _Resource, int, Confidence]] = {}

    def facts(self) -> tuple[Fact, ...]:
        for start, end in _statements(self._code):
            self._read(start, end)
        nodes = sorted(self._resources.values(), key=lambda r: r.name)
        uses = sorted(self._uses.items())
        return (*(self._service(node) for node in nodes), *(self._call(*use) for _, use in uses))

    def _read(self, start: int, end: int) -> None:
        head = _HEAD.search(self._code, start, end)
        if not head:
            return
        subject = self._variables.get(head["subject"])
        if subject is None and head["subject"] != self._builder:
            return
        chain = list(self._chain(head.end(), end))
        for call in chain:
            subject = self._declared(call, subject) if call.method.startswith("Add") else subject
            if subject is not None:
                self._used(subject, call)
        if head["variable"] and subject is not None:
            self._variables[head["variable"]] = subject

    def _chain(self, offset: int, end: int) -> Iterator[_Call]:
        while match := _CALL.match(self._code, offset, end):
            offset = _closing(self._code, match.end(), end)
            yield _Call(match["method"], match["generic"] or "", match.end(), max(match.end(), offset - 1))

    def _declared(self, call: _Call, holder: _Resource | None) -> _Resource | None:
        """The resource that `Add…("name")` makes; what a server holds counts as the server."""
        texts = self._texts(call)
        if not texts or not re.fullmatch(r"[A-Za-z][\w.-]{0,80}", texts[0].text):
            return holder
        name = texts[0].text
        if holder is not None:
            holder.aliases += [name] if holder.technology else []
            return holder
        what = call.method.removeprefix("Add")
        technology = technologies.by_name("azurite" if what == _STORAGE else what) or technologies.by_name(
            _HOSTED.sub("", what)
        )
        gateway = what == "Yarp"
        if technology is None and not gateway and not _PROGRAM.fullmatch(what):
            return None
        made = _Resource(clean(name), texts[0].start, technology, NodeKind.GATEWAY if gateway else None)
        if technology is None:
            given = texts[1].text if len(texts) > 1 else ""
            made.folder = self._project(call.generic) if call.generic else self._built_in(given)
            made.image = given if what == "Container" else ""
            made.technology = technologies.by_image(made.image) if made.image else None
        return self._resources.setdefault(name.lower(), made)

    def _used(self, subject: _Resource, call: _Call) -> None:
        """The resources that a call hands to `subject`; a route of a gateway may be made by any call."""
        sure = call.method == "WithReference"
        routed = subject.kind is NodeKind.GATEWAY and not call.method.startswith("Wait")
        texts = self._texts(call)
        given = call.method == "WithEnvironment" and (not texts or purpose_of(texts[0].text) is Purpose.CALL)
        if not (sure or routed or given):
            return
        names = _NAME.findall(self._code, call.start, call.end)
        names += [name for text in texts for name in _IN_TEXT.findall(text.text)]
        for name in names:
            used = self._variables.get(name)
            if used is None or used is subject:
                continue
            trust = Confidence.HIGH if sure or routed else Confidence.MEDIUM
            if given and (used.name, subject.name) in self._uses:  # told of its callers, as for redirects
                trust = Confidence.LOW
            self._uses.setdefault((subject.name, used.name), (subject, used, call.start, trust))

    def _texts(self, call: _Call) -> list[Literal]:
        first, last = (bisect.bisect_left(self._starts, offset) for offset in (call.start, call.end))
        return list(self._literals[first:last])

    def _project(self, generic: str) -> str:
        """The folder of the project that a generated class such as `Projects.Stock_Api` stands for."""
        return self._projects.get(generic.rpartition(".")[2], "")

    @cached_property
    def _projects(self) -> dict[str, str]:
        """Folders of the projects that the host's own refers to, by the names of their classes."""
        found: dict[str, str] = {}
        for file in self._workspace.names(self._folder or "."):
            if _PROJECT_FILE.fullmatch(file):
                for reference in _PROJECT.findall(self._text(posixpath.join(self._folder, file))):
                    path = reference.replace("\\", "/")
                    name = re.sub(r"\W", "_", posixpath.splitext(posixpath.basename(path))[0])
                    found.setdefault(name, posixpath.dirname(self._workspace.join(self._scan.path, path) or ""))
        return found

    def _built_in(self, path: str) -> str:
        """The folder of a program given as the path of its folder or project file."""
        if not path.replace("\\", "/").startswith(("./", "../")):
            return ""
        found = self._workspace.join(self._scan.path, path.replace("\\", "/")) or ""
        return posixpath.dirname(found) if _PROJECT_FILE.fullmatch(found) else found

    def _text(self, path: str) -> str:
        try:
            with self._workspace.open_stream(path) as stream:
                return stream.read(_FILE_BYTES).decode("utf-8", "replace")
        except DocumentError:
            return ""

    def _party(self, resource: _Resource) -> Party:
        technology = resource.technology
        kind = technology.kind if technology else resource.kind
        return Party(resource.name, self._folder, kind, technology.name if technology else "")

    def _service(self, resource: _Resource) -> ServiceFact:
        return ServiceFact(
            self._party(resource),
            self._evidence(resource.offset, Confidence.HIGH, "aspire-resource"),
            aliases=tuple(sorted({clean(alias) for alias in resource.aliases} - {resource.name})),
            folder=resource.folder,
            image=clean(resource.image),
            infrastructure=bool(resource.technology and resource.technology.infrastructure),
        )

    def _call(self, consumer: _Resource, provider: _Resource, offset: int, trust: Confidence) -> CallFact:
        technology = provider.technology
        resource = technology is not None and technology.kind is not None
        return CallFact(
            self._party(consumer),
            self._party(provider),
            Style.RESOURCE if resource else Style.SYNC,
            technology.protocol if technology else "http",
            self._evidence(offset, trust, "aspire-reference"),
        )

    def _evidence(self, offset: int, trust: Confidence, rule: str) -> Evidence:
        return Evidence(IMPORTER, Where(self._scan.path, self._scan.line(offset)), Basis.DECLARED, trust, rule)


def _without_texts(scan: Scan) -> str:
    """The code with blanks for what stands in quotes, every offset kept."""
    pieces: list[str] = []
    last = 0
    for literal in scan.literals:
        pieces += (scan.code[last : literal.start], '"' * (literal.end - literal.start))
        last = literal.end
    return "".join((*pieces, scan.code[last:]))


def _statements(code: str) -> Iterator[tuple[int, int]]:
    """Start and end of the statements that stand in no brackets: those of a lambda belong to its call."""
    depth = start = count = 0
    for mark in re.finditer(r"[()\[\];{}]", code):
        if mark[0] in "([":
            depth += 1
        elif mark[0] in ")]":
            depth = max(0, depth - 1)
        elif depth == 0:
            if mark[0] == ";" and count < _MOST:
                count += 1
                yield start, mark.start()
            start = mark.end()


def _closing(code: str, start: int, end: int) -> int:
    """The offset behind the bracket that closes the one before `start`."""
    depth = 1
    for mark in re.compile(r"[()]").finditer(code, start, end):
        depth += 1 if mark[0] == "(" else -1
        if depth == 0:
            return mark.end()
    return end
