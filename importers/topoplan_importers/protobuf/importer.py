"""The Protocol Buffers importer: one gRPC service becomes one interface, however many copies of its file there are."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.operation import Operation

NAME = "protobuf"
SETS = (".desc", ".pb", ".binpb", ".protoset")
"""Endings of descriptor sets."""


class ProtobufImporter:
    """Reads `.proto` files and binary descriptor sets."""

    name = NAME
    summary = "Protocol Buffers definitions (.proto, descriptor sets): gRPC services and their methods"

    def claims(self, candidate: Candidate) -> bool:
        name = candidate.name.removesuffix(".gz")
        return name.endswith(".proto") or (name.endswith(SETS) and _looks_like_set(candidate.head))

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.protobuf.reading import read

        return read(candidates, workspace, options)

    def operations(self, path: str, content: bytes) -> tuple[Operation, ...] | None:
        """Operations of all services in one stored version; types of imported files are left out."""
        from topoplan_importers.protobuf.reading import operations

        return operations(path, content)


def _looks_like_set(head: bytes) -> bool:
    """Whether the first bytes are those of a set: a file that starts with its own name."""
    return head[:1] == b"\x0a" and b"\x0a" in head[1:12] and b".proto" in head[:512]
