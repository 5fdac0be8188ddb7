"""Decides which service the code in a folder, a mounted file and the word of an owner belong to."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable

from topoplan.graph.directory import Directory
from topoplan.graph.entity import Entity, party_order
from topoplan.graph.folders import above
from topoplan.importing.sniffing import SOURCE_SUFFIXES
from topoplan.model.facts import ModuleFact, MountFact, NodeKind, OwnerFact, Party, ServiceFact
from topoplan.model.place import Confidence


class ModuleOwnership:
    """Gives services the folders their code lives in. A folder that a manifest builds a service from is that
    service's; any other belongs to the one service it is named after, unless it lies inside a folder that a manifest
    already gave away; a program that fits nobody is a service of its own when something runs it.

    A folder that several services are built from is nobody's. One that only packs what is built elsewhere, without
    a build file in it, does not keep its service from having the folder it is named after."""

    def __init__(self, directory: Directory, modules: Iterable[ModuleFact]) -> None:
        self._directory = directory
        self._modules = sorted(modules, key=lambda m: (m.folder.count("/"), m.folder, m.evidence))
        self._with_code = {
            own for m in self._modules if m.evidence.rule != "folder" for own in (m.folder, *above(m.folder))
        }
        users: dict[str, list[Entity]] = defaultdict(list)
        for entity in directory.entities:
            for folder in entity.folders:
                users[folder].append(entity)
        self._built = {folder: holders[0] for folder, holders in users.items() if len(holders) == 1}

    def settle(self) -> None:
        """Decide on every module, those that hold others first."""
        for module in self._modules:
            owner = self._built.get(module.folder) or self._owner(module)
            if owner is not None:
                self._directory.adopt(owner, module)

    def _owner(self, module: ModuleFact) -> Entity | None:
        holders = [folder for folder in self._built if folder and module.folder.startswith(folder + "/")]
        if holders:
            return self._built[max(holders, key=len)]
        for name in module.names:
            meant = self._directory.find(Party(name), module.evidence.where)
            if meant is not None and not meant.is_resource and meant.kind is not NodeKind.EXTERNAL:
                return None if self._has_code_elsewhere(meant, module) else meant
        if not module.deployable or not module.names:
            return None
        party = Party(module.names[0], kind=NodeKind.SERVICE)
        return self._directory.found([ServiceFact(party, module.evidence, folder=module.folder)])

    def _has_code_elsewhere(self, entity: Entity, module: ModuleFact) -> bool:
        """Whether a manifest gave it a folder that counts for more than the module's."""
        packed = module.folder in self._with_code
        return any(f in self._built and (f in self._with_code or not packed) for f in entity.folders)


def give_namesakes(directory: Directory, paths: Iterable[str]) -> None:
    """Give a service whose code is not known the one folder of its very name with source files that are nobody's; a
    folder inside another such folder stays inside it. `paths` are the files that tell of calls."""
    named: dict[Entity, set[str]] = defaultdict(set)
    for path in sorted(set(paths)):
        if posixpath.splitext(path)[1] in SOURCE_SUFFIXES and not directory.folders.is_held(path):
            found = [(entity, own) for own in above(path) if (entity := directory.uncoded(posixpath.basename(own)))]
            if found:
                entity, outermost = found[-1]
                named[entity].add(outermost)
    for entity, folders in named.items():
        if len(folders) == 1 and not directory.folders.holds_code(*folders):
            directory.folders.give(entity, *folders)


def give_mounts(directory: Directory, mounts: Iterable[MountFact]) -> None:
    """Give services the files and folders that are mounted into them. What a surer source mounts, with all that lies in
    it, is not given again on a weaker one's word: a variant of the system often calls the same service otherwise."""
    given: dict[str, Confidence] = {}
    for mount in sorted(mounts, key=_mount_order):
        owner = directory.find(mount.service, mount.evidence.where)
        trust = mount.evidence.confidence
        surer = (given[own] for own in (mount.path, *above(mount.path)) if own in given)
        if owner is not None and all(known is trust for known in surer):
            directory.folders.mount(owner, mount.path)
            given.setdefault(mount.path, trust)


def _mount_order(mount: MountFact) -> tuple[object, ...]:
    return -mount.evidence.confidence.rank, mount.path, party_order(mount.service), mount.evidence


def give_owners(entities: Iterable[Entity], facts: Iterable[OwnerFact]) -> None:
    """Give services the owners of the folders their code lives in."""
    ordered = sorted(facts, key=lambda f: f.evidence)
    for entity in entities:
        for folder in sorted(entity.folders):
            holding = [f.owner for f in ordered if f.folder in (".", folder) or folder.startswith(f.folder + "/")]
            entity.owner = entity.owner or (holding[-1] if holding else "")
