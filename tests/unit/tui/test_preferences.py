"""What is kept between runs, and files that cannot be used."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from topoplan.errors import ConfigError, OutputError
from topoplan.tui.preferences import Preferences


def test_filters_and_theme_come_back(tmp_path: Path) -> None:
    kept = Preferences(tmp_path / "a" / "b")
    assert (kept.filters("gaps"), kept.theme(), kept.keys()) == ({}, "", {})
    kept.save_filter("gaps", "mine", "risk:>60 ü")
    kept.save_filter("gaps", "an other", "x")
    kept.save_filter("drift", "mine", "y")
    kept.save_theme("no-colour")
    again = Preferences(tmp_path / "a" / "b")
    assert list(again.filters("gaps").items()) == [("an other", "x"), ("mine", "risk:>60 ü")]
    assert again.theme() == "no-colour"
    again.save_filter("gaps", "mine", "")
    assert again.filters("gaps") == {"an other": "x"}


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"a": 1}', b"\xff", b"[" * 100_000])
def test_a_file_that_is_no_object_of_texts_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "keys.json").write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        Preferences(tmp_path).keys()
    assert caught.value.slug == "preferences-invalid"
    assert caught.value.where.endswith("keys.json")


def test_texts_are_made_safe(tmp_path: Path) -> None:
    (tmp_path / "filters-gaps.json").write_text('{"a\\u001b[31m": "b\\u202e"}', "utf-8")
    assert Preferences(tmp_path).filters("gaps") == {"a [31m": "b"}


def test_without_a_folder_nothing_is_kept() -> None:
    with pytest.raises(OutputError):
        Preferences(None).save_theme("x")
    assert Preferences(None).theme() == ""


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(OutputError, match="cannot be made"):
        Preferences(tmp_path / "x").save_theme("y")
