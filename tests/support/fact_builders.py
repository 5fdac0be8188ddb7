"""Short ways to write facts in tests."""

from topoplan.model.facts import CallFact, ChannelFact, ChannelRole, NodeKind, Party, ServiceFact, Style, Use
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.stats import Stats


def evidence(
    importer: str = "compose", confidence: Confidence = Confidence.HIGH, path: str = "compose.yaml", line: int = 1
) -> Evidence:
    basis = Basis.OBSERVED if importer in ("otlp", "jaeger", "zipkin") else Basis.DECLARED
    return Evidence(importer, Where(path, line), basis, confidence, rule="test")


def service(
    name: str,
    importer: str = "compose",
    scope: str = "",
    kind: NodeKind | None = NodeKind.SERVICE,
    technology: str = "",
    aliases: tuple[str, ...] = (),
    folder: str = "",
    infrastructure: bool = False,
) -> ServiceFact:
    party = Party(name, scope, kind, technology)
    return ServiceFact(party, evidence(importer), aliases, folder, infrastructure=infrastructure)


def call(
    consumer: str,
    provider: str | Party,
    importer: str = "compose",
    style: Style = Style.SYNC,
    protocol: str = "http",
    confidence: Confidence = Confidence.HIGH,
    uses: tuple[Use, ...] = (),
    calls: int = 0,
    channel: str = "",
) -> CallFact:
    target = Party(provider) if isinstance(provider, str) else provider
    stats = Stats(calls=calls) if calls else None
    return CallFact(
        Party(consumer), target, style, protocol, evidence(importer, confidence), channel, None, uses, stats
    )


def channel(name: str, role: ChannelRole, topic: str, broker: str = "", importer: str = "compose") -> ChannelFact:
    party = Party(broker, kind=NodeKind.BROKER, technology="kafka") if broker else None
    return ChannelFact(Party(name), role, topic, "kafka", evidence(importer), party)
