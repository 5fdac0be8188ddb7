from __future__ import annotations

import random
from pathlib import Path

import pytest

from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import CallFact, MountFact, ServiceFact
from topoplan.model.place import Confidence
from topoplan_importers.compose import ComposeImporter
from topoplan_importers.compose.variants import Found, group


def _main(*files: Found, main_files: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    systems, _ = group(files, main_files)
    return {s.folder: s.main for s in systems}


def test_the_name_compose_looks_for_goes_first() -> None:
    files = [Found("a/docker-compose.big.yml", 9), Found("a/docker-compose.yml", 2), Found("a/compose.yml", 1)]
    assert _main(*files) == {"a": ("a/compose.yml",)}


def test_its_override_is_laid_over_it() -> None:
    files = [Found("compose.yaml", 1), Found("compose.override.yml", 1), Found("docker-compose.override.yml", 1)]
    assert _main(*files) == {".": ("compose.yaml", "compose.override.yml")}


@pytest.mark.parametrize(
    ("files", "main"),
    [
        ([("small.yml", 2), ("large-stack.yml", 5)], "large-stack.yml"),
        ([("stack.test.yml", 9), ("stack.yml", 5)], "stack.yml"),
        ([("native.yml", 5), ("java25.yml", 5)], "java25.yml"),
        ([("stack-prod.yml", 5), ("stack.yml", 5)], "stack.yml"),
        ([("stack.override.yml", 9), ("stack.yml", 5)], "stack.yml"),
    ],
)
def test_otherwise_the_fullest_file_that_is_no_test(files: list[tuple[str, int]], main: str) -> None:
    assert _main(*(Found(n, c) for n, c in files))["."][0] == main


def test_the_configuration_has_the_last_word() -> None:
    files = [Found("compose.yaml", 1), Found("prod.yml", 1), Found("b/compose.yaml", 1)]
    assert _main(*files, main_files=("prod.yml", "compose.yaml")) == {
        ".": ("prod.yml", "compose.yaml"),
        "b": ("b/compose.yaml",),
    }


def test_included_files_belong_to_the_file_above() -> None:
    files = [
        Found("compose.yaml", 1, (("pay/compose.yaml", "included"), ("parts.yaml", "included"))),
        Found("parts.yaml", 1),
        Found("pay/compose.yaml", 1),
    ]
    systems, owned = group(files, ())
    assert [s.folder for s in systems] == ["."]
    assert owned == {"parts.yaml": "included by compose.yaml", "pay/compose.yaml": "included by compose.yaml"}


def test_a_file_that_tests_include_stays_a_system() -> None:
    files = [Found("compose.yaml", 5), Found("test/compose.yaml", 1, (("compose.yaml", "included"),))]
    assert _main(*files) == {".": ("compose.yaml",), "test": ("test/compose.yaml",)}


def test_services_included_from_another_system_keep_its_scope(read) -> None:
    imported = read(
        {
            "compose.yaml": "services:\n  web: {image: x}\n",
            "test/compose.yaml": "include: [../compose.yaml]\nservices:\n  probe: {image: x, depends_on: [web]}\n",
        }
    )
    scopes = {(f.party.name, f.party.scope) for f in imported.facts if isinstance(f, ServiceFact)}
    assert scopes == {("web", "."), ("probe", "test")}


def test_a_variant_adds_but_never_contradicts(read) -> None:
    imported = read(
        {
            "docker-compose.yml": (
                "services:\n  a: {image: x, environment: {B_URL: 'http://b'}}\n  b: {image: postgres}\n"
            ),
            "docker-compose-local.yml": (
                "services:\n  a: {image: y, build: ./a, depends_on: [b, c]}\n  b: {image: mysql}\n"
                "  c: {image: z, environment: {A_URL: 'http://a'}}\n"
            ),
        }
    )
    calls = {
        (f.consumer.name, f.provider.name, f.provider.technology): f.evidence.confidence
        for f in imported.facts
        if isinstance(f, CallFact)
    }
    assert calls == {
        ("a", "b", "postgresql"): Confidence.HIGH,
        ("a", "c", ""): Confidence.LOW,
        ("c", "a", ""): Confidence.MEDIUM,
    }
    folders = {f.party.name: f.folder for f in imported.facts if isinstance(f, ServiceFact) and f.folder}
    assert folders == {"a": "a"}
    assert [s.reason for s in imported.sources] == ["variant of docker-compose.yml", ""]


def test_configured_main_file_turns_the_variant_around(read) -> None:
    files = {
        "compose.yaml": "services:\n  a: {image: postgres}\n",
        "prod.yml": "services:\n  a: {image: mysql}\n",
    }
    imported = read(files, ImportOptions(main_files=("prod.yml",)))
    kinds = {f.party.technology for f in imported.facts if isinstance(f, ServiceFact)}
    assert kinds == {"mysql"}


def test_order_of_input_does_not_matter() -> None:
    root = Path(__file__).parent / "projects"
    importer = ComposeImporter()
    candidates = [
        Candidate(p.relative_to(root).as_posix(), p.name, 0, p.read_bytes()[:4096])
        for p in sorted(root.rglob("*.y*ml"))
    ]
    expected = importer.read(candidates, Workspace({".": root}), ImportOptions())
    for seed in range(5):
        shuffled = candidates[:]
        random.Random(seed).shuffle(shuffled)
        assert importer.read(shuffled, Workspace({".": root}), ImportOptions()) == expected


def test_a_shown_root_prefixes_every_path(run) -> None:
    imported = run(Path(__file__).parent / "projects" / "forms", shown="specs/shop")
    services = {f.party.name: f for f in imported.facts if isinstance(f, ServiceFact)}
    assert services["web"].party.scope == "specs/shop"
    assert services["web"].folder == "specs/shop/web"
    assert {f.evidence.where.path.startswith("specs/shop/") for f in imported.facts} == {True}


@pytest.mark.parametrize("override", ["compose.override.yaml", "docker-compose.override.yml"])
def test_an_override_of_either_name_is_laid_over_either_default(override: str) -> None:
    assert _main(Found("docker-compose.yml", 3), Found(override, 1)) == {".": ("docker-compose.yml", override)}


def test_a_folder_that_only_collects_dockerfiles_is_nobodys_code(read) -> None:
    build = "{{image: acme/{0}, build: {{context: ., dockerfile: docker/Dockerfile-{0}}}}}"
    own = "{image: acme/web, build: {context: ., dockerfile: web/Dockerfile}}"
    services = f"services: {{a: {build.format('a')}, b: {build.format('b')}, web: {own}}}\n"
    found = read({"shop/compose.yaml": services, "docker/Dockerfile-a": "", "other/x.yaml": "{}"})
    assert {f.party.name: f.folder for f in found.facts if isinstance(f, ServiceFact)} == {
        "a": "",
        "b": "",
        "web": "shop/web",
    }


def test_mounts_of_a_variant_are_less_sure(read) -> None:
    mounted = "services: {%s: {image: nginx, volumes: ['./web:/etc/nginx']}}"
    files = {"compose.yaml": mounted % "proxy", "swarm.yml": mounted % "front", "web/nginx.conf": ""}
    mounts = [f for f in read(files).facts if isinstance(f, MountFact)]
    assert [(m.service.name, m.evidence.confidence) for m in mounts] == [
        ("proxy", Confidence.HIGH),
        ("front", Confidence.MEDIUM),
    ]


def test_a_variant_that_spells_a_name_with_other_punctuation_means_the_same_service(read) -> None:
    main = "services: {ordersdata: {image: redis}}"
    for variant in ("{orders.data: {image: 'redis:nanoserver'}}", "{orders.data: {ports: ['6379:6379']}}"):
        facts = read({"compose.yaml": main, "compose.win.yml": f"services: {variant}"}).facts
        assert [(f.party.name, f.aliases) for f in facts if isinstance(f, ServiceFact)] == [
            ("ordersdata", ()),
            ("ordersdata", ("orders.data",)),
        ]


def test_what_is_set_up_for_tests_says_nothing_beside_a_system(read) -> None:
    test = "services: {shop: {image: x, depends_on: [mock]}, mock: {image: y}}"
    system = "services: {shop: {image: x}}"
    imported = read({"compose.yaml": system, "shop/docker-compose.test.yml": test, "latest/compose.yml": system})
    assert {f.party.name for f in imported.facts if isinstance(f, ServiceFact)} == {"shop"}
    assert {s.path: s.reason for s in imported.sources}["shop/docker-compose.test.yml"] == "sets up a test"


def test_what_is_set_up_for_tests_is_read_where_there_is_nothing_else(read) -> None:
    facts = read({"shop/docker-compose.test.yml": "services: {shop: {image: x}}"}).facts
    assert {f.party.name for f in facts if isinstance(f, ServiceFact)} == {"shop"}


@pytest.mark.parametrize(
    "variant",
    [
        "{orders.data: {image: mysql}}",
        "{orders.data: {image: redis}, orders-data: {image: redis}}",
        "{orders.data: {image: redis}, ordersdata: {image: redis}}",
    ],
)
def test_another_product_or_several_spellings_are_other_services(read, variant: str) -> None:
    facts = read(
        {"compose.yaml": "services: {ordersdata: {image: redis}}", "compose.win.yml": f"services: {variant}"}
    ).facts
    assert "orders.data" in {f.party.name for f in facts if isinstance(f, ServiceFact)}
