"""Avro schemas and protocols: the records that messages are, and the calls of a protocol."""

from topoplan_importers.avro.importer import AvroImporter

__all__ = ["AvroImporter"]
