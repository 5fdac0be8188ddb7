"""OpenAPI and Swagger documents: what a service offers, and which other parties its specification names."""

from topoplan_importers.openapi.importer import OpenApiImporter

__all__ = ["OpenApiImporter"]
