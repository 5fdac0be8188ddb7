"""Everything the manifests of one read define, and what a name means inside the cluster.

One thing is often defined several times: a base and its overlays, a release file, one file for each variant. The first
definition in order of rank counts and the others are variants of it.
"""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct

from topoplan_importers.kubernetes.manifests import Manifest, dig, text, texts
from topoplan_importers.kubernetes.workloads import Workload
from topoplan_importers.vocabulary import words

_SIDELINES = words(
    "overlay overlays component components patch patches variant variants sample samples example examples",
    "test tests docs",
)
_VERSION = re.compile(r"-v\d{1,3}(?![0-9a-z])")
_POD_NUMBER = re.compile(r"-\d{1,5}$")

_VERSION_LABELS = frozenset({"version", "app.kubernetes.io/version"})

_MAX_SELECTED = 100
"""A Service that selects more workloads than this means none of them."""
_MAX_TAKERS = 20
"""A config map that more services take whole says nothing of any."""
_MAX_VARIANTS = 100
"""Definitions of one name told apart by namespace, and config maps of one name that are looked through."""

Rank = tuple[bool, int, int, str]


def rank(path: str, workloads: int) -> Rank:
    """Orders the files that may define one thing: bases before overlays, examples and tests, then those nearest to the
    root, then those that define most."""
    parts = set(re.split(r"[/_-]", posixpath.dirname(path).lower()))
    return (not parts.isdisjoint(_SIDELINES), path.count("/"), -workloads, path)


class Node(Struct, frozen=True, eq=False):
    """One service of the topology: a workload, or the versions of one behind a common Service."""

    name: str
    scope: str
    workloads: tuple[Workload, ...]
    services: tuple[str, ...] = ()
    """Names of the Services that lead to it."""

    @property
    def main(self) -> Workload:
        return self.workloads[0]


