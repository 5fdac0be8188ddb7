"""Where an entry of a parsed document stands."""

from __future__ import annotations

from topoplan.importing.documents import line_of
from topoplan.model.place import Where


def at(where: Where, container: object, key: str | int) -> Where:
    """The place of one item in a container, or of the container where the line is not known."""
    line = line_of(container, key)
    return Where(where.path, line) if line else where
