"""Reads routes of Spring Cloud Gateway and Zuul from application configuration."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from topoplan.model.place import Where
from topoplan_importers.gateways.targets import Target
from topoplan_importers.gateways.tree import Tree
from topoplan_importers.vocabulary import words

Setting: TypeAlias = tuple[str, str, Where]
"""Dotted name, value and place."""

_ROUTE = re.compile(r"spring\.cloud\.gateway\.(?:server\.web(?:flux|mvc)\.|mvc\.)?routes\[\d+\]\.uri")
_ZUUL_TARGET = re.compile(r"zuul\.routes\.(.+)\.(service-?id|url)")
_ZUUL_PATH = re.compile(r"zuul\.routes\.(?:(.+)\.path|([^.]+))")
_PROPERTY = re.compile(r"[ \t\f]*([^\s:=#!][^:=\s]*)[ \t\f]*[:=]?[ \t\f]*(.*)")
_PROFILES = words("dev prod test docker local staging default k8s kubernetes cloud native production development")
_OWN = ("application", "bootstrap")


def properties(text: str, path: str) -> Iterator[Setting]:
    """The settings of a properties file; a value that goes on in the next line is cut there."""
    for number, line in enumerate(text.splitlines(), 1):
        if match := _PROPERTY.fullmatch(line):
            yield match[1], match[2].strip().removesuffix("\\"), Where(path, number)


def settings(root: Tree) -> Iterator[Setting]:
    """The settings of a YAML file under the names a properties file would give them."""
    for name, leaf in root.leaves():
        yield name, leaf.text, leaf.where


def routes(found: Iterable[Setting]) -> Iterator[Target]:
    """Where routes lead to. A Zuul route without a target leads to the service it is called after."""
    known = {name: (value, where) for name, value, where in found}
    aimed: set[str] = set()
    for name, (value, where) in known.items():
        if _ROUTE.fullmatch(name.lower()):
            yield Target(value, where, "gateway-route")
        elif match := _ZUUL_TARGET.fullmatch(name.replace("serviceId", "serviceid")):
            aimed.add(match[1])
            if not value.startswith("forward:"):
                yield Target(value if "://" in value else f"lb://{value}", where, "zuul-route")
    for name, (_, where) in known.items():
        match = _ZUUL_PATH.fullmatch(name)
        route = (match[1] or match[2]) if match else ""
        if route and route not in aimed:
            servers, place = known.get(f"{route}.ribbon.listOfServers", (f"lb://{route}", where))
            yield Target(servers, place, "zuul-route")


def application(path: str) -> str:
    """The service that a file of a configuration server is for, by its name (`gateway-dev.yml`); empty for a file
    that speaks for whoever holds it."""
    stem = posixpath.basename(path).partition(".")[0]
    head, _, profile = stem.rpartition("-")
    name = head if head and profile.lower() in _PROFILES else stem
    return "" if name.lower().startswith(_OWN) else name
