"""AsyncAPI documents: which channels an application sends to and receives from, and what its messages hold."""

from topoplan_importers.asyncapi.importer import AsyncApiImporter

__all__ = ["AsyncApiImporter"]
