from __future__ import annotations

from pathlib import Path
from typing import get_type_hints

import pytest

from topoplan.config import JourneySettings, ServiceSettings, Settings, TechniqueSettings, find_config, load_settings
from topoplan.config.settings import OneOf
from topoplan.errors import ConfigError
from topoplan.model.facts import NodeKind
from topoplan.model.place import Confidence
from topoplan.model.plan import Technique
from topoplan.model.risk import Mode


def load(tmp_path: Path, text: str | bytes) -> Settings:
    data = text.encode() if isinstance(text, str) else text
    (tmp_path / "topoplan.yaml").write_bytes(data)
    return load_settings("topoplan.yaml", tmp_path)


def refused(tmp_path: Path, text: str | bytes) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    return caught.value


def test_everything_that_can_be_said_arrives(tmp_path: Path) -> None:
    settings = load(
        tmp_path,
        """
system: shop
exclude: ["legacy/**"]
profiles: [dev]
environment: {TAG: "1.10"}
importers: [compose]
min_confidence: high
validate_specs: false
services:
  Orders:
    aliases: [order-svc]
    not_aliases: [orders-db]
    kind: gateway
    owner: team-a
    domain: sales
    criticality: critical
    ignore: true
journeys:
  checkout: {services: [gateway, orders], entry: POST /orders, criticality: money}
history: {enabled: false, since_days: 30, half_life_days: 10, bots: ["*-bot"], fix_words: [mend]}
risk: {mode_weights: {schema: 1, cascade: 0.5}, money_fields: [tariff]}
planning:
  min_value: 0.5
  techniques: {in_process: {hours: 3, seconds: 0.5, effects: {infrastructure: 0.9}}}
""",
    )
    assert settings.path == "topoplan.yaml"
    assert (settings.system, settings.exclude, settings.profiles) == ("shop", ("legacy/**",), ("dev",))
    assert settings.environment == {"TAG": "1.10"}
    assert (settings.importers, settings.min_confidence, settings.validate_specs) == (("compose",), "high", False)
    assert settings.services == {
        "Orders": ServiceSettings(
            aliases=("order-svc",),
            not_aliases=("orders-db",),
            kind="gateway",
            owner="team-a",
            domain="sales",
            criticality="critical",
            ignore=True,
        )
    }
    assert settings.journeys == {"checkout": JourneySettings(("gateway", "orders"), "POST /orders", "money")}
    assert (settings.history.enabled, settings.history.since_days, settings.history.half_life_days) == (False, 30, 10)
    assert (settings.history.bots, settings.history.fix_words) == (("*-bot",), ("mend",))
    assert settings.risk.mode_weights == {Mode.SCHEMA: 1.0, Mode.CASCADE: 0.5}
    assert settings.risk.money_fields == ("tariff",)
    assert settings.planning.min_value == 0.5
    assert settings.planning.techniques == {
        Technique.IN_PROCESS: TechniqueSettings(hours=3.0, seconds=0.5, effects={Mode.INFRASTRUCTURE: 0.9})
    }


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "{}\n", "services:\nhistory:\n", b"\xef\xbb\xbf{}"])
def test_saying_nothing_means_the_defaults(tmp_path: Path, text: str | bytes) -> None:
    assert load(tmp_path, text) == Settings(path="topoplan.yaml")


def test_no_file_means_the_defaults(tmp_path: Path) -> None:
    assert load_settings("", tmp_path) == Settings()


def test_a_service_without_settings_is_still_named(tmp_path: Path) -> None:
    assert load(tmp_path, "services:\n  orders:\n").services == {"orders": ServiceSettings()}


