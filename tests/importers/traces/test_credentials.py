"""Credentials in traced URLs reach no operation, also when they are not escaped."""

import pytest

from topoplan_importers.traces.hosts import path_of_url
from topoplan_importers.traces.paths import tidy


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("http://u:p4/t41l@db/x", "/"),
        ("http://u:s3cr3t@db:80/users/8", "/users/8"),
        ("http://users:8080/by-mail/a@b.example", "/by-mail/a@b.example"),
        ("http://[::1]:8080/users", "/users"),
        ("http://users/npm/vue@3", "/npm/vue@3"),
        ("http://users?token=s3cr3t", "/"),
    ],
)
def test_paths_of_urls(url: str, path: str) -> None:
    assert path_of_url(url) == path


@pytest.mark.parametrize("name", ["GET http://u:p4/t41l@db/x", "GET http://u:t41l@db/x", "GET http://db/x?t41l"])
def test_span_names_lose_hosts_and_credentials(name: str) -> None:
    assert tidy(name) == "GET /x"
