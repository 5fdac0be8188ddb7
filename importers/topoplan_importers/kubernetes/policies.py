"""Calls that network and authorization policies allow by naming both sides.

A policy says who may call, which people write down for those who do. It counts where its selectors single out one
workload on each side; what selects several, or everything, says too little of any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from topoplan.model.facts import CallFact, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.kubernetes.cluster import Cluster, Node
from topoplan_importers.kubernetes.manifests import Manifest, dig, mapping, sequence, text, texts

POLICIES = frozenset({"NetworkPolicy", "CiliumNetworkPolicy", "AuthorizationPolicy"})
_MAX_PEERS = 200
"""Rules and peers of one policy that are looked at."""
_PRINCIPAL = re.compile(r"(?:spiffe://)?[^/]+/ns/([^/]+)/sa/([^/]+)")


def policy_calls(cluster: Cluster, policies: Sequence[Manifest], parties: Mapping[Node, Party]) -> Iterator[CallFact]:
    """One call for each pair of workloads that a policy singles out."""
    for policy in policies:
        for consumer, provider, port in _pairs(cluster, policy):
            if consumer is provider or consumer.main.is_resource:
                continue
            trust = Confidence.MEDIUM if policy.kind == "AuthorizationPolicy" else Confidence.HIGH
            detail = clean(f"{policy.kind} {policy.name} lets {consumer.name} call {provider.name}")
            rule = "authorization-policy" if policy.kind == "AuthorizationPolicy" else "network-policy"
            evidence = Evidence("kubernetes", policy.where, Basis.DECLARED, trust, rule, detail)
            technology = provider.main.technology
            if provider.main.is_resource:
                style, protocol = Style.RESOURCE, technology.protocol if technology else "tcp"
            else:
                style, protocol = Style.SYNC, technologies.call_protocol("", port)
            yield CallFact(parties[consumer], parties[provider], style, protocol, evidence)


def _pairs(cluster: Cluster, policy: Manifest) -> Iterator[tuple[Node, Node, int]]:
    """(caller, called, port) of one policy; port 0 when not said."""
    if policy.kind == "AuthorizationPolicy":
        yield from _principals(cluster, policy)
        return
    cilium = policy.kind == "CiliumNetworkPolicy"
    spec = dig(policy.body, "spec")
    target = _selected(cluster, dig(spec, "endpointSelector" if cilium else "podSelector"), policy)
    if target is None:
        return
    for direction, peers in (("ingress", "fromEndpoints" if cilium else "from"),
                             ("egress", "toEndpoints" if cilium else "to")):  # fmt: skip
        for rule in sequence(dig(spec, direction))[:_MAX_PEERS]:
            for peer in sequence(dig(rule, peers))[:_MAX_PEERS]:
                other = _selected(cluster, peer if cilium else dig(peer, "podSelector"), policy)
                if other is not None:
                    caller, called = (other, target) if direction == "ingress" else (target, other)
                    yield caller, called, _port(rule)


def _selected(cluster: Cluster, selector: object, policy: Manifest) -> Node | None:
    """The one node a label selector singles out."""
    labels = texts(dig(selector, "matchLabels"))
    for expression in sequence(dig(selector, "matchExpressions")):
        values = sequence(dig(expression, "values"))
        if text(dig(expression, "operator")) != "In" or len(values) != 1:
            return None
        labels[text(dig(expression, "key"))] = text(values[0])
    plain = {key.removeprefix("k8s:").removeprefix("any:"): value for key, value in labels.items()}
    found = cluster.labelled(plain, policy.namespace)
    return found[0] if len(found) == 1 else None


def _principals(cluster: Cluster, policy: Manifest) -> Iterator[tuple[Node, Node, int]]:
    spec = dig(policy.body, "spec")
    target = _selected(cluster, dig(spec, "selector"), policy)
    if target is None or text(dig(spec, "action")) not in ("", "ALLOW"):
        return
    for rule in sequence(dig(spec, "rules"))[:_MAX_PEERS]:
        for origin in sequence(dig(rule, "from"))[:_MAX_PEERS]:
            for principal in sequence(dig(origin, "source", "principals"))[:_MAX_PEERS]:
                match = _PRINCIPAL.fullmatch(text(principal))
                callers = cluster.running_as(match[2]) if match else ()
                if len(callers) == 1:
                    yield callers[0], target, 0


def _port(rule: object) -> int:
    """The only port of a rule."""
    ports = [mapping(port).get("port") for port in sequence(dig(rule, "ports"))]
    return ports[0] if len(ports) == 1 and isinstance(ports[0], int) and not isinstance(ports[0], bool) else 0
