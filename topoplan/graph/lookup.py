"""Who a name in test evidence means, once the topology is known: the identity rules, asked without adding anything."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from topoplan.config import ServiceSettings
from topoplan.graph.names import cluster_name, core_key, exact_key, is_role_name, squashed_key
from topoplan.model.topology import Service, Topology

_FAMILY = 3
"""Fewest names with one first word that make it the prefix of a system."""


class Lookup:
    """Finds services of a topology by name and by path. Every rule must give exactly one service, or gives none.

    `names` are all names that will be asked for: a first word that three of them share is taken for the system's own
    prefix (`shop-orders`, `shop-users`, `shop-gateway`).
    """

    def __init__(
        self, topology: Topology, settings: Mapping[str, ServiceSettings] | None = None, names: Iterable[str] = ()
    ) -> None:
        said = settings or {}
        self._rules: list[tuple[Callable[[str], str], dict[str, set[str]]]] = [
            (rule, _index(rule, topology.services)) for rule in (exact_key, squashed_key, core_key)
        ]
        exact = self._rules[0][1]
        self._forced = {
            exact_key(alias): next(iter(sorted(exact.get(exact_key(name), ()))), None)
            for name, one in said.items()
            for alias in (name, *one.aliases)
        }
        self._forbidden = {
            (exact_key(other), service)
            for name, one in said.items()
            for other in one.not_aliases
            for service in exact.get(exact_key(name), ())
        }
        self._prefixes = _prefixes({exact_key(name) for name in names})
        self._folders = sorted(
            ((folder, service.id) for service in topology.services for folder in service.folders),
            key=lambda entry: (-len(entry[0]), entry),
        )

    def service(self, name: str) -> str | None:
        """Id of the one service this name means; None when it means none, or several."""
        key = exact_key(name)
        if self._forced.get(key):
            return self._forced[key]
        for candidate in (name, cluster_name(name) or ""):
            if candidate and (found := self._by_rules(candidate)):
                return found
        for prefix in self._prefixes:
            rest = key.removeprefix(prefix)
            if rest != key and not is_role_name(rest) and (found := self._by_rules(rest)):
                return found
        return None

    def owner(self, path: str) -> str | None:
        """Id of the service whose folder holds this shown path most closely; None when none or several do."""
        closest = next((f for f, _ in self._folders if f == "." or path == f or path.startswith(f + "/")), "")
        holders = {service for folder, service in self._folders if folder == closest}
        return holders.pop() if len(holders) == 1 else None

    def _by_rules(self, name: str) -> str | None:
        for rule, index in self._rules:
            key = rule(name)
            found = {s for s in index.get(key, ()) if (exact_key(name), s) not in self._forbidden} if key else set()
            if len(found) == 1:
                return found.pop()
            if found:
                return None
        return None


def _index(rule: Callable[[str], str], services: Iterable[Service]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for service in services:
        for name in (service.id, service.name, *service.aliases):
            if key := rule(name):
                found[key].add(service.id)
    return found


def _prefixes(keys: Iterable[str]) -> tuple[str, ...]:
    families: dict[str, int] = defaultdict(int)
    for key in keys:
        first, dash, rest = key.partition("-")
        if dash and rest:
            families[first + dash] += 1
    return tuple(sorted(prefix for prefix, count in families.items() if count >= _FAMILY))
