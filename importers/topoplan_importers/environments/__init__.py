"""Reads what starts services and stores for tests: Compose files for tests, and containers that tests ask for."""

from topoplan_importers.environments.importer import EnvironmentsImporter

__all__ = ["EnvironmentsImporter"]
