"""Renders the templates of Helm charts with the values files beside them, as far as reading them needs."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.importing.documents import Document, load_yaml_all
from topoplan.importing.workspace import Workspace
from topoplan_importers.kubernetes.chart_tree import ChartTree, Instance
from topoplan_importers.kubernetes.recognise import CHART
from topoplan_importers.kubernetes.template_functions import UNKNOWN
from topoplan_importers.kubernetes.templating import Node, Renderer, TooMuchError, parse

REMARK = "unrendered Helm template, read with values.yaml"
_RELEASE, _NAMESPACE = "release-name", "release-namespace"
_RELEASED = re.compile(rf"\bname: *[\"']?{_RELEASE}-([\w.-]+)")
_LOOSE_COLON = re.compile(r"^([ \t]*(?:- )?[\w.-]+: +[^\s\"'{\[|>&#][^\n]*?):[ \t]*$", re.MULTILINE)
# `image: shop/web:` where values files give no tag
_MAX_BYTES = 2**19
_MAX_HELPERS = 200
"""Files of named templates read for one chart and those inside it."""
_MAX_REPEATED = 500_000
"""Steps spent in one read on rendering templates again under other values."""


class RenderedFile(Struct, frozen=True):
    """The documents of one rendered template. `lines[n]` is the template's line of line n + 1 of the output;
    `released` gives names under which a release of the outermost chart's name deploys what is called otherwise here."""

    documents: tuple[Document, ...]
    lines: tuple[int, ...]
    released: Mapping[str, str]
    remark: str = REMARK


class Charts:
    """Renders templates; what charts share is read once. `paths` holds the charts' own files."""

    def __init__(self, workspace: Workspace, paths: Iterable[str], main_files: Sequence[str]) -> None:
        self._workspace = workspace
        folders = {posixpath.dirname(path) for path in paths if posixpath.basename(path) == CHART}
        self.tree = ChartTree(workspace, folders, main_files)
        self._helpers: dict[str, dict[str, list[Node]]] = {}
        self._steps = 0

    def render(self, path: str) -> RenderedFile | None:
        """The template at `path` filled in, once for each time the chart is taken; None when it belongs to no chart or
        cannot be read. The name of a release is nobody's choice yet: where it comes before another name it is left
        out, alone it is the chart's."""
        chart = self._chart(path)
        if chart is None:
            return None
        texts: list[str] = []
        lines: list[int] = []
        released: dict[str, str] = {}
        try:
            nodes, own = parse(self._text(path))
            for instance in self.tree.instances(chart):
                if texts and self._steps > _MAX_REPEATED:
                    break
                renderer = Renderer(self._root(chart, instance), {**self._shared(chart), **own})
                rendered = renderer.render(nodes)
                self._steps += renderer.steps if texts else 0
                released |= {name: f"{instance.top}-{name}" for name in _RELEASED.findall(rendered.text)}
                texts.append(_released(rendered.text, instance.name))
                lines += [*rendered.lines, 0]
            return RenderedFile(
                load_yaml_all("\n---\n".join(texts).encode(), path), tuple(lines), released, self._remark(chart)
            )
        except (DocumentError, TooMuchError, RecursionError):
            return None

    def _remark(self, chart: str) -> str:
        others = ", ".join(self.tree.variants(chart)[:5])
        return f"{REMARK}; main_files in topoplan.yaml may lay over it: {others}" if others else REMARK

    def _chart(self, path: str) -> str | None:
        """The folder of the chart whose templates hold `path`."""
        folder = posixpath.dirname(path)
        while folder and folder != "/":
            if posixpath.basename(folder) == "templates":
                chart = posixpath.dirname(folder)
                return chart if chart in self.tree.folders else None
            folder = posixpath.dirname(folder)
        return None

    def _root(self, chart: str, instance: Instance) -> dict[str, object]:
        """What `.` means at the start of a chart's templates."""
        about = {key[:1].upper() + key[1:]: value for key, value in self.tree.about(chart).items()}
        return {
            "Values": instance.values,
            "Chart": about | {"Name": instance.name},
            "Release": {"Name": _RELEASE, "Namespace": _NAMESPACE, "Service": "Helm", "IsInstall": True},
            "Template": {"Name": "", "BasePath": ""},
            "Capabilities": UNKNOWN,
            "Files": UNKNOWN,
        }

    def _shared(self, chart: str) -> dict[str, list[Node]]:
        """Named templates of all charts in the releases that hold one."""
        found: dict[str, list[Node]] = {}
        for top in self.tree.tops(chart):
            found |= self._named(top)
        return found

    def _named(self, chart: str) -> dict[str, list[Node]]:
        """Named templates of a chart and of those it takes."""
        if chart not in self._helpers:
            found: dict[str, list[Node]] = {}
            waiting, read, seen = [chart], 0, {chart}
            while waiting and read < _MAX_HELPERS:
                folder = waiting.pop(0)
                charts = posixpath.join(folder, "charts")
                inside = [posixpath.join(charts, name) for name in self._workspace.names(charts)]
                taken = [one.folder for one in self.tree.dependencies(folder) if one.folder]
                waiting += [one for one in (*inside, *taken) if one not in seen]
                seen.update(waiting)
                templates = posixpath.join(folder, "templates")
                for name in self._workspace.names(templates):
                    if name.endswith(".tpl") or name.startswith("_"):
                        read += 1
                        try:
                            found.update(parse(self._text(posixpath.join(templates, name)))[1])
                        except (DocumentError, TooMuchError):
                            continue
            self._helpers[chart] = found
        return self._helpers[chart]

    def _text(self, path: str) -> str:
        data = self._workspace.read_bytes(path)
        if len(data) > _MAX_BYTES:
            raise TooMuchError
        return data.decode("utf-8-sig", "replace")


def _released(rendered: str, chart: str) -> str:
    rendered = _LOOSE_COLON.sub(r"\1", rendered)
    bare = rendered.replace(f".{_NAMESPACE}", "").replace(_NAMESPACE, "")
    return bare.replace(f"{_RELEASE}-", "").replace(_RELEASE, chart)
