"""Finds services by the spelling of a name, one index for each rule, the strictest first."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from topoplan.graph.entity import Entity
from topoplan.graph.names import core_key, exact_key, is_role_name, squashed_key
from topoplan.model.facts import ServiceFact

_FAMILY = 3
"""Fewest names with one first word that make it the prefix of a system."""


class NameIndex:
    """Names and declared aliases of services. `prefixes` are the system's, as `system_prefixes` finds them."""

    def __init__(self) -> None:
        self.prefixes: tuple[str, ...] = ()
        self._primary: dict[str, list[Entity]] = defaultdict(list)
        self._alias: dict[str, list[Entity]] = defaultdict(list)
        self._squashed: dict[str, list[Entity]] = defaultdict(list)
        self._core: dict[str, list[Entity]] = defaultdict(list)

    def add(self, entity: Entity, name: str) -> None:
        """The service is called `name`."""
        for index, key in (
            (self._primary, exact_key(name)),
            (self._squashed, squashed_key(name)),
            (self._core, core_key(name)),
        ):
            if key and entity not in index[key]:
                index[key].append(entity)

    def add_alias(self, entity: Entity, alias: str) -> None:
        """The service is also known as `alias`."""
        known = self._alias[exact_key(alias)]
        if entity not in known:
            known.append(entity)

    def called(self, name: str) -> Sequence[Entity]:
        """Services of that very name."""
        return self._primary.get(exact_key(name), ())

    def also_called(self, name: str) -> Sequence[Entity]:
        """Services with that alias."""
        return self._alias.get(exact_key(name), ())

    def by_rule(self, name: str) -> Iterator[tuple[Sequence[Entity], str]]:
        """The services each rule gives for a name, strictest rule first, with the reason a join by it has."""
        key = exact_key(name)
        for index, loosened, reason in (
            (self._primary, key, "same name"),
            (self._alias, key, "a name declared beside it"),
            (self._squashed, squashed_key(name), "differs only in separators"),
            (self._core, core_key(name), "differs only in an affix such as -service"),
        ):
            if loosened:
                yield index.get(loosened, ()), reason
        for prefix in self.prefixes:
            rest = key.removeprefix(prefix)
            other = rest if rest != key else prefix + key
            if not is_role_name(rest):
                yield self._squashed.get(squashed_key(other), ()), f"differs only in the system's prefix {prefix}"


def system_prefixes(facts: Iterable[ServiceFact]) -> tuple[str, ...]:
    """First words, each with its hyphen, that most names of one source begin with: there they tell the system."""
    names: dict[tuple[str, str], set[str]] = defaultdict(set)
    for fact in facts:
        names[fact.evidence.importer, fact.party.scope].add(exact_key(fact.party.name))
    found: set[str] = set()
    for source in names.values():
        first = Counter(name.partition("-")[0] for name in source if "-" in name)
        found |= {f"{word}-" for word, n in first.items() if n >= _FAMILY and 2 * n > len(source)}
    return tuple(sorted(found))
