"""What the key of a setting says: of the product behind it, and whether its address is called at all."""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from topoplan.model.facts import NodeKind
from topoplan_importers.technologies import Technology, by_name
from topoplan_importers.variables import names_host, words_of
from topoplan_importers.vocabulary import words


class Reading(Enum):
    """What to make of an address under a key."""

    CALL = "call"
    AUTH = "auth"
    """The party that proves who somebody is: called where a service of the system plays it."""
    COORDINATION = "coordination"
    """Discovery, configuration, tracing, monitoring: everybody names them, nobody's work depends on one call."""
    NONE = "none"


# Own address, own logs, pages for people, routes (read by the importer of gateways), channels.
_SILENT = re.compile(
    r"(server|management|logging|log|springdoc|springfox|swagger|cors|info|banner|kestrel|urls|serilog|nlog|endpoints)"
    r"([.\[:_-]|$)|"
    r"(spring\.(profiles|application|jpa|main|jackson|thymeleaf|mvc|web|messages|cloud\.gateway|autoconfigure)|"
    r"zuul|routes|reroutes|globalconfiguration|reverseproxy)[.\[]|"
    r"quarkus\.(http|log|swagger|smallrye-openapi|container-image|kubernetes|openshift|knative|helm|microcks|banner|"
    r"docker|native|generate-code|wiremock|jib|devservices)[.\[]|"
    r"micronaut\.(server|application|router|openapi)\.|"
    r"play\.(server|filters|http|i18n)\.|(akka|pekko)\.(actor|remote|cluster|management|http\.server)\.|"
    r"(spring\.security\.oauth2|security\.oauth2)\.client\.registration\.|"
    r"mp\.(jwt|openapi)\.|mp\.messaging\.(incoming|outgoing)\.",
    re.IGNORECASE,
)
_SILENT_WORDS = words(
    "health healthcheck liveness readiness actuator swagger openapi license contact logo image images picture avatar",
    "icon terms docs schema namespace devservices wiremock mock fallback template package packages header headers",
    "description text subject message banner",
)
_BROWSER = words("authorization authorize login logout signin signout redirect callback return audience scope frontend")
_AUTH_WORDS = words(
    "issuer jwk jwks jwkset token userinfo introspection introspect authority oidc oauth oauth2 keycloak"
)
_COORDINATION = re.compile(
    r"eureka\.|spring\.cloud\.(config|consul|zookeeper|kubernetes|nacos)\.|spring\.config\.import|"
    r"spring\.(zipkin|sleuth|boot\.admin)\.|(zipkin|jaeger|otel|opentelemetry|opentracing|seq|elastic\.apm|sentry|consul)\.|"
    r"consul(config)?[.:]|quarkus\.(otel|opentelemetry|jaeger|consul-config)\.|micronaut\.config|tracing\.|"
    r"turbine\.",
    re.IGNORECASE,
)
_BESIDE_PRODUCT = words("registry rest connect ui exporter manager admin devservices express schema image")


_SHORT = {"elastic": "elasticsearch", "amqp": "rabbitmq", "influx": "influxdb", "bootstrap": "kafka"}
_STORING = (NodeKind.DATASTORE, NodeKind.BROKER)


def reading_of(key: str) -> Reading:
    """How an address under `key` is to be read."""
    parts = set(words_of(key))
    if _COORDINATION.match(key):
        return Reading.COORDINATION
    if _SILENT.match(key) or parts & _SILENT_WORDS:
        return Reading.NONE
    if parts & _AUTH_WORDS:
        return Reading.NONE if parts & _BROWSER else Reading.AUTH
    return Reading.CALL


@lru_cache(maxsize=4096)
def product_of(key: str) -> Technology | None:
    """The store or broker that a key asks the address of: `spring.data.mongodb.host` and `MONGO_URL` → MongoDB."""
    parts = words_of(key)
    if not (names_host(key) or parts[-1:] == ("brokers",)) or _BESIDE_PRODUCT.intersection(parts):
        return None
    named = (by_name(_SHORT.get(part, part)) for part in (*parts, *map("".join, pairwise(parts))))
    return next((found for found in named if found is not None and found.kind in _STORING), None)
