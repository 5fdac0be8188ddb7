"""Facts of one project: its services, their calls, and what a variant of it adds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Fact, MountFact, NodeKind, Party, ServiceFact, Style
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.text import clean
from topoplan_importers import labels
from topoplan_importers.compose.calls import IMPORTER, JOB_DONE, Calls
from topoplan_importers.compose.network import Network, Node, folders, node
from topoplan_importers.compose.pairing import pairs_by_name
from topoplan_importers.compose.project import Project


class Reading(Struct, frozen=True):
    """One read project: facts, and what a variant needs to know of it."""

    facts: tuple[Fact, ...]
    nodes: Mapping[str, Node]
    parties: Mapping[str, Party]


ScopeOf = Callable[[str], str]
"""The scope of the services that a file defines."""


def main_facts(project: Project, profiles: Iterable[str], scope_of: ScopeOf, workspace: Workspace) -> Reading:
    """Everything the main files of a folder say."""
    nodes = _nodes(project, profiles, workspace)
    network = Network(nodes)
    parties = {n.name: _party(n, scope_of(n.layer.where.path)) for n in nodes.values()}
    calls = _calls(network, parties, project)
    facts: list[Fact] = [_service(n, parties[n.name]) for n in nodes.values()]
    facts += calls
    facts += _mounts(nodes, parties, project, workspace)
    used = {c.provider.name for c in calls if c.evidence.rule != "healthcheck"}
    facts += pairs_by_name(nodes, parties, used)
    return Reading(tuple(facts), nodes, parties)


def variant_facts(
    project: Project, main: Reading, profiles: Iterable[str], scope_of: ScopeOf, workspace: Workspace
) -> tuple[Fact, ...]:
    """What a variant adds to its main file: further services, their calls and mounts, of medium confidence at most; of
    services that the main file defines too, only names, folder and calls the main file has not, of low confidence. A
    service is the same one when its name, or another name it goes by on the network, is."""
    nodes = _nodes(project, profiles, workspace)
    same = _same_services(nodes, main.nodes)
    network = Network(nodes, main.nodes)
    parties = {
        **main.parties,
        **{
            n.name: main.parties[same[n.name]] if n.name in same else _party(n, scope_of(n.layer.where.path))
            for n in nodes.values()
        },
    }
    known = {(f.consumer, f.provider) for f in main.facts if isinstance(f, CallFact)}
    facts: list[Fact] = []
    for one in nodes.values():
        fact = _service(one, parties[one.name])
        facts.append(_weakened(fact, one.name) if one.name in same else _capped(fact, Confidence.MEDIUM))
    shared = {parties[name] for name in same}
    for call in _calls(network, parties, project):
        if call.consumer not in shared:
            facts.append(_capped(call, Confidence.MEDIUM))
        elif (call.consumer, call.provider) not in known and call.consumer != call.provider:
            facts.append(_capped(call, Confidence.LOW))
    facts += (_capped(mount, Confidence.MEDIUM) for mount in _mounts(nodes, parties, project, workspace))
    return tuple(facts)


def _nodes(project: Project, profiles: Iterable[str], workspace: Workspace) -> dict[str, Node]:
    wanted = set(profiles)
    services = {
        name: layer
        for name, layer in sorted(project.services.items())
        if clean(name)
        and (not wanted or not layer.listed("profiles") or wanted & {e.text for e in layer.listed("profiles")})
    }
    where = folders(services, project.folder, workspace)
    nodes = {name: node(name, layer, where.get(name, "")) for name, layer in services.items()}
    jobs = {
        n: replace(nodes[n], technology=None, kind=None, infrastructure=True) for n in _awaited(nodes) if n in nodes
    }
    return nodes | jobs


def _calls(network: Network, parties: dict[str, Party], project: Project) -> list[CallFact]:
    """Calls of all services; what is to be told of them joins the project's notices. A web server that passes requests
    on to services becomes a gateway first."""
    calls = Calls(network, parties, project.contents)
    for one in network.nodes.values():
        if one.technology is not None and one.technology.proxy and any(c.style is Style.SYNC for c in calls.of(one)):
            parties[one.name] = replace(parties[one.name], kind=NodeKind.GATEWAY)
    found = [call for one in network.nodes.values() for call in calls.of(one)]
    project.notices += calls.notices
    return found


def _mounts(
    nodes: Mapping[str, Node], parties: Mapping[str, Party], project: Project, workspace: Workspace
) -> Iterator[MountFact]:
    """The project's own files that services are given when they run. A folder that holds code of a service, or the
    analysed root, is no configuration of whoever mounts it."""
    code = [one.folder for one in nodes.values() if one.folder]
    for one in nodes.values():
        sources = [project.contents.get(f"configs/{entry.text}") for entry in one.layer.listed("configs")]
        given = {e.text or "": e.where for e in one.layer.listed("volumes")}
        given |= {s.where.path: s.where for s in sources if s is not None and not s.where.line}
        for path, where in sorted(given.items()):
            holds = any(folder == path or folder.startswith(path + "/") for folder in code)
            if not holds and workspace.join(path + "/", "..") is not None:
                evidence = Evidence(IMPORTER, where, Basis.DECLARED, Confidence.HIGH, "mount")
                yield MountFact(parties[one.name], path, evidence)


def _awaited(nodes: Mapping[str, Node]) -> set[str]:
    """Services that others wait for to end: jobs, whatever image they run."""
    waits = (e for n in nodes.values() for e in n.layer.mapping("depends_on").items())
    return {name for name, entry in waits if entry.text == JOB_DONE}


def _party(one: Node, scope: str) -> Party:
    technology = one.technology.name if one.technology else ""
    return Party(clean(one.name), scope, one.kind, technology)


def _service(one: Node, party: Party) -> ServiceFact:
    evidence = Evidence(IMPORTER, one.layer.where, Basis.DECLARED, Confidence.HIGH, "compose-service")
    aliases = tuple(sorted({clean(a) for a in one.aliases} - {"", party.name}))
    said = {key: entry.text or "" for key, entry in one.layer.mapping("labels").items()}
    attributes = one.layer.mapping("environment").get("OTEL_RESOURCE_ATTRIBUTES")
    return ServiceFact(
        party,
        evidence,
        aliases,
        folder=clean(one.folder, 1000),
        image=clean(one.layer.scalar("image")),
        ports=one.ports,
        owner=labels.owner(said),
        domain=labels.domain(said),
        criticality=labels.criticality(said)
        or labels.resource_criticality(attributes.text or "" if attributes else ""),
        infrastructure=one.infrastructure,
    )


FactT = TypeVar("FactT", CallFact, MountFact, ServiceFact)


def _capped(fact: FactT, limit: Confidence) -> FactT:
    confidence = min(fact.evidence.confidence, limit, key=lambda c: c.rank)
    return replace(fact, evidence=replace(fact.evidence, confidence=confidence))


def _weakened(fact: ServiceFact, name: str) -> ServiceFact:
    """A variant's word on a service of the main file: no image or ports, as they may differ."""
    aliases = tuple(sorted({*fact.aliases, clean(name)} - {fact.party.name}))
    evidence = replace(fact.evidence, confidence=Confidence.LOW, rule="compose-variant")
    return replace(fact, evidence=evidence, aliases=aliases, image="", ports=())


