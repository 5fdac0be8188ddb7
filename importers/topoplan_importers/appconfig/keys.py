"""What the key of a setting says: of the product behind it, and whether its address is called at all."""

from __future__ import annotations

import re
from enum import Enum

from topoplan_importers.technologies import Technology, by_name
from topoplan_importers.variables import words_of
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
    r"spring\.(zipkin|sleuth|boot\.admin)\.|(zipkin|jaeger|otel|opentelemetry|opentracing|seq|elastic|sentry|consul)\.|"
    r"consul(config)?[.:]|quarkus\.(otel|opentelemetry|jaeger|consul-config)\.|micronaut\.config|tracing\.|"
    r"turbine\.",
    re.IGNORECASE,
)
_PRODUCT_KEYS = re.compile(
    r"(?:spring|quarkus|micronaut)?\.?(?:data\.|cloud\.stream\.)?(?P<product>mongodb|redis|rabbitmq|kafka|cassandra|"
    r"elasticsearch|neo4j|couchbase|activemq|artemis|influx|pulsar|memcached|solr|ldap|rabbit|mongo|nats|mqtt|"
    r"hazelcast|opensearch|rocketmq|minio)(?:\.|\[|-hosts|$)|"
    r"(?P<bootstrap>(?:^|\.)kafka\.bootstrap[.-]servers|bootstrap[.-]servers?)$",
    re.IGNORECASE,
)
_BESIDE_PRODUCT = words("registry rest connect ui exporter manager admin devservices")


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


def product_of(key: str) -> Technology | None:
    """The store or broker that a key of a framework is about: `spring.data.mongodb.host` → MongoDB."""
    match = _PRODUCT_KEYS.search(key)
    if match is None or _BESIDE_PRODUCT.intersection(words_of(key)):
        return None
    found = by_name("kafka" if match["bootstrap"] else match["product"].lower().replace("influx", "influxdb"))
    return found if found is not None and found.kind is not None else None
