"""What commands do with traces besides analysing them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from topoplan.errors import UsageError
from topoplan.importing.contract import Candidate, Flattened, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.importer import JaegerImporter, OtlpImporter, ZipkinImporter


class TraceTools:
    """Found under the entry-point group `topoplan.trace_tools`."""

    def flatten(
        self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions, target: Path
    ) -> Flattened:
        """See the protocol of this name."""
        from topoplan_importers.traces.flattening import flatten

        importers = (JaegerImporter(), OtlpImporter(), ZipkinImporter())
        claimed = {importer.name: [c for c in candidates if importer.claims(c)] for importer in importers}
        if not any(claimed.values()):
            hint = "Give files or folders with traces in OTLP, Jaeger's or Zipkin's format."
            raise UsageError("none of these files is a trace", slug="no-traces", hint=hint)
        return flatten({kind: files for kind, files in claimed.items() if files}, workspace, options, target)
