"""Reads distributed traces into observed calls: OTLP, Jaeger and Zipkin files through one join."""

from topoplan_importers.traces.importer import (
    JaegerImporter,
    OtlpImporter,
    SpansImporter,
    TraceStateImporter,
    ZipkinImporter,
)

__all__ = ["JaegerImporter", "OtlpImporter", "SpansImporter", "TraceStateImporter", "ZipkinImporter"]
