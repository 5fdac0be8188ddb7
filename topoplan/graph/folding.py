"""Edges that prove to be one: facts that do not tell the protocol, sums of messages; and what vague rules say."""

from __future__ import annotations

from collections import defaultdict

from msgspec.structs import replace

from topoplan.graph.edge import EdgeKey, Edges
from topoplan.graph.entity import Entity
from topoplan.model.facts import Style
from topoplan.model.place import Basis, Confidence

_VAGUE_RULES = frozenset({"depends-on", "registry-proxy"})
"""Rules, of whichever importer, that only say whom a service may call: all it starts after, all that is registered."""
_UNKNOWN_PROTOCOL = "tcp"
"""Protocol of a fact whose source does not tell; folded into a known one of the same pair."""


def fold_summed_messages(edges: Edges) -> None:
    """A tracing back end sums up a message as if its sender called its receiver."""
    messages: dict[tuple[Entity, Entity], list[EdgeKey]] = defaultdict(list)
    for key in edges:
        if key[2] is Style.MESSAGE:
            messages[key[1], key[0]].append(key)
    for key in [k for k, edge in edges.items() if k[:2] in messages and edge.is_summary]:
        summed, targets = edges.pop(key), messages[key[:2]]
        for target in targets:
            edges[target].evidence |= summed.evidence
        if len(targets) == 1:
            edges[targets[0]].absorb(summed)


def fold_unknown_protocols(edges: Edges) -> None:
    """A fact that does not tell the protocol speaks of the pair's known one: the best supported, then the first."""
    known: dict[tuple[Entity, Entity, Style], list[EdgeKey]] = defaultdict(list)
    for key in edges:
        if key[3] != _UNKNOWN_PROTOCOL and key[2] is not Style.MESSAGE:
            known[key[:3]].append(key)
    _fold_guessed_protocols(edges, known)
    for key in [k for k in edges if k[3] == _UNKNOWN_PROTOCOL]:
        targets = known.get(key[:3])
        if targets:
            target = min(targets, key=lambda k: (-len(edges[k].evidence), k[3]))
            edges[target].absorb(edges.pop(key))


def _fold_guessed_protocols(edges: Edges, known: dict[tuple[Entity, Entity, Style], list[EdgeKey]]) -> None:
    """One declared protocol against another observed one of the same pair: the declaration, read from a port or the
    form of an address, was mistaken, and speaks of what was observed."""
    for pair, keys in known.items():
        seen = [k for k in keys if any(e.basis is Basis.OBSERVED for e in edges[k].evidence)]
        if len(keys) == 2 and len(seen) == 1:
            (guessed,) = (k for k in keys if k not in seen)
            edges[seen[0]].absorb(edges.pop(guessed))
            known[pair] = seen


def doubt_vague_rules(edges: Edges) -> None:
    """Whom a service may call says little where its calls are known from better evidence: those it does not call by
    that evidence it only waits for, or could reach."""
    sure = {
        key[0]
        for key, edge in edges.items()
        if key[2] is Style.SYNC
        and any(e.confidence is Confidence.HIGH and e.rule not in _VAGUE_RULES for e in edge.evidence)
    }
    for (consumer, _, style, _, _), edge in edges.items():
        if style is Style.SYNC and consumer in sure and {e.rule for e in edge.evidence} <= _VAGUE_RULES:
            edge.evidence = {replace(e, confidence=Confidence.LOW) for e in edge.evidence}