def test_paths_become_shown_paths(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/topoplan.yaml").write_text(
        "main_files: [./compose.yaml]\nservices: {a: {folders: [src/a, ../b], specs: [/abs/api.yaml], repository: .}}\n"
    )
    settings = load_settings("./shop//topoplan.yaml", tmp_path)
    assert settings.path == "shop/topoplan.yaml"
    assert settings.main_files == ("shop/compose.yaml",)
    service = settings.services["a"]
    assert service.folders == ("shop/src/a", "b")
    assert service.specs == ("/abs/api.yaml",)
    assert service.repository == "shop"


@pytest.mark.parametrize("path", ["a/b/topoplan.yaml", "{base}/a/b/topoplan.yaml"])
def test_patterns_bound_to_the_folder_of_the_file_are_seen_from_the_base(tmp_path: Path, path: str) -> None:
    (tmp_path / "a/b").mkdir(parents=True)
    (tmp_path / "a/b/topoplan.yaml").write_text('exclude: ["*.md", old/, /top.json, "x/**", "!x/keep"]\n')
    seen = load_settings(path.format(base=tmp_path), tmp_path)
    assert seen.exclude == ("*.md", "old/", "/a/b/top.json", "/a/b/x/**", "!/a/b/x/keep")
    inside = load_settings("topoplan.yaml", tmp_path / "a/b")
    assert inside.exclude == ("*.md", "old/", "/top.json", "x/**", "!x/keep")
    elsewhere = load_settings(str(tmp_path / "a/b/topoplan.yaml"), tmp_path / "a/b/c")
    assert elsewhere.exclude == inside.exclude


@pytest.mark.parametrize(
    ("text", "line", "slug", "message", "hint"),
    [
        ("\nsytem: x\n", 2, "config-unknown-key", "unknown key 'sytem'", "did you mean system?"),
        ("a: 1\nzzz: 1\n", 1, "config-unknown-key", "unknown key 'a'", "known are system, exclude"),
        ("services:\n  a:\n    alias: [b]\n", 3, "config-unknown-key", "services.a: unknown key 'alias'", "aliases?"),
        ("path: x\n", 1, "config-unknown-key", "unknown key 'path'", ""),
        ("risk:\n  mode_weights:\n    shema: 1\n", 3, "config-unknown-key", "unknown mode 'shema'", "schema?"),
        ("planning: {techniques: {e2: {}}}\n", 1, "config-unknown-key", "unknown technique 'e2'", "e2e?"),
        ("system: [x]\n", 1, "config-invalid", "system: expected text, found a list", ""),
        ("system: 1\n", 1, "config-invalid", "system: expected text, found a whole number", "put it in quotes"),
        ("exclude: x\n", 1, "config-invalid", "exclude: expected a list, found text", "[value]"),
        ("exclude:\n  - a\n  - {b: c}\n", 3, "config-invalid", "exclude[1]: expected text, found keys and values", ""),
        ("exclude: [~]\n", 1, "config-invalid", "exclude[0]: expected text, found nothing", ""),
        ("validate_specs: yes\n", 1, "config-invalid", "validate_specs: expected true or false, found text", ""),
        ("validate_specs: 1\n", 1, "config-invalid", "expected true or false, found a whole number", ""),
        ("history: {since_days: true}\n", 1, "config-invalid", "expected a whole number, found true or false", ""),
        ("history: {since_days: 1.5}\n", 1, "config-invalid", "expected a whole number, found a number", ""),
        ("history: {since_days: 0}\n", 1, "config-invalid", "expected 1 or more and at most 36500, found 0", ""),
        ("risk: {mode_weights: {schema: 1.1}}\n", 1, "config-invalid", "0 or more and at most 1, found 1.1", ""),
        ("planning: {techniques: {e2e: {hours: 0}}}\n", 1, "config-invalid", "expected above 0", ""),
        ("min_confidence: lo\n", 1, "config-invalid", "one of high, medium, low, found 'lo'", "did you mean low?"),
        ("services: [a]\n", 1, "config-invalid", "services: expected keys and values, found a list", ""),
        ("- a\n", 1, "config-invalid", "expected keys and values, found a list", ""),
        ("environment: {PASSWORD: [s3cret]}\n", 1, "config-invalid", "environment.PASSWORD: expected text", ""),
        ("a: 1\n---\nb: 1\n", 0, "config-invalid", "more than one YAML document", ""),
        ("services:\n  a: {aliases: [x, y], not_aliases: [X]}\n", 2, "config-invalid", "in both", ""),
        ("services:\n  a: {aliases: [x]}\n  b: {aliases: [X]}\n", 3, "config-invalid", "alias of a already", ""),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    tmp_path: Path, text: str, line: int, slug: str, message: str, hint: str
) -> None:
    error = refused(tmp_path, text)
    assert error.where == (f"topoplan.yaml:{line}" if line else "topoplan.yaml")
    assert error.slug == slug
    assert message in error.message
    assert hint in error.hint
    assert "s3cret" not in f"{error}{error.hint}"


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (b"a: [", "yaml-malformed"),
        (b"\xff\xfe\x00\xd8", "yaml-malformed"),
        (b"system: a\nsystem: b\n", "duplicate-key"),
        (b"[" * 40_000, "yaml-too-deep"),
    ],
)
def test_a_malformed_file_is_a_configuration_error(tmp_path: Path, data: bytes, slug: str) -> None:
    error = refused(tmp_path, data)
    assert error.slug == slug
    assert error.where.startswith("topoplan.yaml")


