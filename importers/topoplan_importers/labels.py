"""What labels, annotations and resource attributes say of a service: how much it matters, its owner, its domain.

Conventions: `service.criticality` of OpenTelemetry (`resource.opentelemetry.io/service.criticality` in Kubernetes, and
in `OTEL_RESOURCE_ATTRIBUTES`); `criticality`, `tier`, `team` and `owner`, alone or behind a domain (`a8r.io/owner`,
`tags.datadoghq.com/team`, `com.example.tier`). A tier counts only as a number: `tier: backend` is a layer.
`app.kubernetes.io/part-of`, which Kubernetes recommends, names the larger application.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from topoplan.model.text import clean

LEVELS = ("critical", "high", "medium", "low")
_TIERS = ("critical", "critical", "high", "medium", "low")
_TIER = re.compile(r"(?:tier|t)?[-_ ]?([0-9])", re.IGNORECASE)
_CRITICALITY = frozenset({"criticality", "service-criticality"})
_TIER_KEYS = frozenset({"tier", "service-tier"})
_OWNER = ("owner", "service-owner", "team")
"""Most telling first."""
_PART_OF = "app.kubernetes.io/part-of"
_NAME = re.compile(r"(?:(?:group|user):(?:[\w.-]+/)?)?(@?[A-Za-z][\w .@/-]{0,99})")
_NOBODY = frozenset({"helm", "root", "none", "unknown", "tbd", "todo", "changeme"})


def criticality(said: Mapping[str, str]) -> str:
    """`critical`, `high`, `medium` or `low`, as some label tells; empty when none does. A criticality beats a tier."""
    found = [(word, value.strip().lower()) for key, value in sorted(said.items()) for word in [_word(key)]]
    for word, value in found:
        if word in _CRITICALITY and (level := value if value in LEVELS else _level(value)):
            return level
    return next((level for word, value in found if word in _TIER_KEYS and (level := _level(value))), "")


def owner(said: Mapping[str, str]) -> str:
    """The team or person that some label names; empty when none does."""
    found = {_word(key): value.strip() for key, value in sorted(said.items(), reverse=True)}
    for word in _OWNER:
        match = _NAME.fullmatch(found.get(word, ""))
        if match and match[1].lower() not in _NOBODY:
            return clean(match[1])
    return ""


def domain(said: Mapping[str, str]) -> str:
    """What the service is a part of; empty when no label tells."""
    match = _NAME.fullmatch(said.get(_PART_OF, "").strip())
    return clean(match[1]) if match and match[1].lower() not in _NOBODY else ""


def resource_criticality(attributes: str) -> str:
    """The criticality that `OTEL_RESOURCE_ATTRIBUTES` tells; nothing else of it is looked at."""
    pairs = (pair.partition("=") for pair in attributes.split(","))
    return criticality({key.strip(): value for key, _, value in pairs if key.strip() == "service.criticality"})


def _level(value: str) -> str:
    tier = _TIER.fullmatch(value)
    return _TIERS[min(int(tier[1]), len(_TIERS) - 1)] if tier else ""


def _word(key: str) -> str:
    """The last word of a key, without the domain before it."""
    name = key.lower().rpartition("/")[2]
    *before, last = name.split(".")
    return f"service-{last}" if before[-1:] == ["service"] else last.replace("_", "-")
