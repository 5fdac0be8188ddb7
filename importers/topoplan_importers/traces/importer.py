"""The three trace importers: which files are theirs, and reading them unit by unit into one ledger."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Protocol

import msgspec

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.collector import collector_paused
from topoplan.model.facts import Source, SourceState
from topoplan.model.text import clean
from topoplan_importers.traces import jaeger, otlp, zipkin
from topoplan_importers.traces.facts import facts_of
from topoplan_importers.traces.ledger import Ledger
from topoplan_importers.traces.marks import Marks
from topoplan_importers.traces.run_facts import run_facts
from topoplan_importers.traces.runs import take_runs
from topoplan_importers.traces.span import DependencyLink, Span
from topoplan_importers.traces.units import UnreadableError, elements, is_lines, lines, mend

_BROKEN_STREAM = (OSError, EOFError, zlib.error, DocumentError)
_UNDECODABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_SHOWN = 3
"""Bad lines named in a source's remark."""


class Reader(Protocol):
    """Decodes one unit of a file into spans."""

    def read(self, unit: bytes, file: int) -> Iterator[Span | DependencyLink]:
        """Raises msgspec.DecodeError, UnicodeDecodeError or RecursionError before the first."""
        ...


@dataclass(slots=True)
class _Progress:
    """How the reading of one file goes."""

    good: int = 0
    bad: int = 0
    records: int = 0
    marks: Marks | None = None
    """Where the traces of a file of test runs are noted; None for any other file."""
    first_bad: list[str] = field(default_factory=list)
    broken: str = ""
    """Why the rest of the file could not be read."""

    def fail(self, place: str, error: Exception) -> None:
        self.bad += 1
        if len(self.first_bad) < _SHOWN:
            self.first_bad.append(f"{place}: {_reason(error)}")

    def remark(self, noun: str) -> str:
        parts = []
        if self.bad:
            shown = "; ".join(self.first_bad) + ("; …" if self.bad > len(self.first_bad) else "")
            parts.append(f"{self.bad} of {self.bad + self.good} {noun}s could not be read ({shown})")
        return "; ".join([*parts, *([self.broken] if self.broken else [])])


class _TraceImporter:
    """What the three formats share."""

    name: ClassVar[str]
    summary: ClassVar[str]

    def _reader(self, marks: Marks) -> Reader:
        raise NotImplementedError

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        """Read all files into one ledger: a trace may be split over several of them. Traces of test runs leave it."""
        ledger, marks = Ledger(), Marks()
        reader = self._reader(marks)
        ordered = sorted(candidates, key=lambda c: c.path)
        paths = [c.path for c in ordered]
        with collector_paused():
            done = [
                _read_file(
                    c, index, reader, ledger, workspace, marks if _is_below(c.path, options.test_traces) else None
                )
                for index, c in enumerate(ordered)
            ]
            checks, told = run_facts(take_runs(ledger, marks), marks.faults, self.name, paths, ledger.flaws)
            ledger.close()
        facts, notices = facts_of(ledger, self.name, paths)
        runs = Counter(check.evidence.where.path for check in checks)
        counts = runs + Counter(fact.evidence.where.path for fact in facts)
        sources = [
            Source(c.path, state, self.name, _remark(reason, runs[c.path]), counts[c.path], _digest(c, workspace))
            for c, (state, reason) in zip(ordered, done, strict=True)
        ]
        return Imported(tuple(facts), tuple(sources), (*notices, *told), tuple(checks))


class OtlpImporter(_TraceImporter):
    """OTLP in JSON: one request, many, or one a line."""

    name = "otlp"
    summary = "OpenTelemetry traces (OTLP JSON, also JSON lines and gzip)"

    def claims(self, candidate: Candidate) -> bool:
        return _is_json(candidate) and otlp.claims(candidate.head)

    def _reader(self, marks: Marks) -> Reader:
        return otlp.OtlpReader(marks)


class JaegerImporter(_TraceImporter):
    """Jaeger's JSON traces and dependencies."""

    name = "jaeger"
    summary = "Jaeger traces and dependencies (JSON)"

    def claims(self, candidate: Candidate) -> bool:
        return _is_json(candidate) and not otlp.claims(candidate.head) and jaeger.claims(candidate.head)

    def _reader(self, marks: Marks) -> Reader:
        return jaeger.JaegerReader(marks)


