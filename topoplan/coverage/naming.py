"""Which boundaries test evidence means by the names of two services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from topoplan.config import ServiceSettings
from topoplan.graph.lookup import Lookup
from topoplan.model.checks import Check, ContractFact, EnvironmentFact, ResultFact, RunFact
from topoplan.model.claims import is_claim, parse_claim
from topoplan.model.coverage import Finding
from topoplan.model.facts import Party, Style
from topoplan.model.phrases import joined
from topoplan.model.place import Where
from topoplan.model.topology import Boundary, Topology


class Names:
    """The services and boundaries of one topology, by the names that its tests use."""

    def __init__(
        self, topology: Topology, settings: Mapping[str, ServiceSettings] | None = None, names: Iterable[str] = ()
    ) -> None:
        self._lookup = Lookup(topology, settings, names)
        self._known: dict[str, str | None] = {}
        self._services = {service.id: service for service in topology.services}
        self._pairs: dict[tuple[str, str], list[Boundary]] = defaultdict(list)
        for boundary in sorted(topology.boundaries, key=lambda b: b.id):
            self._pairs[boundary.consumer, boundary.provider].append(boundary)

    def service(self, name: str) -> str | None:
        """Id of the one service a name means."""
        if name not in self._known:
            self._known[name] = self._lookup.service(name)
        return self._known[name]

    def party(self, party: Party) -> str | None:
        """Id of the one service a party means: by its name, else as the owner of its file."""
        found = self.service(party.name) if party.name else None
        return found or (self.owner(party.path) if party.path else None)

    def owner(self, path: str) -> str | None:
        """Id of the one service whose folder holds a shown path."""
        return self._lookup.owner(path)

    def between(self, consumer: str, provider: str, *styles: Style) -> tuple[Boundary, ...]:
        """Boundaries of two services, by id, of these styles (all when none is given)."""
        return tuple(b for b in self._pairs.get((consumer, provider), ()) if not styles or b.style in styles)

    def technology(self, service: str) -> str:
        return self._services[service].technology

    def unknown(self, consumer: str, provider: str, where: Where) -> Finding:
        """The finding for two names without a boundary: what each resolved to, and what to do."""
        meant = [self.service(name) for name in (consumer, provider)]
        missing = [name for name, found in zip((consumer, provider), meant, strict=True) if found is None]
        if missing:
            found = "is no service that was found" if len(missing) == 1 else "are no services that were found"
            told = f"evidence between {consumer} and {provider} counts for nothing: {joined(missing)} {found}"
            hint = "if it is another name of one, add it to services.<name>.aliases in topoplan.yaml"
            return Finding("unknown-pair", f"{told}; {hint}", where)
        told = f"no boundary leads from {meant[0]} to {meant[1]}"
        hint = "if a name means another service, add it to services.<name>.aliases in topoplan.yaml"
        return Finding("unknown-pair", f"{consumer} and {provider}: {told}; {hint}", where)


def names_in(checks: Iterable[Check]) -> Iterator[str]:
    """Every name that checks use for services."""
    for check in checks:
        if isinstance(check, ResultFact):
            yield from _claimed(check)
        elif isinstance(check, RunFact):
            for call in check.calls:
                yield from (call.consumer.name, call.provider.name)
        elif isinstance(check, EnvironmentFact):
            yield from (party.name for party in check.parties if party.name)
        else:
            yield from (check.consumer.name, check.provider.name)


def _claimed(result: ResultFact) -> Iterator[str]:
    for name, value in result.properties:
        if is_claim(name):
            try:
                yield from parse_claim(name, value).services
            except ValueError:  # told where the claim is read
                continue


def owned(contract: ContractFact, consumer: str, names: Names) -> bool:
    """Whether a contract lies in a folder of the service that is its consumer."""
    return names.owner(contract.evidence.where.path) == consumer
