"""Specifications are told by content."""

import json

import pytest

from topoplan.importing.contract import Candidate, InterfaceReader
from topoplan_importers.openapi import OpenApiImporter
from topoplan_importers.openapi.detect import version_of

FILLER = {f"Schema{i}": {"type": "object", "description": "x" * 60} for i in range(100)}


def claims(content: str | bytes, name: str = "anything.txt") -> bool:
    data = content.encode() if isinstance(content, str) else content
    return OpenApiImporter().claims(Candidate(name, name, len(data), data[:4096]))


def test_it_also_reads_single_versions() -> None:
    assert isinstance(OpenApiImporter(), InterfaceReader)


@pytest.mark.parametrize(
    "content",
    [
        "openapi: 3.0.3\ninfo: {}\n",
        "openapi: '3.1.0'\n",
        'openapi: "3.2.0" # the newest\n',
        "openapi: 3.1\n",
        "swagger: '2.0'\n",
        "swagger: 2.0\n",
        "# a comment\n---\ninfo:\n  title: x\nopenapi: 3.0.0\n",
        "\ufeffopenapi: 3.0.0\n",
        "openapi: 3.0.0\r\ninfo: {}\r\n",
        '"openapi": "3.0.0"\n',
        '{"swagger": "2.0"}',
        '{"info": {"title": "x", "openapi": "no"}, "openapi": "3.1.0"}',
        "{openapi: 3.0.0, info: {}}",
        json.dumps({"components": {"schemas": FILLER}, "openapi": "3.0.0"}),
        "components:\n  schemas:\n" + "".join(f"    S{i}: {{type: object}}\n" for i in range(400)) + "openapi: 3.0.0\n",
        "openapi: 3.0.0\n".encode("utf-16"),
    ],
)
def test_specifications_are_claimed(content: str | bytes) -> None:
    assert claims(content)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "services: {web: {image: x}}\n",
        "asyncapi: 3.0.0\ninfo: {}\n",
        "openapi: get /users\n",
        "swagger: '1.2'\n",
        "openapi: 4.0.0\n",
        "# Guide\n\nWrite this:\n\nopenapi: 3.0.0\n",
        "data:\n  openapi: 3.0.0\n",
        '{"data": {"openapi": "3.0.0"}}',
        '["openapi", "3.0.0"]',
        '{"info": {"title": "short"}, "paths": {}}',
        json.dumps({"info": {"name": "postman"}, "item": [], "more": "x" * 5000}),
        json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "definitions": FILLER}),
        b"\x00\xff\xfe\x80 openapi",
    ],
)
def test_other_files_are_not(content: str | bytes) -> None:
    assert not claims(content, "openapi.yaml")


@pytest.mark.parametrize(
    ("root", "version"),
    [
        ({"openapi": "3.0.3"}, "3.0"),
        ({"openapi": 3.1}, "3.1"),
        ({"openapi": "3.2.0-rc1"}, "3.2"),
        ({"openapi": 3}, "3.0"),
        ({"swagger": 2.0}, "2.0"),
        ({"swagger": "2"}, "2.0"),
        ({"openapi": True}, None),
        ({"openapi": ["3.0.0"]}, None),
        ({}, None),
        ([], None),
        (None, None),
    ],
)
def test_the_version_is_read_from_the_root(root: object, version: str | None) -> None:
    assert version_of(root) == version
