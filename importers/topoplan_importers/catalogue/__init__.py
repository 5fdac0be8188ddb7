"""Service catalogues: what people wrote down of services, their relations and their owners."""

from topoplan_importers.catalogue.importer import CatalogueImporter

__all__ = ["CatalogueImporter"]
