"""Cases of a slice or an end-to-end test: what only several real services together can get wrong."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from msgspec import Struct

from topoplan.model.facts import Style
from topoplan.model.journey import Journey
from topoplan.model.operation import Operation
from topoplan.model.phrases import joined, listed
from topoplan.model.plan import Case
from topoplan.model.topology import Boundary
from topoplan.planning.operation_cases import operations_of
from topoplan.planning.pairwise import pairwise
from topoplan.planning.system import System
from topoplan.planning.wording import answer, arranged, is_success
from topoplan.risk.journeys import CACHES
from topoplan.risk.surface import Surface
from topoplan.risk.words import changes_state

FAILING_STEPS = 4
"""Most writing steps that fail in turn: a slice has no more services."""
RACES = 3
"""Most cases of a reader that is faster than a writer."""

_WAYS = 2
"""How a step fails: told, or untold."""
_AFTERWARDS = ("the client gives up", "the client tries again")


class Step(Struct, frozen=True):
    """One service in which a journey writes, and how it is made to: by a call, a message, or of itself."""

    service: str
    style: Style
    by: str
    """Id of the operation, the channel, or the datastore."""

    @property
    def operation(self) -> str:
        return self.by if self.style is Style.SYNC else ""

    @property
    def failures(self) -> tuple[str, str]:
        """The two ways it fails, told and untold."""
        if self.style is Style.SYNC:
            call = self.by or "the call"
            return f"{self.service} refuses {call}", f"{self.service} never answers {call}"
        if self.style is Style.MESSAGE:
            return (
                f"{self.service} cannot handle a message of {self.by}",
                f"{self.service} is down when {self.by} comes",
            )
        return f"{self.service} cannot write to {self.by}", f"{self.service} stops before it has written to {self.by}"


class Path(Struct, frozen=True):
    """A connected part of a journey, as its cases need it."""

    journey: Journey
    services: tuple[str, ...]
    """In the order the journey comes to them."""
    entry: str
    """Id of the operation a test begins with; empty when unknown."""
    steps: tuple[Step, ...]
    """Where it writes, in order."""
    compensations: Mapping[str, tuple[str, ...]]
    """Service → its operations on the path that take back what it wrote."""

    @property
    def first(self) -> str:
        return self.services[0]

    @property
    def request(self) -> str:
        return self.entry or f"a request to {self.first}"

    @property
    def writers(self) -> tuple[str, ...]:
        return tuple(step.service for step in self.steps)


def slice_cases(system: System, journey: Journey, boundaries: Sequence[Boundary]) -> Iterator[Case]:
    """The happy path, the entry twice, a reader before its writer, and each writing step failing. `boundaries` are in
    the order of first use."""
    path = path_of(system, journey, boundaries)
    yield _happy(path)
    if path.steps:
        yield from _twice(system, path)
    yield from _races(system, path, boundaries)
    yield from _failures(path) if path.steps else _unreachable(path, boundaries)


def end_to_end_cases(system: System, journey: Journey, boundaries: Sequence[Boundary]) -> Iterator[Case]:
    """What a user sees from outside: success, each documented refusal of the entry, the entry twice."""
    path = path_of(system, journey, boundaries)
    yield _happy(path)
    if path.steps:
        yield from _twice(system, path)
    entry = _operation(system, path)
    for outcome in entry.outcomes if entry else ():
        if not is_success(outcome):
            yield Case(
                f"{journey.name}: {path.request} answers {arranged(outcome)}",
                path.entry,
                "documented-outcome",
                f"the user gets {answer(outcome)}" + (f"; {joined(path.writers)} hold nothing" if path.steps else ""),
            )


def path_of(system: System, journey: Journey, boundaries: Sequence[Boundary]) -> Path:
    """The services, the entry and the writing steps of these boundaries, taken in their order."""
    services = tuple(dict.fromkeys(end for b in boundaries if b.style is not Style.RESOURCE for end in _flow(b)))
    services = services or journey.services[:1]
    steps = dict[str, Step]()
    for boundary in boundaries:
        surface = system.context.surfaces[boundary.id]
        if boundary.style is Style.SYNC and surface.writing:
            by = _writing(system, boundary, surface)
            steps.setdefault(boundary.provider, Step(boundary.provider, Style.SYNC, by))
        elif boundary.style is Style.MESSAGE:
            steps.setdefault(boundary.consumer, Step(boundary.consumer, Style.MESSAGE, _channel(boundary)))
    # what is known to lead to a service says whether it writes; of the first one, and of unknown calls, its store does
    told = {b.provider for b in boundaries if b.style is Style.SYNC and system.context.surfaces[b.id].ids}
    for service in services:
        stores = [store for store in sorted(system.context.sharing.stores.get(service, ())) if _keeps(system, store)]
        if stores and service not in steps and service not in told:
            steps[service] = Step(service, Style.RESOURCE, stores[0])
    order = {service: index for index, service in enumerate(services)}
    return Path(
        journey,
        services,
        _entry(system, journey, services[0]) if services else "",
        tuple(sorted(steps.values(), key=lambda step: order[step.service])),
        {b.provider: undo for b in boundaries if (undo := system.context.surfaces[b.id].compensations)},
    )


def _writing(system: System, boundary: Boundary, surface: Surface) -> str:
    """The gravest operation that writes, rather than one that takes a step back."""
    graded = [op.id for op in operations_of(system, boundary) if changes_state(op.id)]
    ids = [*graded, *(name for name in surface.writing if name not in graded)]
    return min(ids, key=lambda name: name in surface.compensations, default="")


def _flow(boundary: Boundary) -> tuple[str, str]:
    """A call leads to the provider, a message to the consumer."""
    ends = boundary.consumer, boundary.provider
    return ends if boundary.style is Style.SYNC else ends[::-1]


def _channel(boundary: Boundary) -> str:
    return boundary.channel or f"{boundary.provider}'s messages"


def _keeps(system: System, store: str) -> bool:
    return system.context.services[store].technology not in CACHES


def _entry(system: System, journey: Journey, first: str) -> str:
    """The journey's own entry where the path begins there; else what an earlier service of the journey calls."""
    if journey.entry and journey.services[:1] == (first,):
        return journey.entry
    for consumer in journey.services:
        for boundary in system.outgoing.get(consumer, ()):
            if boundary.provider == first and boundary.style is Style.SYNC:
                surface = system.context.surfaces[boundary.id]
                return _writing(system, boundary, surface) or next(iter(surface.ids), "")
    return ""