class ZipkinImporter(_TraceImporter):
    """Zipkin's JSON traces, v2 and v1, and dependencies."""

    name = "zipkin"
    summary = "Zipkin traces and dependencies (JSON v2 and v1)"

    def claims(self, candidate: Candidate) -> bool:
        head = candidate.head
        others = otlp.claims(head) or jaeger.claims(head)
        return _is_json(candidate) and not others and zipkin.claims(head)

    def _reader(self, marks: Marks) -> Reader:
        return zipkin.ZipkinReader(marks)


def _is_json(candidate: Candidate) -> bool:
    """Begins like JSON and is no document about the formats: those name their own."""
    begins = candidate.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    return begins and not any(
        key in candidate.head for key in (b'"openapi"', b'"swagger"', b'"$schema"', b'"asyncapi"')
    )


def _read_file(
    candidate: Candidate, file: int, reader: Reader, ledger: Ledger, workspace: Workspace, marks: Marks | None
) -> tuple[SourceState, str]:
    progress, noun = _Progress(marks=marks), "element"
    try:
        with workspace.open_stream(candidate.path) as stream:
            by_line = is_lines(stream)
        if not by_line:
            _read_units(candidate, file, reader, ledger, workspace, progress, elements)
        if by_line or (progress.broken and not progress.good):
            # A document that breaks off before its first element may be lines with a damaged first one.
            attempt = _Progress(marks=marks)
            _read_units(candidate, file, reader, ledger, workspace, attempt, lines)
            if by_line or attempt.records:
                progress, noun = attempt, "line"
    except _BROKEN_STREAM as error:
        progress.broken = clean(error.reason if isinstance(error, DocumentError) else f"cannot be read: {error}")
    remark = progress.remark(noun)
    if progress.records:
        return SourceState.ANALYSED, remark
    return (SourceState.FAILED, remark) if remark else (SourceState.SKIPPED, "no spans")


def _read_units(
    candidate: Candidate, file: int, reader: Reader, ledger: Ledger, workspace: Workspace, progress: _Progress,
    cut: Callable[..., Iterator[tuple[str, bytes]]],
) -> None:  # fmt: skip
    with workspace.open_stream(candidate.path) as stream:
        try:
            for place, unit in cut(stream):
                try:
                    _take(reader, unit, file, ledger, progress)
                except _UNDECODABLE as error:
                    progress.fail(place, error)
        except UnreadableError as error:
            progress.broken = str(error)
        except _BROKEN_STREAM as error:
            progress.broken = clean(f"breaks off: {error}")


def _take(reader: Reader, unit: bytes, file: int, ledger: Ledger, progress: _Progress) -> None:
    try:
        _book(reader.read(unit, file), file, ledger, progress)
    except (msgspec.DecodeError, UnicodeDecodeError):
        mended = mend(unit)
        if mended == unit:
            raise
        _book(reader.read(mended, file), file, ledger, progress)
    progress.good += 1


def _book(records: Iterator[Span | DependencyLink], file: int, ledger: Ledger, progress: _Progress) -> None:
    count = 0
    for record in records:
        count += 1
        if isinstance(record, Span):
            ledger.add(record)
            if progress.marks is not None:
                progress.marks.claim(record.trace)
        elif progress.marks is None:  # sums of calls tell of no single test
            ledger.add_link(record, file)
    progress.records += count


def _remark(reason: str, runs: int) -> str:
    told = f"{runs:,} test run{'' if runs == 1 else 's'}" if runs else ""
    return "; ".join(part for part in (told, reason) if part)


def _is_below(path: str, places: Sequence[str]) -> bool:
    """Whether a shown path is one of some files and folders, or lies in one."""
    return any(path == place or path.startswith("" if place == "." else place.rstrip("/") + "/") for place in places)


def _reason(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "is not UTF-8"
    return clean(str(error).split("\n")[0])


def _digest(candidate: Candidate, workspace: Workspace) -> str:
    try:
        return workspace.digest(candidate.path)
    except (OSError, DocumentError):
        return ""
