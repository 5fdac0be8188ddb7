"""Where the code and the specifications of services lie on disk, grouped by the repository that holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from topoplan import looking
from topoplan.config import ServiceSettings
from topoplan.history.ownership import Part
from topoplan.model.topology import Service

Files = Callable[[str], Path | None]
"""The real path of a shown one (a service's folder, a specification, a `repository` of the settings), or None when it
may not be looked at."""


class Place(Struct, frozen=True):
    """One folder or specification of one service."""

    service: str
    part: Part
    shown: str
    real: Path


def places_of(services: Sequence[Service], files: Files, settings: Mapping[str, ServiceSettings]) -> tuple[Place, ...]:
    """Every existing folder and specification of the services, sorted by service and shown path."""
    found = {
        place
        for service in services
        for place in _places(
            service, files, settings.get(service.name) or settings.get(service.id) or ServiceSettings()
        )
    }
    return tuple(sorted(found, key=lambda p: (p.service, p.part, p.shown)))


def by_repository(places: Sequence[Place]) -> dict[Path | None, tuple[Place, ...]]:
    """Places by the nearest folder with a `.git`, as git itself looks for it; None for places without one."""
    known: dict[Path, Path | None] = {}
    grouped: dict[Path | None, list[Place]] = {}
    for place in places:
        folder = place.real if place.part is Part.CODE else place.real.parent
        grouped.setdefault(_holder(folder, known), []).append(place)
    return {holder: tuple(members) for holder, members in grouped.items()}


def _places(service: Service, files: Files, said: ServiceSettings) -> Iterator[Place]:
    base = _existing(files(said.repository)) if said.repository else None
    inside = False
    for shown in (*service.folders, *said.folders):
        real = _existing(files(shown)) or (_existing(base / shown) if base else None)
        if real and looking.is_dir(real):
            inside = inside or (base is not None and real.is_relative_to(base))
            yield Place(service.id, Part.CODE, shown, real)
    if base and looking.is_dir(base) and not inside:
        yield Place(service.id, Part.CODE, said.repository, base)
    for shown in (*service.specs, *said.specs):
        real = _existing(files(shown))
        if real and looking.is_file(real):
            yield Place(service.id, Part.INTERFACE, shown, real)


def _existing(path: Path | None) -> Path | None:
    try:
        return path.resolve(strict=True) if path and looking.exists(path) else None
    except (OSError, RuntimeError):
        return None


def _holder(folder: Path, known: dict[Path, Path | None]) -> Path | None:
    if folder not in known:
        if looking.exists(folder / ".git"):
            known[folder] = folder
        else:
            known[folder] = _holder(folder.parent, known) if folder.parent != folder else None
    return known[folder]
