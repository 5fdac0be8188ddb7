"""What kind of name a host is: this machine's, an address, a stand-in, a public one. One decision for every importer.

All functions take lower-case names without the final dot.
"""

from __future__ import annotations

import re
from functools import lru_cache

from topoplan_importers.vocabulary import words

_THIS_MACHINE = words("localhost localhost.localdomain ::1")
# Names by which a container reaches the machine it runs on.
_CONTAINER_HOST = words(
    "host.docker.internal gateway.docker.internal kubernetes.docker.internal docker.for.mac.localhost",
    "docker.for.win.localhost docker.for.mac.host.internal host.containers.internal host.minikube.internal",
)
_IP = re.compile(
    r"(\d{1,3}\.){3}\d{1,3}|0x[0-9a-f]+|[0-9a-f]*:[0-9a-f.]*:[0-9a-f:.]*|ip6-.*"
    r"|(ip-)?\d{1,3}-\d{1,3}-\d{1,3}-\d{1,3}(\..*)?",  # as DNS writes them: of pods, of machines in clouds
)
_PLACEHOLDER = re.compile(
    r"(^|\.)(example\.(com|org|net|edu)|(w3|xmlsoap|schema|json-schema)\.org|xmlns\.com|(foo|bar|domain|company)\.com|"
    r"domain\.tld|example|invalid|test|"  # RFC 2606, RFC 6761
    r"pstmn\.io|stoplight\.io|swagger\.io|swaggerhub\.com)$|"  # mock servers and demonstrations
    r"^host(name)?$|^schemas?\.|^your[-_]?\w*\.|^my-?(domain|site|host|company|server|app)\.|^change-?me\b"
)
LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
"""Part of a name, in the words of regular expressions that databases know too."""
_LABEL = re.compile(LABEL)
PRIVATE_SUFFIXES = words(
    "local localhost localdomain internal intranet private corp home lan svc cluster pod test example invalid consul",
    "docker arpa onion default",
)
COMMON_SUFFIXES = words("com org net edu gov mil int info biz cloud dev app tech xyz online")
FILE_SUFFIXES = words(
    "yml yaml json js ts mjs py rb go rs java class jar war xml properties txt log pem crt cer key csr p12 jks",
    "sql toml ini env cfg conf html htm css md sh bat exe dll so zip tar gz tgz php lua proto avsc csv db sock",
    "pid lock",
)


def is_this_machine(host: str) -> bool:
    """Whether a host means whoever says it (RFC 6761, section 6.3)."""
    return host in _THIS_MACHINE or host.endswith(".localhost") or host.startswith("127.")


def is_loopback(host: str) -> bool:
    """Whether a host means the machine itself: a published port, or the container's own."""
    return host in _CONTAINER_HOST or is_this_machine(host)


def is_ip(host: str) -> bool:
    """Whether a host is an IP address, also one written as a DNS name (`10-0-0-7.shop.pod`)."""
    return bool(_IP.fullmatch(host))


def is_placeholder(host: str) -> bool:
    """Whether a host stands in for a real one (`example.com`, `your-domain.com`) or only names a schema."""
    return bool(_PLACEHOLDER.search(host))


@lru_cache(maxsize=4096)
def is_public(host: str) -> bool:
    """Whether a host lies under a public DNS suffix, so that its owner is outside the analysed system. By form alone:
    a name of two labels needs a country's suffix (ISO 3166) or a common one, since `orders.shop` may be a name in a
    cluster; a longer one any that is not private or a file's."""
    labels = host.split(".")
    last = labels[-1]
    return (
        len(labels) > 1
        and last.isalpha()
        and len(last) > 1
        and (len(last) == 2 or last in COMMON_SUFFIXES or len(labels) > 2)
        and last not in PRIVATE_SUFFIXES
        and last not in FILE_SUFFIXES
        and all(_LABEL.fullmatch(label) for label in labels)
        and not {"svc", "cluster"}.intersection(labels[1:])
    )
