"""Decides which compose files of a folder are one system, and which file speaks for it.

Rules, in this order:
1. a file that another one includes or extends belongs to that one, unless compose would find it by its own name and
   the other lies in the same folder or does not lie above it;
2. files named in the configuration (`main_files`) are the main ones, laid over each other in that order;
3. else the name compose looks for by itself, with the `override` file beside it laid over;
4. else the file that is not named after tests and defines the most services; ties go to the shorter, then the
   alphabetically first name.
Every other file of the folder is a variant of the main one. A folder whose files are all named after tests sets up a
test: it says nothing where another folder has a system.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from topoplan_importers.compose.recognise import DEFAULT_NAMES, OVERRIDE_NAMES

_TESTS = frozenset({"test", "tests", "testing", "e2e"})
"""Words in the name of a file that sets up a test."""


class Found(Struct, frozen=True):
    """One compose file: how many services it defines, the compose files it leads to, and how (`included by`, …)."""

    path: str
    services: int
    leads_to: tuple[tuple[str, str], ...] = ()

    @property
    def folder(self) -> str:
        return posixpath.dirname(self.path) or "."

    @property
    def name(self) -> str:
        return posixpath.basename(self.path)


class System(Struct, frozen=True):
    """The compose files of one folder: `main` are laid over each other, `variants` describe the same system."""

    folder: str
    main: tuple[str, ...]
    variants: tuple[str, ...] = ()


def group(files: Sequence[Found], main_files: Sequence[str]) -> tuple[tuple[System, ...], Mapping[str, str]]:
    """The systems, sorted by folder, and for each file that belongs to another one the reason."""
    owned = _owned(files, main_files)
    folders: dict[str, list[Found]] = {}
    for file in sorted(files, key=lambda f: f.path):
        if file.path not in owned:
            folders.setdefault(file.folder, []).append(file)
    return tuple(_system(folder, found, main_files) for folder, found in sorted(folders.items())), owned


def set_up_for_tests(systems: Sequence[System]) -> tuple[System, ...]:
    """The systems whose files are all named after tests; none when there are no others."""
    found = tuple(s for s in systems if all(_words(path) & _TESTS for path in (*s.main, *s.variants)))
    return found if len(found) < len(systems) else ()


def _owned(files: Sequence[Found], main_files: Sequence[str]) -> dict[str, str]:
    by_path = {f.path: f for f in files}
    owned: dict[str, str] = {}
    for file in sorted(files, key=lambda f: f.path):
        for target, how in file.leads_to:
            other = by_path.get(target)
            if other is None or target == file.path or target in main_files or _leads_back(other, file, by_path):
                continue
            above = other.folder != file.folder and (file.folder == "." or other.folder.startswith(file.folder + "/"))
            if other.name not in DEFAULT_NAMES or (above and how == "included"):
                owned.setdefault(target, f"{how} by {file.path}")
    return owned


def _leads_back(start: Found, goal: Found, by_path: Mapping[str, Found]) -> bool:
    """Whether files lead in a circle; its alphabetically first member then keeps the others."""
    seen, waiting = {start.path}, [start]
    while waiting:
        for target, _ in waiting.pop().leads_to:
            if target == goal.path:
                return start.path < goal.path
            if target in by_path and target not in seen:
                seen.add(target)
                waiting.append(by_path[target])
    return False


def _system(folder: str, found: Sequence[Found], main_files: Sequence[str]) -> System:
    paths = {f.path for f in found}
    main = tuple(dict.fromkeys(p for p in main_files if p in paths)) or _main(folder, found)
    return System(folder, main, tuple(f.path for f in found if f.path not in main))


def _main(folder: str, found: Sequence[Found]) -> tuple[str, ...]:
    by_name = {f.name.lower(): f.path for f in found}
    beside: tuple[str, ...] = OVERRIDE_NAMES
    chosen = next((n for n in DEFAULT_NAMES if n in by_name), None)
    if chosen is None:
        best = min((f for f in found if ".override." not in f.name.lower()), key=_preference, default=found[0])
        chosen = best.name.lower()
        stem = chosen.rpartition(".")[0]
        beside = (f"{stem}.override.yml", f"{stem}.override.yaml")
    overrides = [by_name[n] for n in beside if n in by_name and n != chosen]
    return (by_name[chosen], *overrides[:1])


def _preference(file: Found) -> tuple[bool, int, int, str]:
    aside = bool(_words(file.name) & (_TESTS | {"ci", "debug"}))
    return aside, -file.services, len(file.name), file.path


def _words(path: str) -> set[str]:
    return set(re.findall(r"[a-z0-9]+", posixpath.basename(path).lower()))
