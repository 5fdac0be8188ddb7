"""include, extends, overrides, env files: what one project is made of."""

from __future__ import annotations

from pathlib import Path

import pytest

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.model.facts import CallFact, ServiceFact, SourceState


def _services(imported: Imported) -> dict[str, ServiceFact]:
    return {f.party.name: f for f in imported.facts if isinstance(f, ServiceFact)}


def _calls(imported: Imported) -> set[tuple[str, str, str]]:
    return {(f.consumer.name, f.provider.name, f.evidence.rule) for f in imported.facts if isinstance(f, CallFact)}


def _slugs(imported: Imported) -> list[str]:
    return [n.slug for n in imported.notices]


APP = "services:\n  app:\n    image: app\n"


def test_the_process_environment_is_never_read(read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TARGET", "http://other:80")
    files = {"compose.yaml": APP + "    environment: {A_URL: $TARGET, TARGET: }\n  other: {image: x}\n"}
    assert _calls(read(files)) == set()


def test_configured_variables_win_over_the_env_file(read) -> None:
    files = {
        ".env": "TARGET=http://wrong:80\n",
        "compose.yaml": APP + "    environment: {A_URL: $TARGET}\n  right: {image: x}\n  wrong: {image: x}\n",
    }
    imported = read(files, ImportOptions(environment={"TARGET": "http://right:80"}))
    assert _calls(imported) == {("app", "right", "environment")}


def test_environment_wins_over_env_files_and_later_files_over_earlier(read) -> None:
    files = {
        "a.env": "ONE_URL=http://a\nTWO_URL=http://a\nTHREE_URL=http://a\n",
        "b.env": "TWO_URL=http://b\nTHREE_URL=http://b\n",
        "compose.yaml": APP
        + "    env_file: [a.env, b.env]\n    environment: {THREE_URL: 'http://c'}\n"
        + "  a: {image: x}\n  b: {image: x}\n  c: {image: x}\n",
    }
    imported = read(files)
    places = {f.provider.name: str(f.evidence.where) for f in imported.facts if isinstance(f, CallFact)}
    assert places == {"a": "a.env:1", "b": "b.env:1", "c": "compose.yaml:5"}


def test_a_required_variable_without_a_value_is_told(read) -> None:
    imported = read({"compose.yaml": "services:\n  app:\n    image: app:${TAG:?set the secret tag}\n"})
    (notice,) = imported.notices
    assert notice.slug == "compose-variable"
    assert "TAG" in notice.message
    assert "secret" not in notice.message


def test_extends_over_files_and_chains(read) -> None:
    files = {
        "compose.yaml": "services:\n  app:\n    extends: {file: base/mid.yaml, service: mid}\n  deep: {image: x}\n",
        "base/mid.yaml": "services:\n  mid:\n    extends: {file: low.yaml, service: low}\n    environment: {A: b}\n",
        "base/low.yaml": "services:\n  low:\n    image: postgres\n    build: ./code\n    environment: {DEEP_URL: 'http://deep'}\n",
    }
    imported = read(files)
    app = _services(imported)["app"]
    assert (app.image, app.folder) == ("postgres", "base/code")
    assert ("app", "deep", "environment") in _calls(imported)
    assert [(s.path, s.reason) for s in imported.sources] == [
        ("base/low.yaml", "extended by base/mid.yaml"),
        ("base/mid.yaml", "extended by compose.yaml"),
        ("compose.yaml", ""),
    ]


@pytest.mark.parametrize(
    "files",
    [
        {"compose.yaml": "services:\n  a: {image: x, extends: a}\n"},
        {"compose.yaml": "services:\n  a: {image: x, extends: b}\n  b: {image: y, extends: a}\n"},
        {
            "compose.yaml": "services:\n  a: {image: x, extends: {file: other.yaml, service: a}}\n",
            "other.yaml": "services:\n  a: {image: x, extends: {file: compose.yaml, service: a}}\n",
        },
        {"compose.yaml": "include: [compose.yaml]\nservices:\n  a: {image: x}\n"},
        {
            "compose.yaml": "include: [b/compose.yaml]\nservices:\n  a: {image: x}\n",
            "b/compose.yaml": "include: [../compose.yaml]\nservices:\n  b: {image: y}\n",
        },
    ],
)
def test_cycles_end_in_a_notice(files: dict[str, str], read) -> None:
    imported = read(files)
    assert "compose-cycle" in _slugs(imported)
    assert "a" in _services(imported)
    assert {s.state for s in imported.sources} == {SourceState.ANALYSED}


def test_long_chains_end(read) -> None:
    services = "".join(f"  s{i}: {{image: x, extends: s{i + 1}}}\n" for i in range(300))
    imported = read({"compose.yaml": f"services:\n{services}  s300: {{image: x}}\n"})
    assert len(_services(imported)) == 301


def test_a_flood_of_includes_ends(read) -> None:
    files = {
        f"f{i}.yaml": f"include: [f{i + 1}.yaml, f{i + 1}.yaml]\nservices:\n  s{i}: {{image: x}}\n" for i in range(40)
    }
    files["compose.yaml"] = "include: [f0.yaml]\nservices:\n  a: {image: x}\n"
    imported = read(files)
    assert "a" in _services(imported)
    assert "compose-flood" in _slugs(imported)


def test_included_projects_keep_their_own_folder_and_variables(read) -> None:
    files = {
        "compose.yaml": (
            "include:\n  - path: [sub/compose.yaml, sub/extra.yaml]\n    env_file: sub/own.env\n"
            "services:\n  web: {image: x, environment: {PAY_URL: 'http://pay'}}\n"
        ),
        "sub/compose.yaml": "services:\n  pay: {build: ., environment: {DB_HOST: $HOST}}\n  db: {image: mysql}\n",
        "sub/extra.yaml": "services:\n  pay: {environment: {MAIL_HOST: mail}}\n  mail: {image: x}\n",
        "sub/.env": "HOST=wrong\n",
        "sub/own.env": "HOST=db\n",
    }
    imported = read(files)
    assert _services(imported)["pay"].folder == "sub"
    assert {f.party.scope for f in imported.facts if isinstance(f, ServiceFact)} == {"."}
    assert _calls(imported) >= {
        ("web", "pay", "environment"),
        ("pay", "db", "environment"),
        ("pay", "mail", "environment"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "include: [../secret.yaml]\n",
        "include: [/etc/compose.yaml]\n",
        "include: [{path: link.yaml}]\n",
        "services:\n  a: {image: x, env_file: ../secret.env}\n",
        "services:\n  a: {image: x, env_file: [{path: /etc/passwd}]}\n",
        "services:\n  a: {image: x, extends: {file: ../secret.yaml, service: hidden}}\n",
        "services:\n  a: {image: x, secrets: [s]}\nsecrets: {s: {file: ../secret.env}}\n",
        "services:\n  a: {image: x, configs: [s]}\nconfigs: {s: {file: link.yaml}}\n",
    ],
)
def test_nothing_outside_the_root_is_read(text: str, read, tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("services:\n  hidden: {image: found-it, environment: {B_URL: 'http://b'}}\n")
    (tmp_path / "secret.env").write_text("B_URL=http://b:80/found-it\n")
    (tmp_path / "root").mkdir()
    (tmp_path / "root" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    imported = read({"compose.yaml": text + ("" if "services" in text else "services:\n  a: {image: x}\n")})
    assert "outside-root" in _slugs(imported)
    assert set(_services(imported)) == {"a"}
    assert "found-it" not in repr(imported)
    assert _calls(imported) == set()


def test_remote_files_are_not_fetched(read) -> None:
    text = "include:\n- https://example.com/compose.yaml\n- git@host:x/y.git\nservices:\n  a: {image: x}\n"
    assert _slugs(read({"compose.yaml": text})) == ["compose-remote", "compose-remote"]


@pytest.mark.parametrize(
    "service",
    [
        "[]",
        "text",
        "42",
        "true",
        "{image: [1], build: [2], environment: 3, depends_on: 4, links: {a: b}, ports: {a: b}, networks: 7}",
        "{image: {a: b}, environment: [[1], {a: b}, null], depends_on: [[], {}], ports: [[], {target: []}, 99999999]}",
        "{image: x, extends: [a], env_file: {a: b}, labels: [1, null], deploy: {labels: 3}, configs: {}}",
        "{image: x, build: {context: [], args: 7, dockerfile: {}}, networks: {n: {aliases: 3}}, secrets: 1}",
        "{image: x, hostname: {}, container_name: [], extra_hosts: 5, entrypoint: [[], {}], expose: {}}",
        "{image: x, command: {a: b}, profiles: {a: 1}, healthcheck: []}",
    ],
)
def test_wrong_types_never_raise(service: str, read) -> None:
    imported = read({"compose.yaml": f"services:\n  bad: {service}\n  good: {{image: postgres}}\n"})
    assert "good" in _services(imported)
    assert imported.sources[0].state is SourceState.ANALYSED


def test_a_service_that_is_no_mapping_is_told(read) -> None:
    imported = read({"compose.yaml": "services:\n  bad: text\n  good: {image: postgres}\n"})
    (notice,) = imported.notices
    assert (notice.slug, str(notice.where)) == ("compose-misfit", "compose.yaml:2")
    assert set(_services(imported)) == {"good"}


@pytest.mark.parametrize(
    "section",
    ["include: 7", "include: [[], {}, {path: {}}]", "configs: []", "secrets: {a: 1}", "configs: {a: {file: []}}"],
)
def test_wrong_top_level_types_never_raise(section: str, read) -> None:
    assert "a" in _services(read({"compose.yaml": f"{section}\nservices:\n  a: {{image: x}}\n"}))


def test_profiles_are_all_on_unless_chosen(read) -> None:
    text = "services:\n  a: {image: x}\n  b: {image: x, profiles: [debug]}\n  c: {image: x, profiles: [ci]}\n"
    assert set(_services(read({"compose.yaml": text}))) == {"a", "b", "c"}
    assert set(_services(read({"compose.yaml": text}, ImportOptions(profiles=("ci",))))) == {"a", "c"}


def test_an_override_joins_lists_and_replaces_commands(read) -> None:
    files = {
        "docker-compose.yml": (
            "services:\n  a:\n    image: x\n    command: run --x-url http://b\n"
            "    ports: ['1:1']\n    depends_on: [b]\n"
            "  b: {image: x}\n  c: {image: x}\n"
        ),
        "docker-compose.override.yml": (
            "services:\n  a:\n    image: y\n    command: [run]\n    ports: ['2:2']\n    depends_on: [c]\n"
        ),
    }
    imported = read(files)
    a = _services(imported)["a"]
    assert (a.image, a.ports) == ("y", (1, 2))
    assert _calls(imported) == {("a", "b", "depends-on"), ("a", "c", "depends-on")}


def test_nasty_names_are_cleaned(read) -> None:
    imported = read({"compose.yaml": 'services:\n  "we\\eb\\u202e":\n    image: "x\\a"\n    hostname: "h\\0"\n'})
    (service,) = _services(imported).values()
    assert service.party.name.isprintable()
    assert service.image.isprintable()
    assert all(a.isprintable() for a in service.aliases)


def test_a_shell_loop_before_the_program_waits_for_what_it_asks(read) -> None:
    loop = "until curl -s http://b:80/health; do sleep 1; done; exec ./a"
    imported = read({"compose.yaml": f"services:\n  a:\n    image: a\n    command: {loop}\n  b:\n    image: b\n"})
    assert _calls(imported) == {("a", "b", "wait-for")}


def test_labels_and_resource_attributes_tell_owner_and_criticality(read) -> None:
    imported = read(
        {
            "compose.yaml": "services:\n"
            "  pay:\n    image: pay\n    labels: {com.acme.team: billing, com.acme.tier: 1}\n"
            "  web:\n    image: web\n    labels: [tier=frontend]\n"
            "    environment: {OTEL_RESOURCE_ATTRIBUTES: 'service.criticality=low,team=x'}\n"
        }
    )
    told = {name: (f.owner, f.criticality) for name, f in _services(imported).items()}
    assert told == {"pay": ("billing", "critical"), "web": ("", "low")}
