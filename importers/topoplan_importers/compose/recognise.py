"""Tells compose files from the many other YAML files with a `services` or `image` in them, by content."""

from __future__ import annotations

import re

from topoplan.importing.contract import Candidate
from topoplan_importers.vocabulary import words

DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
"""Names that compose looks for by itself, in its own order."""
OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""Names it lays over any of them, in its own order; the first one counts."""
_SERVICE_KEYS = words(
    "annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name",
    "cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset",
    "credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt dns_search dockerfile",
    "domainname driver_opts entrypoint env_file environment expose extends external_links extra_hosts gpus",
    "group_add healthcheck hostname image init ipc isolation label_file labels links log_driver log_opt logging",
    "mac_address mem_limit mem_reservation mem_swappiness memswap_limit models net network_mode networks",
    "oom_kill_disable oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles",
    "provider pull_policy read_only restart runtime scale secrets security_opt shm_size stdin_open",
    "stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts",
    "volume_driver volumes volumes_from working_dir",
)
_TOP_KEYS = frozenset({"version", "name", "services", "networks", "volumes", "configs", "secrets", "include", "models"})
_NAMED = re.compile(
    r"(^|[._-])(docker|podman|container|nerdctl)?-?compose([._-].*)?\.(ya?ml|json)$|^(docker-?)?(stack|swarm)([._-].*)?\.ya?ml$"
)
_SECTION = re.compile(rb"""^([ \t]*)["']?(services|include)["']?[ \t]*:""", re.MULTILINE)
_LIST = re.compile(rb"[ \t]*(\[|(#.*)?\r?\n(\s*#.*\n)*\s*- )")
_SERVICE_KEY = re.compile(rb"(^[ \t]+|[{,][ \t]*)(image|build|extends)[ \t]*:", re.MULTILINE)
_OLD_SERVICE = re.compile(
    rb"^[\w.-]+:[ \t]*(#.*)?\r?\n([ \t]*(#.*)?\r?\n)*[ \t]+((image|build)[ \t]*:[ \t]*[^\s#&{]|extends[ \t]*:)",
    re.MULTILINE,
)
_PLAIN_VALUE = re.compile(rb"^(?!version)[\w.-]+[ \t]*:[ \t]+[^\s#&]", re.MULTILINE)
_FIRST_KEY = re.compile(rb"""^([ \t]*)["']?[\w.-]+["']?[ \t]*:""", re.MULTILINE)
_OTHER = re.compile(
    rb"""^["']?(apiVersion|kind|openapi|swagger|asyncapi|jobs|stages|pipeline|steps|parameters|_format_version|runs|on)"""
    rb"""["']?[ \t]*:""",
    re.MULTILINE,
)  # fmt: skip


def claims(candidate: Candidate) -> bool:
    """Whether the first bytes look like compose."""
    if not candidate.name.endswith((".yml", ".yaml", ".json")):
        return False
    if candidate.name in DEFAULT_NAMES:
        return True
    head = candidate.head
    if _OTHER.search(head):
        return False
    named = bool(_NAMED.search(candidate.name))
    if candidate.name.endswith(".json"):
        return named and b'"services"' in head
    section = next((m for m in _SECTION.finditer(head) if m[1] == _indent(head)), None)
    if section is not None and section[2] == b"services" and _LIST.match(head, section.end()):
        return False
    if section is not None:
        return named or (section[2] == b"services" and _SERVICE_KEY.search(head) is not None)
    return bool(_OLD_SERVICE.search(head) and not _PLAIN_VALUE.search(head)) or (
        named and len(head) >= 4096 and head.lstrip().startswith((b"x-", b"#", b"version"))
    )


def _indent(head: bytes) -> bytes:
    first = _FIRST_KEY.search(head)
    return first[1] if first else b""


def why_not(documents: tuple[object, ...], name: str) -> str:
    """Why the parsed content is no compose file; empty when it is one."""
    mappings = [d for d in documents if isinstance(d, dict)]
    if not mappings:
        return "is empty" if all(d is None for d in documents) else "holds no mapping"
    if not any(services_of(d) or d.get("include") for d in mappings):
        return "defines no services"
    named = bool(_NAMED.search(name))
    for document in mappings:
        strange = [k for k in document if k not in _TOP_KEYS and not k.startswith("x-")]
        if "services" in document and strange and not named:
            return f"is no compose file: top-level {strange[0][:40]}"
    services = [v for d in mappings for v in services_of(d).values() if isinstance(v, dict)]
    if named:
        return (
            ""
            if any(_SERVICE_KEYS.intersection(s) for s in services) or any(d.get("include") for d in mappings)
            else "defines no services"
        )
    return "" if any({"image", "build", "extends"}.intersection(s) for s in services) else "defines no compose services"


def services_of(document: dict[str, object]) -> dict[str, object]:
    """The services section; of a file without one (version 1) everything, when all of it is services."""
    section = document.get("services")
    if "services" in document or "include" in document:
        return section if isinstance(section, dict) else {}
    old = type(document)((k, v) for k, v in document.items() if k != "version" and not k.startswith("x-"))
    fit = all(
        isinstance(v, dict) and {"image", "build", "extends"} & set(v) and _SERVICE_KEYS.issuperset(v)
        for v in old.values()
    )
    if not old or not fit:
        return {}
    if hasattr(document, "lines"):
        old.line, old.lines = document.line, document.lines  # type: ignore[attr-defined]
    return old
