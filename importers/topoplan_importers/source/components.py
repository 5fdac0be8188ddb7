"""Components of Dapr: the store, broker or server behind a name, and the programs that use it by that name.

Format: https://docs.dapr.io/reference/resource-specs/component-schema/
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from msgspec import Struct

from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, Party, Style
from topoplan.model.place import Basis, Confidence, Evidence, Where
from topoplan.model.text import clean
from topoplan_importers import technologies
from topoplan_importers.addresses import Address
from topoplan_importers.gateways.tree import Tree
from topoplan_importers.hosts import is_ip, is_loopback, is_placeholder
from topoplan_importers.source.scanner import Scan
from topoplan_importers.technologies import Technology
from topoplan_importers.variables import references
from topoplan_importers.vocabulary import words

IMPORTER = "source"
_BLOCKS = words("state pubsub bindings configuration lock")
"""Kinds of components that stand for somebody else who runs."""


class _Component(Struct, frozen=True):
    """What a component leads to. `found` tells that it says where; otherwise only the product is known."""

    name: str
    provider: Party
    style: Style
    protocol: str
    found: bool
    scopes: tuple[str, ...]
    where: Where


class Components:
    """All components read so far, and where code names them."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._known: dict[str, _Component] = {}
        self._named: dict[str, list[Where]] = defaultdict(list)

    def read(self, path: str) -> None:
        """Read one file; of several components of one name, the first that says where counts. Raises DocumentError."""
        for document in self._workspace.documents(path):
            component = _component(Tree(document.value, Where(path)))
            if component is not None and (component.name not in self._known or not self._known[component.name].found):
                self._known[component.name] = component

    def concern(self, text: str) -> bool:
        """Whether a file may name a component; it does so only where it speaks of Dapr at all."""
        return bool(self._known) and "dapr" in text.lower() and any(name in text for name in self._known)

    def scan(self, scan: Scan) -> None:
        """Note the components that one file names."""
        for literal in scan.literals:
            if literal.text in self._known:
                self._named[literal.text].append(Where(scan.path, scan.line(literal.start)))

    def calls(self) -> Iterator[CallFact]:
        """Who uses what: the programs in a component's scope, or where it has none, those that name it."""
        for name, component in sorted(self._known.items()):
            for app in component.scopes:
                yield _call(Party(clean(app)), component, component.where, Confidence.HIGH, "dapr-scope")
            for where in () if component.scopes else self._named[name]:
                yield _call(Party("", path=where.path), component, where, Confidence.MEDIUM, "dapr-component")


def _component(root: Tree) -> _Component | None:
    declared = root.at("spec", "type")
    block, _, product = declared.text.partition(".")
    name = root.at("metadata", "name").text
    if root.at("kind").text != "Component" or block not in _BLOCKS or not name:
        return None
    technology = _technology(product)
    address = _address(root)
    if address is None and technology is None:
        return None
    host = address.host if address else technology.name if technology else ""
    spoken = technologies.call_protocol(address.scheme or product, address.port) if address else ""
    return _Component(
        name,
        Party(clean(host), "", technology.kind if technology else None, technology.name if technology else ""),
        Style.RESOURCE if technology else Style.SYNC,
        technology.protocol if technology else spoken,
        address is not None,
        tuple(scope.text for scope in root.at("scopes").each() if scope.text),
        declared.where,
    )


def _address(root: Tree) -> Address | None:
    """Where a component's store, broker or server runs; None where only a machine's own or no address is given."""
    for entry in root.at("spec", "metadata").each():
        for reference in references(entry.at("name").text, entry.at("value").text):
            host = reference.address.host
            if not (is_loopback(host) or is_ip(host) or is_placeholder(host)):
                return reference.address
    return None


def _technology(product: str) -> Technology | None:
    """The store or broker in a type such as `redis` or `azure.servicebus.topics`."""
    known = (technologies.by_name(part) for part in reversed(product.split(".")))
    return next((one for one in known if one is not None and one.kind is not None), None)


def _call(consumer: Party, component: _Component, where: Where, trust: Confidence, rule: str) -> CallFact:
    evidence = Evidence(IMPORTER, where, Basis.DECLARED, trust, rule, clean(f"the component {component.name}"))
    return CallFact(consumer, component.provider, component.style, component.protocol, evidence)