def _same_services(nodes: Mapping[str, Node], main: Mapping[str, Node]) -> dict[str, str]:
    """Variant service → main service: by name, by another name on the network, or by a name that differs in punctuation
    only where no product tells otherwise."""
    same = {name: name for name in nodes if name in main}
    only_main = [one for one in main.values() if one.name not in nodes]
    spelled = Counter(_spelling(one.name) for one in (*nodes.values(), *only_main))
    by_spelling = {_spelling(one.name): one for one in only_main}
    by_alias: dict[str, set[str]] = {}
    for one in main.values():
        for alias in (one.name, *one.aliases):
            by_alias.setdefault(alias.lower(), set()).add(one.name)
    for one in nodes.values():
        met = {m for alias in one.aliases for m in by_alias.get(alias.lower(), ()) if m not in nodes}
        like = by_spelling.get(_spelling(one.name))
        if like is not None and spelled[_spelling(one.name)] == 2 and _may_be_one(one, like):
            met.add(like.name)
        if one.name not in same and len(met) == 1:
            same[one.name] = met.pop()
    return same


def _spelling(name: str) -> str:
    return "".join(c for c in name.lower() if c.isalnum())


def _may_be_one(one: Node, other: Node) -> bool:
    return one.technology is None or other.technology is None or one.technology == other.technology
