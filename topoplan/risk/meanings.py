"""Says in words what each failure mode breaks and how the value of each factor is measured."""

from __future__ import annotations

from collections.abc import Mapping

from topoplan.model.risk import Mode
from topoplan.risk.weighing import HALF

WHAT_BREAKS: Mapping[Mode, str] = {
    Mode.SCHEMA: "a field, type, header, status or path one side no longer sends or expects",
    Mode.SEMANTIC: "same schema, other meaning: cents or euros, date formats, units",
    Mode.BEHAVIOURAL: "retries, idempotency and redelivery do not fit together",
    Mode.TEMPORAL: "a reader runs before the writer is done; wrong order",
    Mode.CASCADE: "a slow or stopped provider takes its callers with it",
    Mode.INFRASTRUCTURE: "the real database, cache or broker does not behave like the stub",
    Mode.GATEWAY: "routing, authentication, limits, error translation, leaked fields",
    Mode.CONSISTENCY: "a journey leaves partial state behind",
}

# `{half}` stands for the amount at which the factor is half present.
_LIKELIHOOD: Mapping[str, str] = {
    "undocumented": "share of used operations no specification describes; 1 without a specification; for messages, "
    "without a payload schema",
    "breaking-changes": "incompatible steps between versions of the specification, each weighted by 2^(−age / "
    "half-life): n / (n + {half})",
    "interface-churn": "relative churn of the specification files: x / (x + {half})",
    "operations-used": "operations used: n / (n + {half})",
    "measured-fields": "fields of money, time or units by their names or formats: n / (n + {half})",
    "field-clash": "fields the consumer's own specification documents with another type or format: n / (n + {half})",
    "owners-differ": "1 when two teams own the two sides",
    "unsafe-without-key": "calls: POST and PATCH operations without an idempotency key: n / (n + {half}). PUT and "
    "DELETE may be repeated (RFC 9110, section 9.2.2)",
    "redelivery": "messages: 1, brokers deliver at least once",
    "calls-and-messages": "1 when the pair is joined both by calls and by messages",
    "shared-store": "1 when both sides use one datastore",
    "reads-after-writes": "calls: 1 when the consumer also calls another service that sees the provider's writes "
    "through a store or messages",
    "error-rate": "errors over calls: e / (e + {half})",
    "tail": "r = p99 / p50: (r − 1) / (r − 1 + {half})",
    "blast-radius": "services that depend on the provider synchronously, directly or through others; for messages the "
    "consumer and all that depend on it: n / (n + {half})",
    "chain": "further hops of the longest synchronous chain through the boundary: n / (n + {half})",
    "fan-in": "further consumers of the provider: n / (n + {half})",
    "store-writes": "1 when the service writes to it",
    "store-users": "further services on it: n / (n + {half})",
    "transactions": "1 for a store with transactions",
    "expiry": "1 for a cache whose entries expire",
    "routes": "operations forwarded: n / (n + {half})",
    "open-operations": "operations anyone may call: n / (n + {half})",
    "auth-schemes": "different security schemes: n / (n + {half})",
    "writers": "further services the journey writes in: n / (n + {half})",
    "message-steps": "message steps of the journey: n / (n + {half})",
    "compensations": "1 when the journey has operations that take back a step: cancel, refund, release",
}

_IMPACT: Mapping[str, str] = {
    "criticality": "the highest of the journeys through the boundary and of the services at its ends",
    "blast-radius": _LIKELIHOOD["blast-radius"],
    "traffic": "share s of the observed calls of its style, against the average of n boundaries: s / (s + 1/n)",
    "writes": "1 when data may be written, 0 when it is only read; messages write",
}


def _filled(meanings: Mapping[str, str]) -> dict[str, str]:
    return {name: text.format(half=f"{HALF.get(name, 0):g}") for name, text in meanings.items()}


FACTOR_MEANINGS: Mapping[str, str] = _filled(_LIKELIHOOD)
"""Factor of a likelihood → its value."""
IMPACT_MEANINGS: Mapping[str, str] = _filled(_IMPACT)
"""Factor of the impact → its value."""
