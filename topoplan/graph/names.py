"""When two spellings may mean one service: keys of growing looseness, each with a name a reason can quote."""

from __future__ import annotations

import re
from functools import cache

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SEPARATORS = re.compile(r"[\s_./:\\-]+")
_AFFIXES = (
    *("microservice", "webservice", "service", "services", "svc", "srv", "server"),
    *("api", "app", "application", "ms", "backend"),
)
_WORKLOADS = ("deployment", "deploy", "statefulset")
"""Kinds of Kubernetes that workloads are called after."""
_CLUSTER_LABELS = frozenset({"svc", "cluster", "local", "internal", "default", "pod", "localdomain", "lan", "docker"})
_PRIVATE_TLDS = _CLUSTER_LABELS | {"test", "example", "invalid", "localhost", "consul", "corp", "home", "intranet"}
_COMMON_TLDS = frozenset(
    {"com", "org", "net", "edu", "gov", "info", "biz", "cloud", "dev", "app", "tech", "xyz", "online"}
)
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?\Z")
_ROLES = frozenset(
    (
        "db",
        "database",
        "data",
        "store",
        "datastore",
        "sql",
        "cache",
        "queue",
        "mq",
        "bus",
        "broker",
        "web",
        "www",
        "app",
        "application",
        "api",
        "server",
        "service",
        "backend",
        "frontend",
        "front",
        "back",
        "client",
        "ui",
        "proxy",
        "worker",
        "test",
        "tests",
        "main",
        "default",
    )
)


@cache
def exact_key(name: str) -> str:
    """Case, `_`, spaces and camel case told alike: `UserService`, `user_service` and `user-service` share a key."""
    return _SEPARATORS.sub("-", _CAMEL.sub("-", name.strip())).strip("-").lower()


@cache
def squashed_key(name: str) -> str:
    """Without separators: `user-service` and `userservice` share a key."""
    return exact_key(name).replace("-", "")


@cache
def core_key(name: str) -> str:
    """Without what says only "this is a service": `user-service`, `users-svc` → `user`, `users`.

    Empty when nothing is left but such words."""
    words = [w for w in exact_key(name).split("-") if w not in _AFFIXES and w not in _WORKLOADS]
    core = "".join(words)
    if len(words) == len(exact_key(name).split("-")):  # `userservice`: the affix is glued on
        for affix in _AFFIXES:
            if core.endswith(affix) and len(core) - len(affix) >= 3:
                return core[: -len(affix)]
    return core


def is_role_name(name: str) -> bool:
    """A name such as `db` or `web`, which many systems use for different things."""
    return exact_key(name) in _ROLES


def host_labels(host: str) -> list[str]:
    """Labels of a DNS name, lower case, without the root dot."""
    return host.strip().rstrip(".").lower().split(".")


def is_public_host(host: str) -> bool:
    """A fully qualified name outside any cluster or private network."""
    labels = host_labels(host)
    tld = labels[-1]
    return (
        len(labels) > 1
        and tld.isalpha()
        and len(tld) >= 2
        and tld not in _PRIVATE_TLDS
        and (len(tld) == 2 or tld in _COMMON_TLDS or len(labels) > 2)
        and all(_LABEL.match(label) for label in labels)
        and not any(label in ("svc", "cluster") for label in labels[1:])
    )


def cluster_name(host: str) -> str | None:
    """The service a cluster-internal DNS name means: `orders.shop.svc.cluster.local` and `orders.shop` → `orders`.

    None for a bare name, a public name or an IP address."""
    labels = host_labels(host)
    return labels[0] if len(labels) > 1 and not is_public_host(host) and not labels[-1].isdigit() else None


def service_id(name: str) -> str:
    """How a name is written as an id: lower case, no spaces or slashes."""
    return re.sub(r"[\s/\\]+", "-", name.strip().lower()) or "unnamed"
