"""Reads distributed traces into observed calls: OTLP, Jaeger and Zipkin files through one join."""

from topoplan_importers.traces.importer import JaegerImporter, OtlpImporter, ZipkinImporter
from topoplan_importers.traces.spans import SpansImporter
from topoplan_importers.traces.state_importer import TraceStateImporter
from topoplan_importers.traces.tools import TraceTools

__all__ = ["JaegerImporter", "OtlpImporter", "SpansImporter", "TraceStateImporter", "TraceTools", "ZipkinImporter"]
