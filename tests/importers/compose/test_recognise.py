from __future__ import annotations

import pytest

from topoplan.importing.contract import Candidate
from topoplan.model.facts import SourceState
from topoplan_importers.compose import ComposeImporter

COMPOSE = "services:\n  web:\n    image: nginx\n"


def _claims(name: str, text: str) -> bool:
    return ComposeImporter().claims(Candidate(f"x/{name}", name.lower(), len(text), text.encode()[:4096]))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("compose.yaml", COMPOSE),
        ("docker-compose.yml", ""),
        ("docker-compose.prod.yml", "services:\n  web:\n    environment: {A: b}\n"),
        ("java25.yml", COMPOSE),
        ("my-stack.yaml", "version: '3'\nx-a: 1\nservices:\n  web:\n    build: .\n"),
        ("indented.yml", "  version: '2'\n  services:\n    web:\n      image: nginx\n"),
        ("crlf.yml", COMPOSE.replace("\n", "\r\n")),
        ("old.yml", "web:\n  image: nginx\n  links: [db]\ndb:\n  image: postgres\n"),
        ("docker-compose.json", '{"services": {"web": {"image": "nginx"}}}'),
        ("compose.parts.yml", "include:\n  - a.yaml\n"),
        ("docker-compose.big.yml", "x-common:\n" + "  # filler\n" * 500 + COMPOSE),
    ],
)
def test_compose_files_are_claimed(name: str, text: str) -> None:
    assert _claims(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("deployment.yaml", "apiVersion: apps/v1\nkind: Deployment\nspec:\n  image: x\n"),
        ("build.yml", "on: push\njobs:\n  test:\n    services:\n      db:\n        image: postgres\n"),
        (".gitlab-ci.yml", "stages: [a]\nservices:\n  - docker:dind\ntest:\n  image: node\n  script: [x]\n"),
        (".travis.yml", "language: go\nservices:\n  - docker\n"),
        ("openapi.yaml", "openapi: 3.0.0\ninfo: {title: services}\n"),
        ("values.yaml", "name: x\nport: 80\nweb:\n  image: y\nservices:\n  - port: 1\n"),
        ("services.yaml", "services:\n  _defaults: {autowire: true}\n  mailer: {class: App}\n"),
        ("logstash.yml", "http.host: 0.0.0.0\n"),
        ("compose.txt", COMPOSE),
        ("docker_compose_up.yaml", "command: docker compose up\nshort: Create services\n"),
        ("empty.yaml", ""),
    ],
)
def test_other_files_are_not(name: str, text: str) -> None:
    assert not _claims(name, text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("- a list\n", "holds no mapping"),
        ("volumes: {a: }\n", "defines no services"),
        ("services: {}\n", "defines no services"),
        ("services: [web]\n", "defines no services"),
        ("services: {web: {autowire: true}}\n", "defines no services"),
    ],
)
def test_a_claimed_file_that_is_none_is_skipped(text: str, reason: str, read) -> None:
    (source,) = read({"docker-compose.yml": text}).sources
    assert (source.state, source.reason) == (SourceState.SKIPPED, reason)


def test_foreign_top_level_keys_give_a_file_of_another_kind_away(read) -> None:
    imported = read({"ci.yml": "services:\n  db:\n    image: postgres\nworkspace:\n  base: /go\n"})
    assert [(s.state, s.facts) for s in imported.sources] == [(SourceState.SKIPPED, 0)]
    assert imported.sources[0].reason == "is no compose file: top-level workspace"


def test_a_malformed_file_fails_alone(read) -> None:
    imported = read({"a/compose.yaml": "services: {web: [}", "b/compose.yaml": COMPOSE})
    assert [(s.path, s.state, s.facts) for s in imported.sources] == [
        ("a/compose.yaml", SourceState.FAILED, 0),
        ("b/compose.yaml", SourceState.ANALYSED, 1),
    ]
    assert imported.sources[0].reason
    assert all(len(s.digest) == 64 for s in imported.sources)
