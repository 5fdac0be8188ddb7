"""How likely each failure mode of a boundary is: weight of the mode × its factors × change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TypeAlias

from topoplan.model.risk import Factor, Mode
from topoplan.model.topology import Boundary
from topoplan.risk import change_factors, interface_factors, journey_factors, structure_factors, traffic_factors
from topoplan.risk.context import Context
from topoplan.risk.modes import MODE_WEIGHTS
from topoplan.risk.weighing import KEPT, Reading, Weighted, factors, mean, prior, settle

Measure: TypeAlias = Callable[[Context, Boundary], Reading | None]
"""A measurement; None where the factor does not apply to the boundary, which is not the same as missing."""

PRIOR_WEIGHT = 0.2
"""Weight of the starting value of every mode, so that a score rests on more than one small reading."""

CHANGE_FLOOR = 0.5
"""Change can double a likelihood: what did not change keeps this share of it, what changed wholly all of it."""
NEUTRAL_CHANGE = 0.5
"""The change assumed where version control says nothing."""

FACTORS: Mapping[Mode, Mapping[str, tuple[float, Measure]]] = {
    Mode.SCHEMA: {
        "undocumented": (0.25, interface_factors.undocumented),
        "breaking-changes": (0.25, change_factors.breaking_changes),
        "interface-churn": (0.2, change_factors.interface_churn),
        "operations-used": (0.1, interface_factors.operations_used),
    },
    Mode.SEMANTIC: {
        "measured-fields": (0.3, interface_factors.measured_fields),
        "field-clash": (0.3, interface_factors.field_clash),
        "owners-differ": (0.2, interface_factors.owners_differ),
    },
    Mode.BEHAVIOURAL: {
        "unsafe-without-key": (0.4, interface_factors.unsafe_without_key),
        "redelivery": (0.4, interface_factors.redelivery),
    },
    Mode.TEMPORAL: {
        "calls-and-messages": (0.3, structure_factors.calls_and_messages),
        "shared-store": (0.3, structure_factors.shared_store),
        "reads-after-writes": (0.2, structure_factors.reads_after_writes),
    },
    Mode.CASCADE: {
        "error-rate": (0.2, traffic_factors.error_rate),
        "tail": (0.2, traffic_factors.tail),
        "blast-radius": (0.15, structure_factors.blast_radius),
        "chain": (0.15, structure_factors.chain),
        "fan-in": (0.1, structure_factors.fan_in),
    },
    Mode.INFRASTRUCTURE: {
        "store-writes": (0.3, structure_factors.store_writes),
        "store-users": (0.2, structure_factors.store_users),
        "transactions": (0.15, structure_factors.transactions),
        "expiry": (0.15, structure_factors.expiry),
    },
    Mode.GATEWAY: {
        "routes": (0.3, interface_factors.routes),
        "open-operations": (0.3, interface_factors.open_operations),
        "auth-schemes": (0.2, interface_factors.auth_schemes),
    },
    Mode.CONSISTENCY: {
        "writers": (0.4, journey_factors.writers),
        "message-steps": (0.2, journey_factors.message_steps),
        "compensations": (0.2, journey_factors.compensations),
    },
}
"""Mode → factor → (weight before missing ones are left out, how it is measured)."""


def likelihood(context: Context, boundary: Boundary, mode: Mode, changed: Reading) -> tuple[float, tuple[Factor, ...]]:
    """The likelihood of one mode, 0–1, and the factors whose contributions add up to it.

    `weight of the mode × mean × (0.5 + 0.5 × change)`, where `mean` is the weighted mean of the known factors and the
    starting value. Missing factors are left out of the mean; missing change counts as 0.5 and is shown as missing.
    """
    parts = [prior(PRIOR_WEIGHT)]
    for name, (weight, measure) in FACTORS[mode].items():
        reading = measure(context, boundary)
        if reading is not None:
            parts.append(Weighted(name, weight, reading))
    frequency = context.settings.mode_weights.get(mode, MODE_WEIGHTS[mode])
    still, moving = _change_scales(changed)
    present = frequency * mean(parts)
    moved = _change_factor(changed.value, changed.reason, changed.facts, present * moving)
    found = (*factors(parts, frequency * still), moved)
    return settle(present * (still + moving)), found


def _change_scales(changed: Reading) -> tuple[float, float]:
    """What of the likelihood holds whatever changed, and what change adds; they add up to at most 1."""
    if changed.value is None:
        return CHANGE_FLOOR + (1 - CHANGE_FLOOR) * NEUTRAL_CHANGE, 0.0
    return CHANGE_FLOOR, (1 - CHANGE_FLOOR) * changed.value


@lru_cache(maxsize=KEPT, typed=True)
def _change_factor(value: float | None, reason: str, facts: tuple[str, ...], added: float) -> Factor:
    if value is None:
        return Factor("change", None, 0.0, 0.0, f"{reason}; taken as {NEUTRAL_CHANGE}", facts)
    return Factor("change", settle(value), 1 - CHANGE_FLOOR, settle(added), reason, facts)
