"""What importers say of tests: contracts and who verified them, results, runs seen in traces, and environments.

Like all facts they name services as their source does; `coverage` finds out which boundary and operation is meant, and
what each proves. None of them makes a service or a boundary: a test is no evidence that production calls anything.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from topoplan.model.facts import Party, Style
from topoplan.model.operation import Field
from topoplan.model.place import Evidence, Where


class Verdict(StrEnum):
    """How a test ended."""

    PASSED = "passed"
    FAILED = "failed"
    """Failed, or could not run to its end (an error)."""
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    """It ran, or is said to exist; nothing tells how it ended."""


class Interaction(Struct, frozen=True):
    """One exchange of a contract: a request with its response, or a message.

    `method` and `path` are as for `Use`: upper-case HTTP method and the *concrete* path, `RPC` and
    `package.Service/Method`, `PUBLISH` and the channel (empty where the contract does not name one).
    """

    description: str
    style: Style
    method: str
    path: str
    where: Where
    states: tuple[str, ...] = ()
    """Provider states, sorted."""
    status: str = ""
    """Response status the consumer expects; empty for messages or when any will do."""
    request: tuple[Field, ...] = ()
    """What the consumer sends: body, query and header values, with the JSON type each has in the contract."""
    response: tuple[Field, ...] = ()
    """What the consumer relies on in the response body, or in the message's payload."""
    pending: bool = False
    """Not yet binding for the provider (Pact v4)."""


class ContractFact(Struct, frozen=True):
    """A consumer-driven contract: what `consumer` expects of `provider`.

    `digest` identifies its *content* (hex SHA-256 over the interactions in canonical form, without ids, links and
    metadata): two files with equal digest are one contract. `versions` are further names of that content, as a broker
    tells them: the hash of the content, or `consumer version 1.2.3`.
    """

    consumer: Party
    provider: Party
    interactions: tuple[Interaction, ...]
    digest: str
    evidence: Evidence
    versions: tuple[str, ...] = ()


class InteractionResult(Struct, frozen=True):
    """How one interaction of a contract was verified, by its description."""

    description: str
    verdict: Verdict


class VerificationFact(Struct, frozen=True):
    """The provider replayed a contract. `content` names what it replayed (digests and version names as in
    `ContractFact`); empty: the source only names the two services."""

    consumer: Party
    provider: Party
    verdict: Verdict
    evidence: Evidence
    content: tuple[str, ...] = ()
    time: int = 0
    """Unix seconds, 0 unknown."""
    provider_version: str = ""
    results: tuple[InteractionResult, ...] = ()
    """By interaction, where the source tells."""


class ResultFact(Struct, frozen=True):
    """One test with its result, as a runner reported it; rules and properties say later what it proves.

    `properties` are (name, value) pairs in the order of the file, those of its suites first.
    """

    suite: str
    """Names of the suites it stands in, outermost first, joined by ` > `."""
    classname: str
    name: str
    file: str
    """Source file as the report names it; empty when it does not."""
    verdict: Verdict
    evidence: Evidence
    properties: tuple[tuple[str, str], ...] = ()
    time: int = 0
    """Unix seconds of the run, 0 unknown."""
    flaky: bool = False
    """It failed and then passed within the run; its verdict is the last one."""

    @property
    def id(self) -> str:
        """What identifies the test over runs."""
        return " > ".join(part for part in (self.suite, self.classname, self.name) if part)


class RunCall(Struct, frozen=True):
    """One kind of call seen within a run."""

    consumer: Party
    provider: Party
    style: Style
    method: str
    path: str
    channel: str = ""
    failed: bool = False
    """The caller saw at least one such call fail."""
    injected: bool = False
    """A fault or delay was put in on purpose, and the caller saw it."""
    provider_real: bool = True
    """A span of the provider itself is there, not only its caller's word."""


class RunFact(Struct, frozen=True):
    """A test seen in traces: all calls of one test case, or of all traces of one root operation where none is named."""

    name: str
    """`test.case.name`, else the root operation."""
    verdict: Verdict
    """From the trace's own word (`test.case.result.status`); UNKNOWN without one."""
    calls: tuple[RunCall, ...]
    evidence: Evidence
    time: int = 0


class EnvironmentFact(Struct, frozen=True):
    """Something that starts these parties for tests: a compose file for tests, or containers a test asks for.

    `folder` (a shown path) is whose tests it serves where it lies beside a service's code; empty otherwise.
    """

    parties: tuple[Party, ...]
    evidence: Evidence
    folder: str = ""


Check: TypeAlias = ContractFact | VerificationFact | ResultFact | RunFact | EnvironmentFact
