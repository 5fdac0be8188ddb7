"""One specification to one interface and the calls to the parties it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from topoplan.errors import DocumentError
from topoplan.importing.cache import Cache
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Fact, HintKind, InterfaceFact, Notice, Party, Severity, Source, SourceState
from topoplan.model.operation import Operation
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers.naming import telling_folders
from topoplan_importers.openapi.detect import version_of
from topoplan_importers.openapi.hints import provider_hints
from topoplan_importers.openapi.importer import NAME
from topoplan_importers.openapi.operations import read_operations
from topoplan_importers.openapi.parties import calls_to_parties
from topoplan_importers.openapi.validation import Validation, Verdict
from topoplan_importers.references import Documents, References, root_of


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    paths = sorted(candidate.path for candidate in candidates)
    documents = Documents(workspace)
    folders = telling_folders(paths, workspace)
    with Validation(Cache(Path(options.cache_dir) if options.cache_dir else None)) as validation:
        results = []
        for path in paths:
            result = _read(path, folders.get(path, ""), documents)
            if options.validate_specs and result.files:
                validation.ask(path, result.files, {name: workspace.digest(name) for name in result.files})
            results.append(result._replace(files=dict.fromkeys(result.files)))  # frees the documents
        verdicts = validation.verdicts()
    return _imported(results, verdicts)


def operations(path: str, content: bytes) -> tuple[Operation, ...] | None:
    """Operations of one stored version; what lies in other files is left out."""
    root = root_of(path, content)
    return None if version_of(root) is None else read_operations(References(path, root)).operations


class _Result(NamedTuple):
    """What became of one claimed file."""

    source: Source
    interface: InterfaceFact | None = None
    calls: tuple[CallFact, ...] = ()
    files: Mapping[str, Any] = {}
    """Every file the specification is put together from, parsed, itself included; none when it is no specification."""
    notices: tuple[Notice, ...] = ()
    root: Where | None = None


def _read(path: str, folder: str, documents: Documents) -> _Result:
    workspace = documents.workspace
    try:
        digest = workspace.digest(path)
        document = workspace.document(path)
    except DocumentError as error:
        return _Result(Source(path, SourceState.FAILED, NAME, error.reason))
    root = document.value
    version = version_of(root)
    if version is None:
        reason = "names no version of OpenAPI 2.0 or 3.x at its top level"
        return _Result(Source(path, SourceState.SKIPPED, NAME, reason, digest=digest), notices=document.notices)
    references = References(path, root, documents)
    info = references.root.child("info")
    title, release = (clean(text) if isinstance(text, str) else "" for text in _texts(info.value))
    where = references.root.where("swagger" if version == "2.0" else "openapi")
    hints = provider_hints(references.root, folder, title)
    reading = read_operations(references)
    interface = None
    if reading.operations:
        evidence = Evidence(NAME, where, Basis.DECLARED, Confidence.HIGH, "specification", f"OpenAPI {version}")
        interface = InterfaceFact(
            hints, reading.operations, "http", path, evidence, title, release, path.rpartition("/")[0] or "."
        )
    # The graph decides who the provider is. Its calls name it as the graph does where nothing else is known: by folder,
    # file or title; the scope says that the name is this specification's.
    consumer = Party(next((hint.name for hint in hints if hint.kind is not HintKind.SERVER), title or path), scope=path)
    calls = calls_to_parties(references, consumer, NAME)
    notices = [*document.notices, *references.notices()]
    if reading.cut:
        notices.append(Notice(Severity.INFO, "spec-bounded", "is so large that not all fields are listed", where))
    remark = "" if reading.operations else "documents no operation"
    source = Source(path, SourceState.ANALYSED, NAME, remark, len(calls) + bool(interface), digest)
    return _Result(source, interface, calls, documents.closure(path, root), tuple(notices), where)


def _texts(info: Any) -> tuple[Any, Any]:
    return (info.get("title"), info.get("version")) if isinstance(info, dict) else (None, None)


def _imported(results: Sequence[_Result], verdicts: Mapping[str, Verdict]) -> Imported:
    part_of: dict[str, str] = {}
    first_with: dict[str, str] = {}
    for result in results:
        for name in result.files:
            if name != result.source.path:
                part_of.setdefault(name, result.source.path)
    facts: list[Fact] = []
    sources: list[Source] = []
    notices: list[Notice] = []
    for result in results:
        source, verdict = result.source, verdicts.get(result.source.path)
        if source.state is SourceState.SKIPPED and source.path in part_of:
            source = replace(source, state=SourceState.ANALYSED, reason=f"part of {part_of[source.path]}")
        elif source.digest and result.files:
            original = first_with.setdefault(source.digest, source.path)
            if original != source.path:
                source = replace(source, reason=f"same content as {original}")
        if result.interface:
            facts.append(replace(result.interface, valid=verdict.valid if verdict else None))
        facts += result.calls
        sources.append(source)
        notices += result.notices
        if verdict:
            notices += _told(verdict, result.root)
    claimed = {result.source.path for result in results}
    for name, whole in sorted(part_of.items()):
        if name not in claimed:  # a fragment, which nothing but the reference tells
            sources.append(Source(name, SourceState.ANALYSED, NAME, f"part of {whole}"))
    return Imported(tuple(facts), tuple(sources), tuple(notices))


def _told(verdict: Verdict, where: Where | None) -> tuple[Notice, ...]:
    if verdict.valid is False:
        return (Notice(Severity.WARNING, "spec-invalid", f"is not valid: {verdict.problem}", where),)
    if verdict.timed_out:
        return (Notice(Severity.WARNING, "validation-timeout", f"was not validated: {verdict.problem}", where),)
    if verdict.valid is None:
        return (Notice(Severity.INFO, "spec-not-validated", f"was not validated: {verdict.problem}", where),)
    return ()
