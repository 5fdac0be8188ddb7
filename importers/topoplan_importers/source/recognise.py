"""Which files beside source code tell of a program's channels, by their names and first bytes."""

from __future__ import annotations

import posixpath
import re

from topoplan.importing.contract import Candidate

OWN_SETTINGS = re.compile(r"(?:application|bootstrap|microprofile-config)(?:-[\w-]+)?")
"""Settings files that speak for the program of their folder."""
_NAMES = re.compile(r"(?:application|bootstrap|[\w-]+)\.(?:properties|ya?ml)")
_APPSETTINGS = re.compile(r"appsettings(?:\.[\w-]+)?\.json", re.IGNORECASE)


def is_binding_file(candidate: Candidate) -> bool:
    """Whether a file is application configuration that may bind channels: by its name where that says so, else by its
    first bytes."""
    head = candidate.head
    if candidate.name.endswith(".json"):
        return _APPSETTINGS.fullmatch(candidate.name) is not None and b"xchange" in head
    if not _NAMES.fullmatch(candidate.name):
        return False
    own = OWN_SETTINGS.fullmatch(posixpath.splitext(candidate.name)[0]) is not None
    return own or b"mp.messaging" in head or (b"stream" in head and b"bindings" in head)


def is_component_file(candidate: Candidate) -> bool:
    """Whether a file declares a component, by its name and first bytes."""
    return (
        candidate.name.endswith((".yaml", ".yml")) and b"dapr.io/" in candidate.head and b"Component" in candidate.head
    )
