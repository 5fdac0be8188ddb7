"""Reads Docker Compose files into facts: services, what they run, whom they call and where their code lives."""

from __future__ import annotations

from topoplan_importers.compose.importer import ComposeImporter

__all__ = ["ComposeImporter"]