def test_control_characters_never_reach_a_message(tmp_path: Path) -> None:
    error = refused(tmp_path, '"\\e[31m\\u202ered": 1\n')
    assert "\x1b" not in str(error)
    assert "\u202e" not in str(error)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"nowhere\.yaml: there is no such file \[config-missing\]"):
        load_settings("nowhere.yaml", tmp_path)


def test_the_word_lists_are_those_of_the_model() -> None:
    def words(kind: type, name: str) -> tuple[str, ...]:
        (rule,) = get_type_hints(kind, include_extras=True)[name].__metadata__
        assert isinstance(rule, OneOf)
        return rule.words

    assert words(ServiceSettings, "kind") == tuple(kind.value for kind in NodeKind)
    assert words(Settings, "min_confidence") == tuple(level.value for level in Confidence)


class TestFind:
    def test_first_folder_given_then_the_current_one(self, tmp_path: Path) -> None:
        for folder in ("a", "b"):
            (tmp_path / folder).mkdir()
        assert find_config(["a", "b"], tmp_path) == ""
        (tmp_path / "topoplan.yaml").touch()
        (tmp_path / "b/topoplan.yaml").touch()
        assert find_config(["a", "b"], tmp_path) == "topoplan.yaml"
        (tmp_path / "a/topoplan.yml").touch()
        assert find_config(["a", "b"], tmp_path) == "a/topoplan.yml"
        (tmp_path / "a/topoplan.yaml").touch()
        assert find_config(["./a/", "b"], tmp_path) == "a/topoplan.yaml"

    def test_files_given_are_not_folders(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "a/topoplan.yaml").touch()
        (tmp_path / "compose.yaml").touch()
        assert find_config(["compose.yaml", "a"], tmp_path) == "a/topoplan.yaml"

    def test_a_folder_of_that_name_is_no_file(self, tmp_path: Path) -> None:
        (tmp_path / "topoplan.yaml").mkdir()
        assert find_config(["."], tmp_path) == ""

    def test_a_link_out_of_its_folder_must_be_named(self, tmp_path: Path) -> None:
        (tmp_path / "a").mkdir()
        (tmp_path / "elsewhere.yaml").write_text("system: x\n")
        (tmp_path / "a/topoplan.yaml").symlink_to(tmp_path / "elsewhere.yaml")
        with pytest.raises(ConfigError) as caught:
            find_config(["a"], tmp_path)
        assert caught.value.slug == "config-outside"
        assert load_settings("a/topoplan.yaml", tmp_path).system == "x"
