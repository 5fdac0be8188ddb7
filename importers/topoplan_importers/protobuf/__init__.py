"""Protocol Buffers definitions: which gRPC services there are, and what their methods take and give."""

from topoplan_importers.protobuf.importer import ProtobufImporter

__all__ = ["ProtobufImporter"]
