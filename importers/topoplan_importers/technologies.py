"""What an image, a name, a port or a URL scheme says about a party: product, kind of node, protocol.

One table serves every importer, so that `postgres:16`, `jdbc:postgresql://…` and port 5432 always mean the same thing.
Product names follow OpenTelemetry's `db.system.name` and `messaging.system` where those exist.
"""

from __future__ import annotations

import re

from msgspec import Struct

from topoplan.model.facts import NodeKind
from topoplan_importers.products import BROKERS, GATEWAYS, INFRASTRUCTURE, PROXIES, STORES
from topoplan_importers.vocabulary import words


class Technology(Struct, frozen=True):
    """One product. `kind` None means an ordinary service; `infrastructure` that it runs beside a system, not in it.
    `proxy` marks web servers that are a gateway only where they pass requests on to somebody."""

    name: str
    kind: NodeKind | None
    protocol: str
    infrastructure: bool = False
    proxy: bool = False


# Tokens that turn the name of a product into the name of a tool for it.
_TOOLS = words(
    "exporter ui gui express commander admin console manager backup dump cron restore insight hq dashboard",
    "operator monitor webui cli viewer browser init setup topics",
)
# Tokens that make it the name of a program that uses the product.
_USERS = words(
    "connect registry rest bridge proxy client worker consumer producer publisher subscriber listener sender",
    "receiver adapter connector handler processor streams api app svc web",
)
# Tokens that say nothing about what a product is.
_FILLER = words(
    "server service db database alpine native cluster master slave replica primary secondary node broker single",
    "local dev prod test oss community enterprise stack standalone ce ee xe cp rs container docker image main",
    "cache store data express linux free base instance demo sharded shard queue bus bitnami jre debian latest",
    "leader follower",
)
# Tokens for the parts infrastructure comes in.
_PARTS = words("agent collector contrib query gateway ui ingester all in one exporter discovery registry")
_JOBS = words(
    "init migrate migration migrations migrator seed seeder seeding populate bootstrap fixtures initializer",
)
_BESIDE = re.compile(
    r"load-?(gen|generator|test|tester|testing)s?|user-?sim(ulator)?|cypress|locust|k6|"
    r"((e2e|integration|acceptance|trace-?based)-?)?tests?"
)
_STORE_NAME = re.compile(r"(^|[-_.])(db|database|databases|datastore|sql|rdbms)[-_]?\d*$|[a-z]db$")
_GATEWAY_NAME = re.compile(
    r"(.*-)?(api|edge|web|app|public|cloud|http|bff|graphql)-?(gateway|gw)(-.*)?|"
    r"gateway(-?(service|server|svc|api))?|edge-router|reverse-proxy|ingress"
)


def _index() -> tuple[dict[str, Technology], dict[str, Technology], dict[int, Technology]]:
    by_word: dict[str, Technology] = {}
    by_scheme: dict[str, Technology] = {}
    by_port: dict[int, Technology] = {}
    for kind, rows in ((NodeKind.DATASTORE, STORES), (NodeKind.BROKER, BROKERS)):
        for name, protocol, names, schemes, ports in rows:
            product = Technology(name, kind, protocol)
            by_word.update(dict.fromkeys(names.split(), product))
            by_scheme.update(dict.fromkeys((name, *schemes.split()), product))
            by_port.update(dict.fromkeys(ports, product))
    for names in INFRASTRUCTURE:
        name = names.split()[0]
        product = Technology(name, None, "zookeeper" if name == "zookeeper" else "http", infrastructure=True)
        by_word.update(dict.fromkeys(names.split(), product))
    by_port[2181] = by_word["zookeeper"]
    by_word.update({w: Technology(w, None, "http", proxy=True) for w in PROXIES.split()})
    by_word.update({w: Technology(w, NodeKind.GATEWAY, "http") for w in GATEWAYS.split()})
    return by_word, by_scheme, by_port


_WORDS, _SCHEMES, _PORTS = _index()
_SCHEME_PROTOCOLS = {
    **dict.fromkeys(("http", "https", "zipkin"), "http"),
    **dict.fromkeys(("grpc", "grpcs", "otlp"), "grpc"),
    **dict.fromkeys(("ws", "wss"), "websocket"),
    **dict.fromkeys(("smtp", "smtps"), "smtp"),
    **{scheme: scheme for scheme in ("thrift", "ftp", "sftp", "stomp")},
}
_PORT_PROTOCOLS = {
    **dict.fromkeys((80, 81, 443, 1337, 4000, 4200, 5000, 5001, 8443, 8888, 9000, 9080, 9443, 4318, 9411), "http"),
    **dict.fromkeys((*range(3000, 3010), *range(8000, 8100)), "http"),
    **dict.fromkeys((25, 465, 587, 1025), "smtp"),
    **dict.fromkeys((4317, *range(50050, 50061)), "grpc"),
}
_TOKENS = re.compile(r"[a-z0-9]+")


