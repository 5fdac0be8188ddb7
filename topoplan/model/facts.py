"""What importers say: one fact is one thing read at one place. `graph` joins facts into a topology.

Names in facts are as written in the source (cleaned); deciding which names mean one service is the graph's work.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from topoplan.model.operation import Operation
from topoplan.model.place import Evidence, Where
from topoplan.model.stats import Presence, Stats


class NodeKind(StrEnum):
    """What a node of the topology is."""

    SERVICE = "service"
    GATEWAY = "gateway"
    DATASTORE = "datastore"
    BROKER = "broker"
    EXTERNAL = "external"


class Style(StrEnum):
    """How the two ends of a boundary meet."""

    SYNC = "sync"
    """Request and response; the caller is the consumer."""
    MESSAGE = "message"
    """The consumer receives the provider's messages through a channel."""
    RESOURCE = "resource"
    """A service uses a datastore, cache or broker."""


class Party(Struct, frozen=True, order=True):
    """One end of a fact, as its source names it.

    `scope` is the namespace in which `name` is unique (a compose project, a Kubernetes namespace folder); empty means
    the name is meant system-wide (traces, spec hosts). `kind` is what the source knows of it, None when unknown.
    `technology` is a lower-case product name such as `postgresql` or `kafka`. With a `path`, the shown path of a file,
    the party is the service whose code or mounts hold that file, and `name` is empty; a `kind` of gateway then counts
    only where the facts lead to two services or more.
    """

    name: str
    scope: str = ""
    kind: NodeKind | None = None
    technology: str = ""
    path: str = ""


class ModuleFact(Struct, frozen=True):
    """One program is built from `folder` (a shown path), and calls itself by `names`, the most telling first: its
    configured application name, then the name of its build file, then of its folder.

    `deployable` says that something there runs it (a Dockerfile, an application configuration, a program entry), so
    it is a service even where no manifest names it.
    """

    folder: str
    names: tuple[str, ...]
    evidence: Evidence
    deployable: bool = False


class MountFact(Struct, frozen=True):
    """`service` is given the file or folder at `path` (a shown path) when it runs, so what stands there is its
    configuration, wherever it lies.
    """

    service: Party
    path: str
    evidence: Evidence


class ServiceFact(Struct, frozen=True):
    """A node exists. `aliases` are further names that mean it within `scope` (host name, container name, network
    alias, `OTEL_SERVICE_NAME`); `folder` is where its code lives, as a shown path, empty when unknown.
    """

    party: Party
    evidence: Evidence
    aliases: tuple[str, ...] = ()
    folder: str = ""
    image: str = ""
    ports: tuple[int, ...] = ()
    """Ports it listens on inside its network."""
    owner: str = ""
    domain: str = ""
    """The part of the business or of the whole system that it belongs to."""
    criticality: str = ""
    """`critical`, `high`, `medium`, `low` or empty, as OpenTelemetry's `service.criticality`."""
    infrastructure: bool = False
    """Runs beside the system, not in it: tracing back end, metrics, admin UI, load generator, one-shot job."""
    presence: Presence | None = None
    """The traces with spans of it; None for declared facts."""


class Use(Struct, frozen=True):
    """One operation used across a boundary, with its traffic when observed."""

    method: str
    path: str
    stats: Stats | None = None


class CallFact(Struct, frozen=True):
    """`consumer` depends on `provider`. For style `message`, `channel` names topic or queue and `broker` where it
    lives; the consumer is the receiving service.
    """

    consumer: Party
    provider: Party
    style: Style
    protocol: str
    """Lower case: `http`, `grpc`, `kafka`, `amqp`, `postgresql`, `redis`, …; `tcp` when unknown."""
    evidence: Evidence
    channel: str = ""
    broker: Party | None = None
    uses: tuple[Use, ...] = ()
    stats: Stats | None = None
    """Traffic over the whole boundary, uses included; None for declared facts."""


class ChannelRole(StrEnum):
    PUBLISH = "publish"
    RECEIVE = "receive"


class ChannelFact(Struct, frozen=True):
    """`service` publishes to, or receives from, `channel`; the graph pairs the two roles into message boundaries."""

    service: Party
    role: ChannelRole
    channel: str
    protocol: str
    evidence: Evidence
    broker: Party | None = None
    messages: tuple[Operation, ...] = ()
    stats: Stats | None = None


class HintKind(StrEnum):
    """How a specification names its provider, strongest first in the order tried."""

    CONFIG = "config"
    SERVER = "server"
    FOLDER = "folder"
    FILE = "file"
    TITLE = "title"
    CHANNEL = "channel"
    """No provider's name: what the channel may be called that carries the message the interface is of."""


class Hint(Struct, frozen=True):
    kind: HintKind
    name: str


class InterfaceFact(Struct, frozen=True):
    """Some provider offers these operations. `hints` are the names under which it may be known, strongest first; the
    graph takes the first that means exactly one service. `path` is the spec file, for its history.
    """

    hints: tuple[Hint, ...]
    operations: tuple[Operation, ...]
    protocol: str
    path: str
    evidence: Evidence
    title: str = ""
    version: str = ""
    folder: str = ""
    """Folder of the spec file, as a shown path."""
    valid: bool | None = None
    """Verdict of the specification's own validator; None: not validated."""
    founding: bool = True
    """Whether it alone shows that a service exists; a definition that clients hold copies of does not."""


class OwnerFact(Struct, frozen=True):
    """`owner` answers for the code in `folder` (a shown path, `.` for everything). Of several facts in one file that
    hold a folder, the last counts."""

    folder: str
    owner: str
    evidence: Evidence


class JourneyStep(Struct, frozen=True):
    """One boundary a journey uses, as its source names the ends."""

    consumer: Party
    provider: Party
    style: Style
    channel: str = ""


class JourneyFact(Struct, frozen=True):
    """Requests that begin with one operation of `entry` and what they lead to: `steps` are distinct, in the order of
    first use, united over all variants seen. `traces` is how many requests began so."""

    entry: Party
    method: str
    path: str
    steps: tuple[JourneyStep, ...]
    traces: int
    evidence: Evidence


Fact: TypeAlias = (
    ServiceFact | ModuleFact | MountFact | CallFact | ChannelFact | InterfaceFact | OwnerFact | JourneyFact
)


class SourceState(StrEnum):
    ANALYSED = "analysed"
    SKIPPED = "skipped"
    FAILED = "failed"


class Source(Struct, frozen=True, order=True):
    """What became of one candidate file."""

    path: str
    state: SourceState
    importer: str = ""
    reason: str = ""
    """Why it was skipped or failed, or a remark on how it was read; empty when plain."""
    facts: int = 0
    digest: str = ""
    """Hex SHA-256 of the bytes read, empty when not read."""


class Severity(StrEnum):
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class Notice(Struct, frozen=True, order=True):
    """Something a person should know: `slug` is its section in docs/reference/messages.md."""

    severity: Severity
    slug: str
    message: str
    where: Where | None = None
