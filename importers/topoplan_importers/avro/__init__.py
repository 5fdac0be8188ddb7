"""Avro schemas and protocols: the records that messages are, and the calls of a protocol."""

from topoplan_importers.avro.importer import AvroImporter
from topoplan_importers.avro.schemas import avro_fields, is_avro, parse_schema

__all__ = ["AvroImporter", "avro_fields", "is_avro", "parse_schema"]
