"""What a configuration server tells all its clients: a store or broker is used by those that are built with its driver.

`application.yml` on a configuration server reaches every client, so alone it says nothing of who calls whom. A client
whose build file names the product as well has both the address and the means.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Party, Style
from topoplan.model.place import Confidence
from topoplan_importers.appconfig.drivers import build_text

_DRIVERS = {"rabbitmq": r"amqp|rabbit", "mongodb": r"mongo", "microsoft.sql_server": r"mssql", "oracle.db": r"ojdbc"}


def calls_of_clients(shared: Iterable[CallFact], clients: Iterable[str], workspace: Workspace) -> Iterator[CallFact]:
    """The calls of `shared`, once for each client with the driver. `clients` are configuration files, one for each
    application."""
    resources = [call for call in shared if call.style is Style.RESOURCE]
    for path in sorted(clients) if resources else ():
        build = build_text(path, workspace)
        for call in resources:
            product = call.provider.technology
            if product and re.search(_DRIVERS.get(product) or re.escape(product), build, re.IGNORECASE):
                trust = min(call.evidence.confidence, Confidence.MEDIUM, key=lambda c: c.rank)
                evidence = replace(call.evidence, confidence=trust, rule="shared")
                yield replace(call, consumer=Party("", path=path), evidence=evidence)
