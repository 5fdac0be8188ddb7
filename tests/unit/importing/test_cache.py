import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from topoplan.importing import cache
from topoplan.importing.cache import Cache

KEY = "ab" * 32


def test_what_is_put_is_got(tmp_path: Path) -> None:
    Cache(tmp_path / "new").put("verdict-1", KEY, b"value")
    again = Cache(tmp_path / "new")
    assert again.get("verdict-1", KEY) == b"value"
    assert again.get("verdict-2", KEY) is None
    assert again.get("verdict-1", "cd" * 32) is None


def test_without_a_folder_nothing_is_kept() -> None:
    store = Cache(None)
    store.put("verdict", KEY, b"value")
    assert store.get("verdict", KEY) is None


@pytest.mark.parametrize("keep", [0, 10, 33])
def test_a_damaged_value_is_absent(tmp_path: Path, keep: int) -> None:
    Cache(tmp_path).put("verdict", KEY, b"value")
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    file.write_bytes(file.read_bytes()[:keep])
    assert Cache(tmp_path).get("verdict", KEY) is None


def test_a_full_disk_loses_the_value_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Cache(tmp_path)
    store.put("verdict", KEY, b"old")

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(cache.os, "replace", full)
    store.put("verdict", KEY, b"new")
    assert store.get("verdict", KEY) == b"old"
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [KEY]


def test_a_stop_while_writing_leaves_no_debris(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(cache.os, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        Cache(tmp_path).put("verdict", KEY, b"new")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_folder_that_cannot_be_made_is_no_error(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    store = Cache(tmp_path / "file" / "cache")
    store.put("verdict", KEY, b"value")
    assert store.get("verdict", KEY) is None


def test_concurrent_writers_leave_one_whole_value(tmp_path: Path) -> None:
    values = [bytes([i]) * 10_000 for i in range(20)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda value: Cache(tmp_path).put("verdict", KEY, value), values))
    assert Cache(tmp_path).get("verdict", KEY) in values
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(("kind", "key"), [("verdict", "../../x"), ("../x", KEY), ("verdict", ""), ("a/b", KEY)])
def test_a_key_cannot_leave_the_folder(tmp_path: Path, kind: str, key: str) -> None:
    with pytest.raises(ValueError, match="not a cache key"):
        Cache(tmp_path).get(kind, key)
    assert os.listdir(tmp_path) == []
