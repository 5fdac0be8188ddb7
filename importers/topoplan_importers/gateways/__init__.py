"""Reads the configuration of gateways and reverse proxies into calls: where they pass requests on to."""

from __future__ import annotations

from topoplan_importers.gateways.importer import GatewaysImporter

__all__ = ["GatewaysImporter"]
