"""The gateways importer: claimed files in; calls, sources and notices out."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.gateways.recognise import format_of


class GatewaysImporter:
    """Configuration of nginx, Envoy, Traefik, HAProxy, Apache, Caddy, Kong, Ocelot, YARP, KrakenD, Spring and Zuul."""

    name = "gateways"
    summary = "Gateways and proxies (nginx, Envoy, Traefik, HAProxy, Kong, Ocelot, Spring, Zuul, …)"

    def claims(self, candidate: Candidate) -> bool:
        return bool(format_of(candidate))

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.gateways.reading import read

        return read(candidates, workspace, options)
