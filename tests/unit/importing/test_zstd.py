"""Files packed with zstd are read like those packed with gzip, within the same bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from topoplan.errors import DocumentError
from topoplan.importing.sniffing import candidate
from topoplan.importing.workspace import Workspace

zstd = pytest.importorskip("backports.zstd", reason="only before Python 3.14")


def workspace(folder: Path, name: str, content: bytes) -> Workspace:
    (folder / name).write_bytes(content)
    return Workspace({".": folder})


def test_content_comes_unpacked(tmp_path: Path) -> None:
    text = b"a: 1\n" * 100_000
    space = workspace(tmp_path, "a.yaml.zst", zstd.compress(text) + zstd.compress(b"b: 2\n"))
    assert space.read_bytes("a.yaml.zst") == text + b"b: 2\n"
    with space.open_stream("a.yaml.zst") as stream:
        assert stream.read() == text + b"b: 2\n"
    assert candidate("a.yaml.zst", tmp_path / "a.yaml.zst").head == text[:4096]


def _wide_window() -> bytes:
    return zstd.compress(b"x" * 100, options={zstd.CompressionParameter.window_log: 30})


@pytest.mark.parametrize(
    ("content", "slug"),
    [
        (zstd.compress(bytes(64 * 2**20)), "gzip-bomb"),
        (zstd.compress(b"text " * 10_000)[:-3], "unreadable"),
        (b"\x28\xb5\x2f\xfd" + b"\xff" * 50, "unreadable"),
        (_wide_window()[:6] + b"\x90\x00", "unreadable"),
    ],
)  # fmt: skip
def test_bombs_and_damage_are_told(tmp_path: Path, content: bytes, slug: str) -> None:
    space = workspace(tmp_path, "a.json.zst", content)
    with pytest.raises(DocumentError) as caught:
        space.read_bytes("a.json.zst")
    assert caught.value.slug == slug
    with pytest.raises(DocumentError), space.open_stream("a.json.zst") as stream:
        stream.read()
