"""Short ways to write test evidence in tests of coverage."""

from __future__ import annotations

from topoplan.model.checks import (
    ContractFact,
    EnvironmentFact,
    Interaction,
    InteractionResult,
    ResultFact,
    RunCall,
    RunFact,
    Verdict,
    VerificationFact,
)
from topoplan.model.facts import Party, Style
from topoplan.model.operation import Field
from topoplan.model.place import Basis, Confidence, Evidence, Where

PASSED, FAILED, SKIPPED, UNKNOWN = Verdict.PASSED, Verdict.FAILED, Verdict.SKIPPED, Verdict.UNKNOWN


def at(path: str, line: int = 0) -> Evidence:
    return Evidence("test", Where(path, line), Basis.DECLARED, Confidence.HIGH)


def asks(
    method: str = "GET", path: str = "/orders", description: str = "", status: str = "", pending: bool = False,
    sends: tuple[Field, ...] = (), reads: tuple[Field, ...] = (),
) -> Interaction:  # fmt: skip
    return Interaction(
        description or f"{method} {path}", Style.SYNC, method, path, Where("pact.json", pointer="/interactions/0"),
        status=status, request=sends, response=reads, pending=pending,
    )  # fmt: skip


def receives(channel: str = "", description: str = "a message", reads: tuple[Field, ...] = ()) -> Interaction:
    where = Where("pact.json", pointer="/messages/0")
    return Interaction(description, Style.MESSAGE, "PUBLISH", channel, where, response=reads)


def pact(
    *interactions: Interaction, consumer: str = "web", provider: str = "orders", digest: str = "d1",
    path: str = "pact.json", versions: tuple[str, ...] = (),
) -> ContractFact:  # fmt: skip
    return ContractFact(Party(consumer), Party(provider), interactions, digest, at(path), versions)


def verified(
    verdict: Verdict = PASSED, *content: str, consumer: str = "web", provider: str = "orders", time: int = 0,
    path: str = "results.json", **results: Verdict,
) -> VerificationFact:  # fmt: skip
    """`results` by description, with `_` for a space."""
    told = tuple(InteractionResult(name.replace("_", " "), ended) for name, ended in sorted(results.items()))
    return VerificationFact(
        Party(consumer), Party(provider), verdict, at(path), content=content, time=time, results=told
    )  # fmt: skip


def case(
    name: str, verdict: Verdict = PASSED, *claims: str, suite: str = "", classname: str = "", time: int = 0,
    path: str = "junit.xml", file: str = "",
) -> ResultFact:  # fmt: skip
    """`claims` as `contract: web -> orders : GET /orders`."""
    properties = tuple((f"topoplan.{kind}", rest.strip()) for kind, _, rest in (c.partition(":") for c in claims))
    return ResultFact(suite, classname, name, file, verdict, at(path), properties, time)


def used(
    consumer: str, provider: str, operation: str = "", channel: str = "", real: bool = True, injected: bool = False
) -> RunCall:
    style = Style.MESSAGE if channel else Style.SYNC
    method, _, path = operation.partition(" ")
    return RunCall(
        Party(consumer), Party(provider), style, "PUBLISH" if channel else method, channel or path, channel,
        injected=injected, provider_real=real,
    )  # fmt: skip


def run(name: str, *calls: RunCall, verdict: Verdict = PASSED, time: int = 0, path: str = "spans.json") -> RunFact:
    return RunFact(name, verdict, calls, at(path), time)


def environment(*parties: str | Party, folder: str = "", path: str = "compose.test.yaml") -> EnvironmentFact:
    return EnvironmentFact(tuple(Party(p) if isinstance(p, str) else p for p in parties), at(path), folder)
