"""Which Helm charts make up a release: subcharts, dependencies from elsewhere, and the values of each."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from topoplan.errors import DocumentError
from topoplan.importing.workspace import Workspace
from topoplan.model.place import Where
from topoplan_importers.kubernetes.manifests import dig, mapping, sequence, text
from topoplan_importers.kubernetes.overlays import PRODUCTION
from topoplan_importers.kubernetes.recognise import CHART
from topoplan_importers.places import at

_VARIANT = re.compile(r"values[-._](.+)\.ya?ml", re.IGNORECASE)
_MAX_DEPENDENCIES = 200
_MAX_INSTANCES = 50
"""Times one chart is rendered under different values."""
_MAX_DEPTH = 10


class Dependency(Struct, frozen=True):
    """One dependency of a chart; `folder` is empty when it comes from a repository. `key` is where its values stand in
    those of the chart, which is also its name there."""

    name: str
    key: str
    folder: str
    condition: str
    where: Where


class Instance(Struct, frozen=True):
    """One chart as one release holds it: its name there, its values, and the name of the outermost chart."""

    name: str
    values: Mapping[str, object]
    top: str


class ChartTree:
    """The charts in the given folders. `main_files` are values files to lay over `values.yaml`."""

    def __init__(self, workspace: Workspace, folders: Iterable[str], main_files: Sequence[str]) -> None:
        self._workspace = workspace
        self._main_files = main_files
        self._about: dict[str, Mapping[str, object]] = {}
        self._instances: dict[str, tuple[Instance, ...]] = {}
        self._dependencies: dict[str, tuple[Dependency, ...]] = {}
        self._parents: dict[str, list[tuple[str, Dependency]]] = defaultdict(list)
        self.folders = tuple(sorted(folders))
        for chart in self.folders:
            for one in self.dependencies(chart):
                if one.folder and one.folder != chart:
                    self._parents[one.folder].append((chart, one))
        for chart in self.folders:
            above = self._above(chart)
            if above is not None and all(parent != above for parent, _ in self._parents[chart]):
                name = self.name(chart)
                self._parents[chart].append((above, Dependency(name, name, chart, "", Where(chart))))

    def about(self, chart: str) -> Mapping[str, object]:
        """The content of its `Chart.yaml`."""
        if chart not in self._about:
            self._about[chart] = self._yaml(posixpath.join(chart, CHART))
        return self._about[chart]

    def name(self, chart: str) -> str:
        return text(self.about(chart).get("name")) or posixpath.basename(chart)

    def dependencies(self, chart: str) -> tuple[Dependency, ...]:
        """What a chart says it depends on, in order."""
        if chart not in self._dependencies:
            self._dependencies[chart] = tuple(self._listed(chart))
        return self._dependencies[chart]

    def instances(self, chart: str, depth: int = 0) -> tuple[Instance, ...]:
        """How releases hold a chart: once for each chart that takes it and has it switched on; by itself when none
        does, unless it lies inside another."""
        if chart in self._instances or depth > _MAX_DEPTH:
            return self._instances.get(chart, ())
        self._instances[chart] = ()  # until known, which ends circles
        own, name = self._values(chart), self.name(chart)
        found = [
            Instance(one.key, _inside(own, outer.values, one.key), outer.top)
            for parent, one in self._parents[chart]
            for outer in self.instances(parent, depth + 1)
            if is_enabled(one, outer.values)
        ]
        if not found and self._above(chart) is None:
            found = [Instance(name, own, name)]
        self._instances[chart] = tuple(found[:_MAX_INSTANCES])
        return self._instances[chart]

    def variants(self, chart: str) -> tuple[str, ...]:
        """Names of values files that are not laid over `values.yaml`."""
        used = self._used(chart)
        return tuple(name for name in self._workspace.names(chart) if _VARIANT.fullmatch(name) and name not in used)

    def tops(self, chart: str) -> Iterator[str]:
        """The outermost charts that hold a chart."""
        seen, waiting = {chart}, [chart]
        while waiting:
            one = waiting.pop()
            above = [parent for parent, _ in self._parents[one] if parent not in seen]
            seen.update(above)
            waiting += above
            if not self._parents[one]:
                yield one

    def _listed(self, chart: str) -> Iterator[Dependency]:
        for file in (CHART, "requirements.yaml"):
            path = posixpath.join(chart, file)
            entries = sequence(self._yaml(path).get("dependencies"))
            for number, entry in enumerate(entries[:_MAX_DEPENDENCIES]):
                name = text(dig(entry, "name"))
                if name:
                    key = text(dig(entry, "alias")) or name
                    where = at(Where(path), entries, number)
                    yield Dependency(name, key, self._folder(chart, entry), text(dig(entry, "condition")), where)

    def _folder(self, chart: str, entry: object) -> str:
        written = text(dig(entry, "repository"))
        inside = posixpath.normpath(posixpath.join(chart, "charts", text(dig(entry, "name"))))
        beside = self._workspace.join(f"{chart}/", written[7:]) if written.startswith("file://") else None
        return next((folder for folder in (inside, beside) if folder in self.folders), "") or ""

    def _above(self, chart: str) -> str | None:
        """The chart that holds another in its `charts` folder."""
        folder = posixpath.dirname(chart)
        above = posixpath.dirname(folder)
        return above if posixpath.basename(folder) == "charts" and above in self.folders else None

    def _values(self, chart: str) -> Mapping[str, object]:
        values: Mapping[str, object] = {}
        for name in self._used(chart):
            values = over(values, self._yaml(posixpath.join(chart, name)))
        return values

    def _used(self, chart: str) -> tuple[str, ...]:
        """Its values files, lowest first: `values.yaml`, or where there is none that of production, else the first;
        and those that the configuration names."""
        names = self._workspace.names(chart)
        first = [name for name in ("values.yaml", "values.yml") if name in names][:1]
        others = [name for name in names if _VARIANT.fullmatch(name)]
        live = [name for name in others if PRODUCTION.intersection(re.findall(r"[a-z]+", name.lower()))]
        chosen = [name for path in self._main_files for name in others if posixpath.join(chart, name) == path]
        return tuple(dict.fromkeys([*(first or ([] if chosen else (live or others)[:1])), *chosen]))

    def _yaml(self, path: str) -> Mapping[str, object]:
        if not self._workspace.is_file(path):
            return {}
        try:
            return mapping(self._workspace.yaml(path).value)
        except DocumentError:
            return {}


def is_enabled(one: Dependency, values: Mapping[str, object]) -> bool:
    """Whether values switch a dependency on: the first of its conditions that they answer counts."""
    for condition in one.condition.split(",")[:20]:
        answer = dig(values, *condition.strip().split(".")[:20])
        if isinstance(answer, bool):
            return answer
    return True


def over(lower: Mapping[str, object], upper: Mapping[str, object], depth: int = 20) -> dict[str, object]:
    """`upper` laid over `lower`, mappings key by key."""
    made = dict(lower)
    for key, value in upper.items():
        below = made.get(key)
        both = isinstance(value, dict) and isinstance(below, dict) and depth
        made[key] = over(mapping(below), mapping(value), depth - 1) if both else value
    return made


def _inside(own: Mapping[str, object], outer: Mapping[str, object], key: str) -> dict[str, object]:
    """The values of a chart inside another: its own, what the outer one says under its name, and the shared ones."""
    shared = over(mapping(own.get("global")), mapping(outer.get("global")))
    return over(own, mapping(outer.get(key))) | {"global": shared}
