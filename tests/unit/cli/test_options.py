from __future__ import annotations

from pathlib import Path

import click
import pytest

from topoplan.cli.options import Inputs, cache_folder, period, request_of

NOTHING: Inputs = {
    "config": "",
    "importers": (),
    "exclude": (),
    "min_confidence": None,
    "since": None,
    "no_history": False,
    "no_source": False,
    "no_validate": False,
    "no_cache": True,
    "jobs": 0,
    "engine": "auto",
}


@pytest.mark.parametrize(("text", "days"), [("365d", 365), ("12w", 84), ("6m", 180), ("2y", 730), ("36500d", 36500)])
def test_period(text: str, days: int) -> None:
    assert period(text) == days


@pytest.mark.parametrize("text", ["", "d", "12", "0d", "-1d", "1.5y", "1 y", "101y", "9999999d", "٣d", "1d\n"])
def test_no_period(text: str) -> None:
    with pytest.raises(click.BadParameter):
        period(text)


def test_without_options_the_request_leaves_all_to_the_settings() -> None:
    from topoplan.analysis import Request

    assert request_of((), NOTHING) == Request()


def test_every_option_reaches_the_request(tmp_path: Path) -> None:
    from topoplan.analysis import Request

    said: Inputs = {
        "config": "c.yaml",
        "importers": ("compose",),
        "exclude": ("*.md",),
        "min_confidence": "high",
        "since": 30,
        "no_history": True,
        "no_source": True,
        "no_validate": True,
        "no_cache": False,
        "jobs": 3,
        "engine": "duckdb",
    }
    request = request_of(("a", "b"), said, {"TOPOPLAN_CACHE_DIR": str(tmp_path / "cache")})
    assert request == Request(
        paths=("a", "b"),
        config="c.yaml",
        importers=("compose",),
        exclude=("*.md",),
        min_confidence="high",
        history=False,
        since_days=30,
        source=False,
        validate_specs=False,
        cache_dir=str(tmp_path / "cache"),
        jobs=3,
        engine="duckdb",
    )


class TestCacheFolder:
    def test_the_first_that_is_said_wins(self, tmp_path: Path) -> None:
        own, xdg, home = (str(tmp_path / name) for name in ("own", "xdg", "home"))
        said = {"TOPOPLAN_CACHE_DIR": own, "XDG_CACHE_HOME": xdg, "HOME": home}
        assert cache_folder(said) == own
        assert cache_folder({**said, "TOPOPLAN_CACHE_DIR": ""}) == f"{xdg}/topoplan"
        assert cache_folder({"HOME": home, "XDG_CACHE_HOME": "relative"}) == f"{home}/.cache/topoplan"
        assert Path(own).is_dir()
        assert Path(own).stat().st_mode & 0o077 == 0

    def test_a_place_that_cannot_be_written_means_no_cache(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        assert cache_folder({"TOPOPLAN_CACHE_DIR": str(tmp_path / "file/below")}) == ""
        assert cache_folder({"TOPOPLAN_CACHE_DIR": str(tmp_path / "file")}) == ""
        assert cache_folder({"TOPOPLAN_CACHE_DIR": "/proc/nothing"}) == ""
        assert cache_folder({"TOPOPLAN_CACHE_DIR": "nul\0byte"}) == ""
