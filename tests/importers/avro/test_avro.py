"""Avro schemas are read for what refers to them, and malformed ones are told."""

from pathlib import Path

import pytest
from definition_reading import read_files, sources

from topoplan_importers.avro import AvroImporter, avro_fields


@pytest.mark.parametrize(
    ("text", "state", "word"),
    [
        ('{"type": "record", "name": "Order", "fields": []}', "analysed", "schema of Order"),
        ('[{"type": "enum", "name": "A", "symbols": []}]', "analysed", "schemas"),
        ('{"name": "Order"}', "skipped", "no Avro schema"),
        ('{"type": ', "failed", "expecting value"),
        ('{"type": ' * 30_000, "failed", "deep"),
    ],
)
def test_every_file_is_accounted_for(tmp_path: Path, text: str, state: str, word: str) -> None:
    imported = read_files(AvroImporter(), tmp_path, {"a.avsc": text})
    assert sources(imported)["a.avsc"][0] == state
    assert word.lower() in sources(imported)["a.avsc"][1].lower()
    assert len(imported.facts) == (word == "schema of Order")


def test_unions_with_null_are_optional_and_others_have_no_type() -> None:
    fields = [{"name": "a", "type": ["null", "int"]}, {"name": "b", "type": ["int", "string"]}]
    told = avro_fields({"type": "record", "name": "R", "fields": fields})
    assert [(f.name, f.type, f.required) for f in told] == [("a", "integer", False), ("b", "", True)]


def test_types_nested_without_end_are_cut() -> None:
    kind: object = "string"
    for _ in range(500):
        kind = {"type": "array", "items": kind}
    assert len(avro_fields({"type": "record", "name": "R", "fields": [{"name": "a", "type": kind}]})) <= 3
    assert avro_fields({"type": "record", "name": "R", "fields": "x"}) == ()
