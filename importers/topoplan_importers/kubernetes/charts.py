"""Renders the templates of Helm charts with the values files beside them, as far as reading them needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass

from topoplan.errors import DocumentError
from topoplan.importing.documents import Document, load_yaml_all
from topoplan.importing.workspace import Workspace
from topoplan_importers.kubernetes.manifests import dig, mapping, text
from topoplan_importers.kubernetes.template_functions import UNKNOWN
from topoplan_importers.kubernetes.templating import Node, Renderer, TooMuchError, parse

REMARK = "unrendered Helm template, read with values.yaml"
_RELEASE, _NAMESPACE = "release-name", "release-namespace"
_LOOSE_COLON = re.compile(r"^([ \t]*(?:- )?[\w.-]+: +[^\s\"'{\[|>&#][^\n]*?):[ \t]*$", re.MULTILINE)
# `image: shop/web:` where values files give no tag
_MAX_BYTES = 2**19
_MAX_HELPERS = 200
"""Files of named templates read for one chart and those inside it."""


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """The documents of one rendered template. `lines[n]` is the template's line of line n + 1 of the output."""

    documents: tuple[Document, ...]
    lines: tuple[int, ...]


class Charts:
    """Renders templates; what charts share is read once."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._roots: dict[str, dict[str, object]] = {}
        self._helpers: dict[str, dict[str, list[Node]]] = {}

    def render(self, path: str) -> RenderedFile | None:
        """The template at `path` filled in; None when it belongs to no chart or cannot be read. The name of a release
        is nobody's choice yet: where it comes before another name it is left out, alone it is the chart's."""
        chart = self._chart(path)
        if chart is None:
            return None
        root = self._root(chart)
        try:
            nodes, own = parse(self._text(path))
            rendered = Renderer(root, {**self._named(self._top(chart)), **own}).render(nodes)
            filled = _released(rendered.text, text(dig(root, "Chart", "Name")))
            return RenderedFile(load_yaml_all(filled.encode(), path), tuple(rendered.lines))
        except (DocumentError, TooMuchError, RecursionError):
            return None

    def _chart(self, path: str) -> str | None:
        """The folder of the chart whose templates hold `path`."""
        folder = posixpath.dirname(path)
        while folder and folder != "/":
            if posixpath.basename(folder) == "templates":
                chart = posixpath.dirname(folder)
                return chart if self._workspace.is_file(posixpath.join(chart, "Chart.yaml")) else None
            folder = posixpath.dirname(folder)
        return None

    def _above(self, chart: str) -> str | None:
        """The chart that holds another in its `charts` folder."""
        folder = posixpath.dirname(chart)
        above = posixpath.dirname(folder)
        if posixpath.basename(folder) != "charts" or not self._workspace.is_file(posixpath.join(above, "Chart.yaml")):
            return None
        return above

    def _top(self, chart: str) -> str:
        above = self._above(chart)
        return self._top(above) if above is not None else chart

    def _root(self, chart: str) -> dict[str, object]:
        """What `.` means at the start of a chart's templates."""
        if chart not in self._roots:
            about = self._yaml(posixpath.join(chart, "Chart.yaml"))
            name = text(about.get("name")) or posixpath.basename(chart)
            described = {key[:1].upper() + key[1:]: value for key, value in about.items()} | {"Name": name}
            self._roots[chart] = {
                "Values": self._values(chart, name),
                "Chart": described,
                "Release": {"Name": _RELEASE, "Namespace": _NAMESPACE, "Service": "Helm", "IsInstall": True},
                "Template": {"Name": "", "BasePath": ""},
                "Capabilities": UNKNOWN,
                "Files": UNKNOWN,
            }
        return self._roots[chart]

    def _values(self, chart: str, name: str) -> dict[str, object]:
        values = self._yaml(posixpath.join(chart, "values.yaml"))
        above = self._above(chart)
        if above is None:
            return values
        outer = mapping(self._root(above)["Values"])
        shared = {"global": _over(mapping(values.get("global")), mapping(outer.get("global")))}
        return _over(values, mapping(outer.get(name))) | shared

    def _named(self, chart: str) -> dict[str, list[Node]]:
        """Named templates of a chart and of those inside it."""
        if chart not in self._helpers:
            found: dict[str, list[Node]] = {}
            waiting, read = [chart], 0
            while waiting and read < _MAX_HELPERS:
                folder = waiting.pop(0)
                waiting += [posixpath.join(folder, "charts", n) for n in self._names(posixpath.join(folder, "charts"))]
                templates = posixpath.join(folder, "templates")
                for name in self._names(templates):
                    if name.endswith(".tpl") or name.startswith("_"):
                        read += 1
                        try:
                            found.update(parse(self._text(posixpath.join(templates, name)))[1])
                        except (DocumentError, TooMuchError):
                            continue
            self._helpers[chart] = found
        return self._helpers[chart]

    def _names(self, folder: str) -> tuple[str, ...]:
        return self._workspace.names(folder)

    def _yaml(self, path: str) -> dict[str, object]:
        if not self._workspace.is_file(path):
            return {}
        try:
            return mapping(self._workspace.yaml(path).value)
        except DocumentError:
            return {}

    def _text(self, path: str) -> str:
        data = self._workspace.read_bytes(path)
        if len(data) > _MAX_BYTES:
            raise TooMuchError
        return data.decode("utf-8-sig", "replace")


def _over(lower: Mapping[str, object], upper: Mapping[str, object], depth: int = 20) -> dict[str, object]:
    """`upper` laid over `lower`, mappings key by key."""
    made = dict(lower)
    for key, value in upper.items():
        below = made.get(key)
        both = isinstance(value, dict) and isinstance(below, dict) and depth
        made[key] = _over(mapping(below), mapping(value), depth - 1) if both else value
    return made


def _released(rendered: str, chart: str) -> str:
    rendered = _LOOSE_COLON.sub(r"\1", rendered)
    bare = rendered.replace(f".{_NAMESPACE}", "").replace(_NAMESPACE, "")
    return bare.replace(f"{_RELEASE}-", "").replace(_RELEASE, chart)
