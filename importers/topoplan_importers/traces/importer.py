"""The importers of traces: which files are theirs. What reads them is loaded once there are any."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.recognise import PARQUET, STATE, is_jaeger, is_otlp, is_zipkin


class _TraceImporter:
    """What the three formats share."""

    name: ClassVar[str]
    summary: ClassVar[str]

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        """Read all files as one: a trace may be split over several of them."""
        from topoplan_importers.traces.results import read_traces

        return read_traces(self.name, candidates, workspace, options)


class OtlpImporter(_TraceImporter):
    """OTLP in JSON (one request, many, or one a line) or protobuf."""

    name = "otlp"
    summary = "OpenTelemetry traces (OTLP in JSON, JSON lines or protobuf)"

    def claims(self, candidate: Candidate) -> bool:
        return is_otlp(candidate.head)


class JaegerImporter(_TraceImporter):
    """Jaeger's JSON traces and dependencies."""

    name = "jaeger"
    summary = "Jaeger traces and dependencies (JSON)"

    def claims(self, candidate: Candidate) -> bool:
        return is_jaeger(candidate.head)


class ZipkinImporter(_TraceImporter):
    """Zipkin's JSON traces, v2 and v1, and dependencies."""

    name = "zipkin"
    summary = "Zipkin traces and dependencies (JSON v2 and v1)"

    def claims(self, candidate: Candidate) -> bool:
        return is_zipkin(candidate.head)


class SpansImporter:
    """Span tables as `topoplan traces flatten` writes them."""

    name = "spans"
    summary = "Tables of spans in Parquet (topoplan traces flatten)"

    def claims(self, candidate: Candidate) -> bool:
        return candidate.head.startswith(PARQUET)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        """Read all files as one: a trace may be split over several of them."""
        from topoplan_importers.traces.results import read_tables

        return read_tables(candidates, workspace, options)


class TraceStateImporter:
    """Reads what `topoplan traces edges --state` keeps."""

    name = "trace-state"
    summary = "Folded traces (states that topoplan traces edges keeps)"

    def claims(self, candidate: Candidate) -> bool:
        return candidate.head.startswith(STATE)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        """All parts are read as one, also those of several states. Of parts that share some of their files only, the
        smaller is a failed source."""
        from topoplan_importers.traces.stored import read_states

        return read_states(candidates, workspace, options)
