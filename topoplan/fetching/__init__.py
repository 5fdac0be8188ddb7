"""Downloads recorded traffic and contracts into files, read-only and bounded; the one room that touches the network."""

from topoplan.fetching.client import Client
from topoplan.fetching.downloads import Download
from topoplan.fetching.kinds import KINDS, Query, download
from topoplan.fetching.pact_broker import credentials

__all__ = ["KINDS", "Client", "Download", "Query", "credentials", "download"]
