"""Decides which kustomizations of a repository describe one system, and which of them speaks for it.

Kustomizations that lead to each other are one system, and so are those in sibling folders that are called after
environments. Its main one is, in this order:
1. what the configuration names (`main_files`);
2. the only one that no other takes, or the one whose folder holds all others;
3. the one called after production;
4. else no overlay: the kustomization that most of them build on.
The others are variants. A component that nobody takes is a variant too.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from topoplan_importers.kubernetes.kustomization import Kustomization
from topoplan_importers.vocabulary import words

PRODUCTION = words("prod production prd live")
ENVIRONMENTS = PRODUCTION | words(
    "dev develop development local test testing tests qa uat e2e ci int integration stage staging stg preprod preview",
    "canary sandbox demo minikube kind k3d k3s aws azure gcp eks aks gke openshift",
)


class System(Struct, frozen=True):
    """Kustomizations that describe one system; `main` is empty where there are only components."""

    main: str
    members: tuple[str, ...]


def systems(found: Mapping[str, Kustomization], main_files: Sequence[str]) -> tuple[System, ...]:
    """The systems, sorted by their first member."""
    groups = _connected(found)
    return tuple(System(_main([found[p] for p in members], main_files), members) for members in groups)


def role_of(path: str, system: System, taken: Mapping[str, str]) -> str:
    """What became of one member, in words; `taken` says which other one takes it."""
    if path == system.main:
        others = [other for other in system.members if other != path and other not in taken]
        if not others:
            return "main kustomization"
        return f"main kustomization, chosen from {len(others) + 1} variants; main_files in topoplan.yaml names another"
    if path in taken:
        return f"taken by {taken[path]}"
    return f"variant of {system.main}" if system.main else "component that nothing takes"


def environment(name: str) -> frozenset[str]:
    """The words in a name that stand for environments."""
    return ENVIRONMENTS.intersection(re.findall(r"[a-z0-9]+", name.lower()))


def led_to(one: Kustomization, found: Mapping[str, Kustomization]) -> tuple[str, ...]:
    """The kustomizations that one takes."""
    return tuple(path for path in (*one.resources, *one.components) if path in found)


def _connected(found: Mapping[str, Kustomization]) -> list[tuple[str, ...]]:
    leader = {path: path for path in found}

    def lead(path: str) -> str:
        while leader[path] != path:
            leader[path] = leader[leader[path]]
            path = leader[path]
        return path

    siblings: dict[str, list[str]] = defaultdict(list)
    for path, one in sorted(found.items()):
        if environment(posixpath.basename(one.folder)):
            siblings[posixpath.dirname(one.folder)].append(path)
        for target in led_to(one, found):
            leader[lead(target)] = lead(path)
    for group in siblings.values():
        for path in group[1:]:
            leader[lead(path)] = lead(group[0])
    members: dict[str, list[str]] = defaultdict(list)
    for path in sorted(found):
        members[lead(path)].append(path)
    return sorted(tuple(group) for group in members.values())


def _main(members: Sequence[Kustomization], main_files: Sequence[str]) -> str:
    by_path = {one.path: one for one in members}
    chosen = next((path for path in main_files if path in by_path), "")
    if chosen:
        return chosen
    taken = {target for one in members for target in led_to(one, by_path) if target != one.path}
    whole = [one for one in members if not one.is_component]
    tops = [one for one in whole if one.path not in taken] or whole[:1]  # all of them taken: they lead in a circle
    if len(tops) <= 1:
        return tops[0].path if tops else ""
    above = [one for one in tops if all(_holds(one.folder, other.folder) for other in members)]
    live = [one for one in tops if PRODUCTION & environment(posixpath.basename(one.folder))]
    if above or live:
        return (above or live)[0].path
    reach = Counter(path for one in tops for path in _reached(one, by_path) if not by_path[path].is_component)
    most = max(reach.values(), default=0)
    shared = [by_path[path] for path, count in reach.items() if count == most > 1]
    parts = {target for one in shared for target in led_to(one, by_path)}
    return _plainest([one for one in shared if one.path not in parts] or tops)


def _plainest(tops: Iterable[Kustomization]) -> str:
    return min(tops, key=lambda one: (one.path.count("/"), -len(one.resources), one.path)).path


def _holds(folder: str, other: str) -> bool:
    return not folder or other == folder or other.startswith(folder + "/")


def _reached(start: Kustomization, found: Mapping[str, Kustomization]) -> set[str]:
    """Everything one takes, at however many removes, without itself."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        for path in led_to(waiting.pop(), found):
            if path not in seen:
                seen.add(path)
                waiting.append(found[path])
    return seen - {start.path}