class Cluster:
    """The nodes sorted by name and scope. `definitions` come in order of rank, as do `services` and `maps`."""

    def __init__(self, definitions: Iterable[Workload], services: Iterable[Manifest], maps: Iterable[Manifest]) -> None:
        self._variants = _same(definitions)
        self._services = tuple(services)
        self._maps: dict[str, list[Manifest]] = defaultdict(list)
        for found in maps:
            if len(self._maps[found.name]) < _MAX_VARIANTS:
                self._maps[found.name].append(found)
        self._outside = {s.name: text(dig(s.body, "spec", "externalName")) for s in reversed(self._services)}
        led_to = self._led_to()
        self.nodes = tuple(sorted(self._nodes(led_to), key=lambda n: (n.name, n.scope)))
        self.unmatched = tuple(self._unmatched(led_to))
        self._hosts: dict[str, dict[str, Node]] = defaultdict(dict)
        for by_service in (True, False):  # only a Service has a name in the cluster, yet not every file shows it
            for node in self.nodes:
                for host in node.services if by_service else (node.name, *(w.name for w in node.workloads)):
                    self._hosts[host.lower()].setdefault(node.main.manifest.namespace, node)
        self._deployed = {
            deployed: name
            for name, deployed in sorted(self._renamed(), reverse=True)
            if deployed.lower() not in self._hosts
        }
        self._users = self._takers(Workload.used_maps)
        self._mounting = self._takers(Workload.mounted_maps)
        self._labelled: dict[tuple[str, str], list[Node]] = defaultdict(list)
        self._accounts: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            for label in sorted({label for w in node.workloads for label in w.labels.items()}):
                self._labelled[label].append(node)
            for account in sorted({w.account for w in node.workloads} - {"", "default"}):
                self._accounts[account].append(node)

    def find(self, host: str, namespace: str) -> Node | None:
        """The node that a host name means to a workload of `namespace`."""
        labels = host.lower().removesuffix(".cluster.local").removesuffix(".svc").split(".")
        labels[0] = self._deployed.get(labels[0], labels[0])
        if len(labels) == 3 and _POD_NUMBER.search(labels[0]):
            labels = labels[1:]  # one pod of a stateful set
        if len(labels) == 2 and labels[0] not in self._hosts and _POD_NUMBER.search(labels[0]):
            labels = [labels[1]]
        if len(labels) > 2:
            return None
        known = self._hosts.get(labels[0], {})
        if len(labels) == 2:
            # A file that does not say its namespace leaves it to whoever applies it.
            return known.get(labels[1]) or (known.get("") if len(known) == 1 else None)
        if namespace in known:
            return known[namespace]
        return next(iter(known.values())) if len(known) == 1 else None

    def deployed(self, node: Node) -> tuple[str, ...]:
        """The names that prefixes and suffixes make of those of a node, sorted."""
        own = {node.name.lower(), *(s.lower() for s in node.services), *(w.name.lower() for w in node.workloads)}
        return tuple(sorted(deployed for deployed, name in self._deployed.items() if name in own))

    def labelled(self, labels: Mapping[str, str], namespace: str) -> tuple[Node, ...]:
        """The nodes whose pods carry all these labels, in `namespace` as far as both sides say theirs; none for no
        labels, which would select everything."""
        if not labels:
            return ()
        rarest = min((self._labelled.get(label, []) for label in labels.items()), key=len)
        return tuple(
            node
            for node in rarest
            if namespace in ("", node.main.manifest.namespace) or not node.main.manifest.namespace
            if any(labels.items() <= w.labels.items() for w in node.workloads)
        )

    def running_as(self, account: str) -> tuple[Node, ...]:
        """The nodes that run under a service account of this name."""
        return tuple(self._accounts.get(account, ()))

    def external_name(self, host: str) -> str:
        """The host outside that a Service stands for, empty when it stands for none."""
        return self._outside.get(host.split(".", 1)[0], "")

    def config(self, name: str, user: Workload) -> Manifest | None:
        """The config map that a name means to a workload: that of its own file, then of its folder, then the first."""
        path, namespace = user.manifest.where.path, user.manifest.namespace
        folder = posixpath.dirname(path)
        fitting = [m for m in self._maps.get(name, ()) if not m.namespace or not namespace or m.namespace == namespace]
        near = [m for m in fitting if m.where.path == path] or [
            m for m in fitting if posixpath.dirname(m.where.path) == folder
        ]
        return next(iter(near or fitting), None)

    def users(self, config: str) -> tuple[Node, ...]:
        """Nodes that take all keys of a config map of this name; none when too many do. A job counts only when nobody
        else does: it prepares something for those."""
        return self._users.get(config, ())

    def mounting(self, config: str) -> tuple[Node, ...]:
        """The same for nodes that see a config map of this name as files."""
        return self._mounting.get(config, ())

    def _takers(self, of: Callable[[Workload], frozenset[str]]) -> dict[str, tuple[Node, ...]]:
        found: dict[str, list[Node]] = defaultdict(list)
        for node in self.nodes:
            for name in {name for w in node.workloads for name in of(w)}:
                found[name].append(node)
        return {
            name: tuple([n for n in nodes if not n.main.infrastructure] or nodes)
            for name, nodes in found.items()
            if len(nodes) <= _MAX_TAKERS
        }

    def _renamed(self) -> Iterator[tuple[str, str]]:
        manifests = (*(w.manifest for variants in self._variants.values() for w in variants), *self._services)
        yield from ((m.name.lower(), m.deployed.lower()) for m in manifests if m.deployed)

    def _led_to(self) -> dict[str, tuple[str, ...]]:
        """Names of Services → keys of the workloads they select: those defined in the same file, else any."""
        by_label: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for key, definitions in self._variants.items():
            for one in definitions:
                for label in one.labels.items():
                    by_label[label][key].add(one.manifest.where.path)
        selected: dict[str, tuple[str, ...]] = {}
        for service in self._services:
            selector = sorted(texts(dig(service.body, "spec", "selector")).items())
            if service.name in selected or not selector:
                continue
            rarest = min((by_label.get(label, {}) for label in selector), key=len)
            if len(rarest) > _MAX_SELECTED:
                continue
            keys = [key for key in sorted(rarest) if all(key in by_label.get(label, {}) for label in selector)]
            here = [key for key in keys if service.where.path in rarest[key]]
            if keys:
                near = here or keys
                selected[service.name] = tuple(key for key in keys if key in near or _is_version(key, service.name))
        return selected

    def _nodes(self, led_to: Mapping[str, tuple[str, ...]]) -> Iterator[Node]:
        """One node for each workload; workloads that only ever share their Services are versions of one."""
        of_versions = self._of_versions()
        alone = {keys[0] for name, keys in led_to.items() if len(keys) == 1 and name not in of_versions}
        leaders: dict[str, str] = {}
        for selected in sorted(set(led_to.values()), key=lambda k: (-len(k), k)):
            if alone.isdisjoint(selected):
                for key in selected:
                    leaders.setdefault(key, selected[0])
        members: dict[str, list[str]] = defaultdict(list)
        for key in sorted(self._variants):
            members[leaders.get(key, key)].append(key)
        leading: dict[str, list[str]] = defaultdict(list)
        for service, selected in led_to.items():
            if len({leaders.get(key, key) for key in selected}) == 1:
                leading[leaders.get(selected[0], selected[0])].append(service)
        for leader, keys in sorted(members.items()):
            services = leading[leader]
            workloads = [self._variants[key][0] for key in keys]
            names = [w.name for w in workloads]
            shared = sorted((s for s in services if s not in names), key=lambda s: (len(s), s))
            own = next((n for n in names if n in services), "")
            whole = next((s for s in shared if all(_is_version(name, s) for name in names)), "")
            name = whole or own or (names[0] if len(names) == 1 else (shared or names)[0])
            workloads.sort(key=lambda w: (w.name != name, w.name))
            yield Node(name, leader.partition("/")[0], tuple(workloads), tuple(sorted(services)))

    def _of_versions(self) -> frozenset[str]:
        """Names of the Services that pick one version of what another Service leads to: in a mesh, versions are routed
        to by such names, yet they are one program."""
        selectors = [(s.name, texts(dig(s.body, "spec", "selector"))) for s in self._services]
        whole = {tuple(sorted(labels.items())) for _, labels in selectors if labels}
        found = set()
        for name, labels in selectors:
            rest = tuple(sorted(item for item in labels.items() if item[0] not in _VERSION_LABELS))
            if len(rest) < len(labels) and rest in whole:
                found.add(name)
        return frozenset(found)

    def _unmatched(self, led_to: Mapping[str, tuple[str, ...]]) -> Iterator[Manifest]:
        """Services that select workloads nobody shows, each once."""
        told = {name for node in self.nodes for name in (node.name, *(w.name for w in node.workloads))} | set(led_to)
        for service in self._services:
            if service.name not in told and texts(dig(service.body, "spec", "selector")):
                told.add(service.name)
                yield service


