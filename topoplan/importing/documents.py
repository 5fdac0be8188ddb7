"""Guarded reading of YAML, JSON and XML: bounded work, no surprises, a place for every value."""

from __future__ import annotations

from topoplan.importing.json_documents import load_json
from topoplan.importing.parsed import Document
from topoplan.importing.xml_documents import XmlHandler, load_xml, walk_xml
from topoplan.importing.yaml_documents import load_yaml_all
from topoplan.importing.yaml_values import YamlList, YamlMap, YamlText, line_of, tag_of

__all__ = [
    "Document",
    "XmlHandler",
    "YamlList",
    "YamlMap",
    "YamlText",
    "line_of",
    "load_json",
    "load_xml",
    "load_yaml_all",
    "tag_of",
    "walk_xml",
]