def _operation(system: System, path: Path) -> Operation | None:
    service = system.context.services.get(path.first)
    return next((op for op in service.operations if op.id == path.entry), None) if service else None


def _happy(path: Path) -> Case:
    agreed = f"; {joined(path.writers)} hold the result once and agree on it" if len(path.steps) > 1 else ""
    kept = f"; {path.writers[0]} holds the result once" if len(path.steps) == 1 else ""
    return Case(
        f"{path.journey.name}: {path.request} runs through {joined(path.services)}",
        path.entry,
        "happy-path",
        f"{path.first} answers with success{agreed or kept}",
    )


def _twice(system: System, path: Path) -> Iterator[Case]:
    if path.entry and not changes_state(path.entry):
        return
    operation = _operation(system, path)
    keyed = operation is not None and operation.idempotency_key
    key = " with the same idempotency key" if keyed else ""
    yield Case(
        f"{path.journey.name}: {path.request} is sent twice{key}",
        path.entry,
        "duplicate-request",
        f"{joined(path.writers)} hold one result; the second request gets the first one's answer or is refused",
    )


def _races(system: System, path: Path, boundaries: Sequence[Boundary]) -> Iterator[Case]:
    """Readers that can be faster than what they read: behind a message, or on one datastore."""
    races = [
        (f"{b.consumer} is read before it has handled {_channel(b)}", b.consumer)
        for b in boundaries
        if b.style is Style.MESSAGE
    ]
    stores = system.context.sharing.stores
    races += (
        (f"{other} reads from {shared} before {one} has written there", other)
        for one, other in combinations(path.services, 2)
        for shared in sorted(stores.get(one, frozenset()) & stores.get(other, frozenset()))
    )
    for title, reader in races[:RACES]:
        yield Case(
            f"{path.journey.name}: {title}",
            "",
            "reader-before-writer",
            f"{reader} gives the state before or the state after, or says that it is pending; never a part of it and "
            "never an error",
        )


def _failures(path: Path) -> Iterator[Case]:
    """Step × way it fails × what the client does: every two of them together once, not all combinations."""
    steps = path.steps[:FAILING_STEPS]
    for index, way, after in pairwise(len(steps), _WAYS, len(_AFTERWARDS)):
        step = steps[index]
        # a service that writes of itself may do so after all it calls; what a call or message leads to comes in turn
        others = path.writers if step.style is Style.RESOURCE else path.writers[:index]
        written = [service for service in others if service != step.service]
        again = bool(after)
        if again:
            expect = f"the second attempt succeeds and {joined(path.writers)} hold one result, not two"
        elif written:
            undo = [name for service in written for name in path.compensations.get(service, ())]
            by = f" by {listed(undo)}" if undo else ""
            expect = f"what {joined(written)} wrote is taken back{by} or completed later; all agree again"
        else:
            expect = f"nothing is written, and {path.first} answers with a documented error"
        yield Case(
            f"{path.journey.name}: {step.failures[way]}; {_AFTERWARDS[after]}", step.operation, "rollback", expect
        )


def _unreachable(path: Path, boundaries: Sequence[Boundary]) -> Iterator[Case]:
    for provider in sorted({b.provider for b in boundaries if b.style is Style.SYNC}):
        yield Case(
            f"{path.journey.name}: {provider} is unreachable",
            "",
            "unreachable",
            f"{path.first} answers with what it has, or with a documented error, within its own time limit",
        )