def _is_version(workload: str, service: str) -> bool:
    """Whether a workload (or its key, `scope/name`) is called after a Service and a version: `reviews-v2`."""
    name = workload.rpartition("/")[2]
    return bool(_VERSION.match(name.removeprefix(service))) and name.startswith(service)


def _same(definitions: Iterable[Workload]) -> dict[str, tuple[Workload, ...]]:
    """Definitions of one workload each, by `scope/name`. The same name in two namespaces is one workload deployed
    twice when it runs the same image, else two; then the namespace is their scope."""
    by_name: dict[str, list[Workload]] = defaultdict(list)
    for one in definitions:
        by_name[one.name].append(one)
    found: dict[str, tuple[Workload, ...]] = {}
    for name, variants in by_name.items():
        spaces = _partition(variants)
        for scope, members in spaces.items():
            found[f"{scope if len(spaces) > 1 else ''}/{name}"] = tuple(members)
    return found


def _partition(variants: list[Workload]) -> dict[str, list[Workload]]:
    spaces: dict[str, list[Workload]] = {}
    for one in variants:
        namespace = one.manifest.namespace
        same = (s for s, members in spaces.items() if not s or not namespace or members[0].images & one.images)
        if len(spaces) >= _MAX_VARIANTS:
            namespace = next(iter(spaces))
        home = namespace if namespace in spaces else next(same, namespace)
        spaces.setdefault(home, []).append(one)
    return spaces
