"""The Avro importer: a record in a file of its own is a message of whoever publishes it, a protocol a set of calls.

A schema names no channel and no sender. It goes by the subjects of schema registries (`orders-value.avsc`) and by the
record's name, and the graph looks for the channel that one of the names means. Copies are of one record: the service
that publishes it is its provider.
"""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions, InterfaceVersion
from topoplan.importing.workspace import Workspace
from topoplan.model.operation import Operation

NAME = "avro"
IDL = ".avdl"


class AvroImporter:
    """Reads `.avsc` and `.avpr` files."""

    name = NAME
    summary = "Avro schemas (.avsc) of messages and protocols (.avpr) of calls"

    def claims(self, candidate: Candidate) -> bool:
        return candidate.name.removesuffix(".gz").endswith((".avsc", ".avpr", IDL))

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.avro.reading import read

        return read(candidates, workspace, options)

    def operations(self, path: str, content: bytes) -> tuple[Operation, ...] | None:
        """Messages or calls of one stored version; types of other files are left out."""
        from topoplan_importers.avro.reading import operations

        return operations(path, content)

    def version(self, path: str, content: bytes) -> InterfaceVersion | None:
        """One stored version, compared by Avro's rules of schema resolution."""
        from topoplan_importers.avro.reading import version

        return version(path, content)