def image_name(image: str) -> str:
    """The repository of an image reference without registry, tag and digest, lower case: `library/redis`."""
    path = image.split("@", 1)[0].lower()
    head, slash, tail = path.rpartition("/")
    path = f"{head}{slash}{tail.split(':', 1)[0]}"
    first, _, rest = path.partition("/")
    return rest if rest and ("." in first or ":" in first or first == "localhost") else path


def by_image(image: str) -> Technology | None:
    """The product an image holds, None when its name does not tell."""
    path = image_name(image)
    head, _, base = path.rpartition("/")
    found = _by_text(base)
    if found is None and _only_filler(base):  # `mssql/server`, `jaegertracing/all-in-one`
        return _WORDS.get(head.rpartition("/")[2])
    return found


def by_name(name: str) -> Technology | None:
    """The product a service is called after (`orders-mongodb`, `kafka1`), None when its name does not tell."""
    found = _by_text(name.lower())
    if found is None or not found.infrastructure:
        return found
    tokens = _tokens(name.lower())
    rest = [t for t in _significant(tokens) if t not in _PARTS]
    whole = name.lower() in _WORDS or "".join(tokens) in _WORDS or [_WORDS.get(t) for t in rest] == [found]
    return found if whole else None


def by_port(port: int) -> Technology | None:
    """The product whose default port this is."""
    return _PORTS.get(port)


def by_scheme(scheme: str) -> Technology | None:
    """The product a URL scheme stands for; None for schemes of no particular product (`http`, `tcp`)."""
    return _SCHEMES.get(scheme)


def call_protocol(scheme: str, port: int) -> str:
    """Protocol of a call to an ordinary service; `tcp` when neither scheme nor port tells."""
    return _SCHEME_PROTOCOLS.get(scheme) or _PORT_PROTOCOLS.get(port, "tcp")


def names_store(name: str) -> bool:
    """Whether a service is called a database without saying which (`orders-db`, `database`)."""
    return bool(_STORE_NAME.search(name.lower()))


def names_gateway(name: str) -> bool:
    """Whether a service is called the entry of its system. `payment-gateway` and the like are no such thing: the word
    must come first, alone, or after a word for the outside."""
    return bool(_GATEWAY_NAME.fullmatch("-".join(_TOKENS.findall(name.lower()))))


def runs_beside(name: str) -> bool:
    """Whether a name says load generator, test run or one-shot job."""
    words_in = _words_of(name)
    last = words_in[-1] if words_in else ""
    return is_job(name) or last == "tests" or bool(_BESIDE.fullmatch("-".join(words_in)) or _BESIDE.fullmatch(last))


def is_job(name: str) -> bool:
    """Whether a name says one-shot job: `orders-migrations`, `populate-users-db`. Such a job often runs the image of a
    store, and is none."""
    words_in = _words_of(name)
    return len(words_in) > 1 and (words_in[0] in _JOBS or words_in[-1] in _JOBS)


def _words_of(name: str) -> list[str]:
    return _TOKENS.findall(re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower())


def _by_text(text: str) -> Technology | None:
    if text in _WORDS:
        return _WORDS[text]
    tokens = _tokens(text)
    if "".join(tokens) in _WORDS:
        return _WORDS["".join(tokens)]
    rest = _significant(tokens)
    leading = _WORDS.get("exporter" if tokens[-1:] == ["exporter"] else rest[0] if rest else "")
    if leading is not None and leading.infrastructure:
        return leading
    named = [t for t in tokens if t in _WORDS and not _WORDS[t].infrastructure]
    if not named or any(t in _USERS for t in tokens):
        return None
    if any(t in _TOOLS for t in tokens):
        return Technology(named[0], None, "http", infrastructure=True)
    return _WORDS[named[-1]] if named[-1] in (*rest[:1], *rest[-1:]) else None


def _tokens(text: str) -> list[str]:
    return [t.rstrip("0123456789") or t for t in _TOKENS.findall(text)]


def _significant(tokens: list[str]) -> list[str]:
    return [t for t in tokens if t not in _FILLER and not t.isdigit() and len(t) > 1]


def _only_filler(text: str) -> bool:
    return all(t in _FILLER or t in _PARTS for t in _TOKENS.findall(text))
