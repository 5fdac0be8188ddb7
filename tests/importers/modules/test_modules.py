"""Which folders hold programs, what they call themselves, what runs them."""

from __future__ import annotations

import pytest

from topoplan.importing.contract import Imported
from topoplan.model.facts import ModuleFact

POM = "<project><parent><artifactId>all</artifactId></parent><artifactId>{}</artifactId>{}</project>"
PARENT = "<project><artifactId>all</artifactId><packaging>pom</packaging></project>"
BOOT = "<build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>"


def found(imported: Imported) -> dict[str, tuple[tuple[str, ...], bool]]:
    return {f.folder: (f.names, f.deployable) for f in imported.facts if isinstance(f, ModuleFact)}


@pytest.mark.parametrize(
    ("files", "names", "deployable"),
    [
        ({"pom.xml": POM.format("cart-app", BOOT)}, ("cart-app", "cart"), True),
        ({"pom.xml": POM.format("cart-app", "")}, ("cart-app", "cart"), False),
        ({"build.gradle.kts": 'plugins { id("org.springframework.boot") }'}, ("cart",), True),
        ({"build.gradle": "", "settings.gradle": "rootProject.name = 'basket'"}, ("basket", "cart"), False),
        ({"package.json": '{"name": "@shop/basket", "scripts": {"start": "node ."}}'}, ("basket", "cart"), True),
        ({"go.mod": "module github.com/shop/basket/v2\n", "main.go": ""}, ("basket", "cart"), True),
        ({"Basket.Api.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"/>'}, ("Basket.Api", "cart"), True),
        ({"pyproject.toml": '[project]\nname = "basket"\n'}, ("basket", "cart"), False),
        ({"requirements.txt": "flask\n", "app.py": ""}, ("cart",), True),
        ({"Cargo.toml": '[package]\nname = "basket"\n', "src/main.rs": ""}, ("basket", "cart"), True),
        ({"composer.json": '{"name": "shop/basket"}', "artisan": "x"}, ("basket", "cart"), True),
        ({"mix.exs": "app: :basket,"}, ("basket", "cart"), False),
        ({"Gemfile": "gem 'rails'", "config.ru": ""}, ("cart",), True),
        ({"CMakeLists.txt": "add_executable(\n  Basket main.cpp)"}, ("Basket", "cart"), True),
        ({"Dockerfile": "FROM alpine\n"}, ("cart",), True),
        ({"docker/Dockerfile.prod": "FROM alpine\n"}, ("cart",), True),
        ({"Dockerfile": "FROM postgres:16\n"}, ("cart",), False),
        ({"src/main/resources/application.yml": "spring: {application: {name: basket}}"}, ("basket", "cart"), True),
        ({"pom.xml": POM.format("x", ""), "config/application.properties": "quarkus.application.name=basket"},
         ("basket", "x", "cart"), True),
    ],
)  # fmt: skip
def test_a_program(read, files, names, deployable):
    assert found(read({f"cart/{name}": content or "\n" for name, content in files.items()})) == {
        "cart": (names, deployable)
    }


def test_the_root_of_several_programs_is_none(read):
    files = {"pom.xml": PARENT, "package.json": '{"name": "shop"}', "Dockerfile": "FROM alpine\n"}
    files |= {f"{name}/pom.xml": POM.format(name, BOOT) for name in ("cart", "users")}
    assert found(read(files)) == {"cart": (("cart",), True), "users": (("users",), True)}


def test_the_root_may_be_the_one_program(read):
    assert found(read({"package.json": '{"name": "cart"}', "Dockerfile": "FROM node\n"})) == {".": (("cart",), True)}


def test_pages_and_second_images_belong_to_the_program_around_them(read):
    files = {
        "cart/pom.xml": POM.format("cart", BOOT),
        "cart/frontend/package.json": '{"name": "pages", "scripts": {"start": "x"}}',
        "cart/docker/debug/Dockerfile": "FROM alpine\n",
        "users/pom.xml": POM.format("users", BOOT),
    }
    assert sorted(found(read(files))) == ["cart", "users"]


def test_a_name_that_was_copied_means_nobody(read):
    files = {f"{name}/pom.xml": POM.format("template", BOOT) for name in ("cart", "users", "template")}
    names = {folder: told for folder, (told, _) in found(read(files)).items()}
    assert names == {"users": ("users",), "cart": ("cart",)}


def test_a_folder_that_only_says_which_part_it_is_takes_the_name_above(read):
    files = {"cart/src/cart.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"/>', "users/api/package.json": "{}"}
    assert found(read(files)) == {"cart/src": (("cart",), True), "users/api": (("users-api", "api"), False)}


def test_each_command_of_a_go_module_is_a_program(read):
    files = {f"hotel/cmd/{name}/main.go": "package main\n" for name in ("geo", "rate")}
    assert found(read({"hotel/go.mod": "module hotel\n", **files, "x/go.mod": "module x\n"})) == {
        "hotel/cmd/geo": (("geo",), True),
        "hotel/cmd/rate": (("rate",), True),
        "hotel": (("hotel",), False),
        "x": (("x",), False),
    }


def test_tests_examples_and_hidden_folders_are_left_out(read):
    files = {f"{folder}/pom.xml": POM.format("x", "") for folder in ("tests/x", "examples/x", ".tools/x", "docs")}
    assert sorted(found(read({**files, "cart/pom.xml": POM.format("cart", "")}))) == ["cart"]


@pytest.mark.parametrize(
    "name",
    [
        "pom.xml",
        "package.json",
        "pyproject.toml",
        "build.gradle",
        "Dockerfile",
        "go.mod",
        "application.yml",
        "a.csproj",
    ],
)
@pytest.mark.parametrize(
    "content", ["\n" * 300_000, "{" * 50_000, '<!DOCTYPE x [<!ENTITY a "b">]><x/>', "[]", "\xff\x00"]
)
def test_harm(read, name, content):
    imported = read({f"cart/{name}": content})
    assert [s.path for s in imported.sources] == [f"cart/{name}"]
