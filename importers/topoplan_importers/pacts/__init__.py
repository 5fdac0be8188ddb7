"""Pact: contracts that consumers wrote down, and the results of replaying them against providers."""

from topoplan_importers.pacts.importer import PactImporter
from topoplan_importers.pacts.verification import PactVerificationImporter

__all__ = ["PactImporter", "PactVerificationImporter"]
