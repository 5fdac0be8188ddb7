"""The three trace importers: which files are theirs, and what becomes of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Source
from topoplan_importers.traces import jaeger, otlp, zipkin
from topoplan_importers.traces.facts import facts_of
from topoplan_importers.traces.finding import Found, find
from topoplan_importers.traces.frames import shape_of
from topoplan_importers.traces.remembering import remembered


class _TraceImporter:
    """What the three formats share."""

    name: ClassVar[str]
    summary: ClassVar[str]

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        """Read all files as one: a trace may be split over several of them."""
        ordered = sorted(candidates, key=lambda c: c.path)
        found, digests = remembered(
            ordered, self.name, workspace, options, lambda: find(ordered, self.name, workspace, options)
        )
        return imported(self.name, ordered, found, digests)


class OtlpImporter(_TraceImporter):
    """OTLP in JSON (one request, many, or one a line) or protobuf."""

    name = "otlp"
    summary = "OpenTelemetry traces (OTLP in JSON, JSON lines or protobuf)"

    def claims(self, candidate: Candidate) -> bool:
        return (_is_json(candidate) and otlp.claims(candidate.head)) or shape_of(candidate.head) != b""


class JaegerImporter(_TraceImporter):
    """Jaeger's JSON traces and dependencies."""

    name = "jaeger"
    summary = "Jaeger traces and dependencies (JSON)"

    def claims(self, candidate: Candidate) -> bool:
        return _is_json(candidate) and not otlp.claims(candidate.head) and jaeger.claims(candidate.head)


class ZipkinImporter(_TraceImporter):
    """Zipkin's JSON traces, v2 and v1, and dependencies."""

    name = "zipkin"
    summary = "Zipkin traces and dependencies (JSON v2 and v1)"

    def claims(self, candidate: Candidate) -> bool:
        head = candidate.head
        others = otlp.claims(head) or jaeger.claims(head)
        return _is_json(candidate) and not others and zipkin.claims(head)


def imported(importer: str, files: Sequence[Candidate], found: Found, digests: Sequence[str]) -> Imported:
    """What an importer gives for what was found in these files."""
    facts, notices = facts_of(found.observed, importer)
    runs = Counter(check.evidence.where.path for check in found.checks)
    counts = runs + Counter(fact.evidence.where.path for fact in facts)
    sources = [
        Source(file.path, state, importer, _remark(reason, runs[file.path]), counts[file.path], digest)
        for file, (state, reason), digest in zip(files, found.outcomes, digests, strict=True)
    ]
    return Imported(tuple(facts), tuple(sources), (*notices, *found.notices), tuple(found.checks))


def _is_json(candidate: Candidate) -> bool:
    """Begins like JSON and is no document about the formats: those name their own."""
    begins = candidate.head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"[")
    return begins and not any(
        key in candidate.head for key in (b'"openapi"', b'"swagger"', b'"$schema"', b'"asyncapi"')
    )


def _remark(reason: str, runs: int) -> str:
    told = f"{runs:,} test run{'' if runs == 1 else 's'}" if runs else ""
    return "; ".join(part for part in (told, reason) if part)
