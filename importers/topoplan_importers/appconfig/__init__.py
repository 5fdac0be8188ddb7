"""Reads the configuration of applications: whom they call and what they store in, by the addresses they are given."""

from __future__ import annotations

from topoplan_importers.appconfig.importer import AppConfigImporter

__all__ = ["AppConfigImporter"]
