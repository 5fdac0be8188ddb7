"""Reads source code, in any language, for the hosts its string literals name and the channels it talks through."""

from __future__ import annotations

from topoplan_importers.source.importer import SourceImporter

__all__ = ["SourceImporter"]
