"""Downloads recorded traffic into files, read-only and bounded; the one room that touches the network."""

from topoplan.fetching.client import Client
from topoplan.fetching.kinds import KINDS, Download, Query, download

__all__ = ["KINDS", "Client", "Download", "Query", "download"]
