"""Workloads: what runs, under which labels, in which containers, with which settings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from topoplan.model.facts import NodeKind
from topoplan.model.place import Where
from topoplan_importers import technologies
from topoplan_importers.addresses import TEXT_LIMIT
from topoplan_importers.kubernetes.manifests import Manifest, dig, mapping, sequence, text, texts
from topoplan_importers.kubernetes.placed import at
from topoplan_importers.technologies import Technology

_POD_SPECS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(
        (
            "Deployment",
            "StatefulSet",
            "DaemonSet",
            "ReplicaSet",
            "ReplicationController",
            "DeploymentConfig",
            "Rollout",
        ),
        ("spec", "template"),
    ),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}
_KNATIVE = "serving.knative.dev/"
_MAX_GROWTH = 2**20
"""Characters that filling in `$(NAME)` may add to one container; variables of variables would double without end."""


class Setting(Struct, frozen=True):
    """One environment variable. `source` is empty for a literal `value`, else the config map `key` comes from."""

    name: str
    value: str
    where: Where
    source: str = ""
    key: str = ""


class Container(Struct, frozen=True):
    """One container. `line` is its command and arguments, `maps` the config maps that become its environment."""

    image: str
    settings: tuple[Setting, ...]
    line: tuple[str, ...]
    line_where: Where
    maps: tuple[tuple[str, Where], ...]
    ports: tuple[int, ...]
    init: bool = False


class Workload(Struct, frozen=True):
    """One definition of a workload; `labels` are those of its pods."""

    manifest: Manifest
    labels: Mapping[str, str]
    containers: tuple[Container, ...]
    hostname: str = ""
    technology: Technology | None = field(default=None)
    account: str = ""
    mounted: tuple[str, ...] = ()
    """Names of the config maps its containers see as files."""

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def images(self) -> frozenset[str]:
        """Repositories of its images, without registry and tag."""
        return frozenset(technologies.image_name(c.image) for c in self.containers if c.image and not c.init)

    @property
    def kind(self) -> NodeKind | None:
        if self.is_job:
            return None
        if self.technology is not None and self.technology.kind is not None:
            return self.technology.kind
        if self.technology is None and technologies.names_store(self.name):
            return NodeKind.DATASTORE
        return NodeKind.GATEWAY if technologies.names_gateway(self.name) else None

    @property
    def is_resource(self) -> bool:
        return self.kind in (NodeKind.DATASTORE, NodeKind.BROKER)

    @property
    def is_job(self) -> bool:
        """Whether it runs once and ends, so that it is no store though it may run the image of one."""
        return self.manifest.kind == "Job" or (
            technologies.is_job(self.name) and not any(c.ports for c in self.containers)
        )

    @property
    def infrastructure(self) -> bool:
        product = self.technology is not None and (self.technology.infrastructure or self.is_job)
        return product or self.is_job or technologies.runs_beside(self.name)

    def used_maps(self) -> frozenset[str]:
        """Names of the config maps its containers take all keys from."""
        return frozenset(name for container in self.containers for name, _ in container.maps)

    def mounted_maps(self) -> frozenset[str]:
        """Names of the config maps its containers see as files."""
        return frozenset(self.mounted)


def is_workload(manifest: Manifest) -> bool:
    """Whether an object runs containers: a workload of Kubernetes, OpenShift, Argo or Knative."""
    return manifest.kind in _POD_SPECS or (manifest.kind == "Service" and manifest.api.startswith(_KNATIVE))


def pod_path(manifest: Manifest) -> tuple[str, ...]:
    """The keys that lead to the pod of a workload."""
    return _POD_SPECS.get(manifest.kind, ("spec", "template"))


def workload(manifest: Manifest) -> Workload | None:
    """The workload a manifest defines; None for a patch, which changes one that is defined elsewhere."""
    pod = dig(manifest.body, *pod_path(manifest))
    spec = mapping(dig(pod, "spec"))
    found = (
        *_containers(manifest, spec.get("containers"), init=False),
        *_containers(manifest, spec.get("initContainers"), init=True),
    )
    main = [c for c in found if not c.init]
    if "$patch" in manifest.body or not any(c.image for c in main):
        return None
    labels = texts(dig(pod, "metadata", "labels")) or texts(dig(manifest.body, "spec", "selector", "matchLabels"))
    # A side-car's image must not tell what a workload is, so the container of the workload's own name speaks first.
    names = [text(mapping(c).get("name")) for c in sequence(spec.get("containers"))]
    chosen = names.index(manifest.name) if manifest.name in names and len(names) == len(main) else 0
    made = Workload(
        manifest,
        labels,
        found,
        text(spec.get("hostname")),
        account=text(spec.get("serviceAccountName")),
        mounted=tuple(dict.fromkeys(_mounted(spec.get("volumes")))),
    )
    return made if made.is_job else replace(made, technology=_technology(manifest.name, main[chosen].image))


def _mounted(volumes: object) -> Iterator[str]:
    for volume in sequence(volumes):
        for source in (volume, *sequence(dig(volume, "projected", "sources"))):
            name = text(dig(source, "configMap", "name"))
            if name:
                yield name


def _technology(name: str, image: str) -> Technology | None:
    return technologies.by_image(image) or technologies.by_name(name)


def _containers(manifest: Manifest, value: object, *, init: bool) -> Iterator[Container]:
    for item in sequence(value):
        body = mapping(item)
        if body:
            yield Container(
                text(body.get("image")),
                tuple(_settings(manifest, body.get("env"))),
                tuple(text(word) for group in ("command", "args") for word in sequence(body.get(group)) if text(word)),
                at(manifest.where, body, "args" if "args" in body else "command"),
                tuple(_maps(manifest, body.get("envFrom"))),
                tuple(sorted(_ports(body.get("ports")))),
                init,
            )


def _settings(manifest: Manifest, value: object) -> Iterator[Setting]:
    """Variables in order. References to secrets are not even looked at."""
    entries = sequence(value)
    known: dict[str, str] = {}
    grown = 0
    for number, item in enumerate(entries):
        body = mapping(item)
        name = text(body.get("name"))
        entry = at(manifest.where, entries, number)
        where, set_at = at(entry, body, "name"), at(entry, body, "value")
        where = where if set_at.path == where.path else set_at  # a patch of the value alone
        reference = mapping(dig(body, "valueFrom", "configMapKeyRef"))
        if name and "value" in body:
            written = text(body["value"])
            known[name] = _expanded(written, known) if grown < _MAX_GROWTH else written
            grown += len(known[name]) - len(written)
            yield Setting(name, known[name], where)
        elif name and text(reference.get("name")):
            yield Setting(name, "", where, text(reference.get("name")), text(reference.get("key")))


def _expanded(value: str, known: Mapping[str, str]) -> str:
    """`$(NAME)` replaced by an earlier variable of the container, as the kubelet does; anything else stays."""
    head, *rest = value.split("$(")
    parts = [head]
    for part in rest[:64]:
        name, closed, tail = part.partition(")")
        parts.append(known[name] + tail if closed and name in known else f"$({part}")
    expanded = "".join(parts)
    return expanded if len(expanded) <= TEXT_LIMIT else value


def _maps(manifest: Manifest, value: object) -> Iterator[tuple[str, Where]]:
    entries = sequence(value)
    for number, item in enumerate(entries):
        name = text(dig(item, "configMapRef", "name"))
        if name:
            yield name, at(manifest.where, entries, number)


def _ports(value: object) -> set[int]:
    numbers: set[Any] = {mapping(item).get("containerPort") for item in sequence(value) if _is_number(item)}
    return {number for number in numbers if 0 < number < 65536}


def _is_number(item: object) -> bool:
    port = mapping(item).get("containerPort")
    return isinstance(port, int) and not isinstance(port, bool)
