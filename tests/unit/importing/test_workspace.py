import gzip
import hashlib
import os
import tracemalloc
from collections import deque
from pathlib import Path

import pytest

from topoplan.errors import DocumentError
from topoplan.importing import files, workspace
from topoplan.importing.workspace import Workspace


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "secret.yaml").write_text("password: hunter2")
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.yaml").write_text("a: 1\nb: 2\n")
    (folder / "sub" / "b.json").write_text('{"b": 1}')
    return folder


def slug_of(space: Workspace, path: str) -> str:
    with pytest.raises(DocumentError) as caught:
        space.read_bytes(path)
    assert "hunter2" not in str(caught.value)
    assert str(Path.cwd()) not in caught.value.message
    return caught.value.slug


@pytest.mark.parametrize("shown", [".", "typed/root", "../up", "/abs/root"])
def test_files_are_named_by_the_root_as_typed(root: Path, shown: str) -> None:
    space = Workspace({shown: root})
    prefix = "" if shown == "." else f"{shown}/"
    assert space.read_bytes(f"{prefix}a.yaml") == b"a: 1\nb: 2\n"
    assert space.yaml(f"{prefix}a.yaml").value == {"a": 1, "b": 2}
    assert space.names(shown) == ("a.yaml", "sub")
    assert space.is_dir(f"{prefix}sub")
    assert space.is_file(f"{prefix}sub/b.json")


def test_a_file_can_be_a_root_and_opens_nothing_beside_it(root: Path) -> None:
    space = Workspace({"x/a.yaml": root / "a.yaml"})
    assert space.read_bytes("x/a.yaml")
    assert slug_of(space, "x/sub/b.json") == "outside-root"
    assert space.join("x/a.yaml", "sub/b.json") is None


def test_the_longest_root_names_a_file(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "f").write_text(name)
    (tmp_path / "one" / "in").mkdir()
    (tmp_path / "one" / "in" / "f").write_text("hidden")
    space = Workspace({"r": tmp_path / "one", "r/in": tmp_path / "two"})
    assert (space.read_bytes("r/f"), space.read_bytes("r/in/f")) == (b"one", b"two")


class TestNothingOutside:
    @pytest.mark.parametrize("path", ["../secret.yaml", "sub/../../secret.yaml", "/etc/passwd", "../root2/x"])
    def test_by_path(self, root: Path, path: str) -> None:
        assert slug_of(Workspace({".": root}), path) == "outside-root"

    @pytest.mark.parametrize("path", ["link.yaml", "up/secret.yaml", "sub/chain.yaml", "broken"])
    def test_by_link(self, root: Path, path: str) -> None:
        (root / "link.yaml").symlink_to(root.parent / "secret.yaml")
        (root / "up").symlink_to(root.parent)
        (root / "sub" / "chain.yaml").symlink_to(root / "link.yaml")
        (root / "broken").symlink_to(root.parent / "nothing")
        space = Workspace({"r": root})
        assert slug_of(space, f"r/{path}") == "outside-root"
        assert not space.is_file(f"r/{path}")
        assert space.join("r/a.yaml", path) is None
        for read in (space.digest, space.open_stream, space.yaml_all, space.json, space.document):
            with pytest.raises(DocumentError):
                read(f"r/{path}")

    def test_by_a_link_put_in_place_after_the_check(self, root: Path) -> None:
        real = Workspace({".": root}).real("a.yaml")
        real.unlink()
        real.symlink_to(root.parent / "secret.yaml")
        with pytest.raises(DocumentError):
            files.open_regular(real, "a.yaml")

    def test_links_that_stay_inside_are_followed(self, root: Path) -> None:
        (root / "inside.yaml").symlink_to("a.yaml")
        assert Workspace({".": root}).read_bytes("inside.yaml") == b"a: 1\nb: 2\n"

    @pytest.mark.parametrize("path", ["loop", "a\0b", "x" * 5000, "a.yaml/x", "missing"])
    def test_unusable_paths_are_unreadable(self, root: Path, path: str) -> None:
        (root / "loop").symlink_to("loop")
        space = Workspace({".": root})
        assert slug_of(space, path) == "unreadable"
        assert not space.is_file(path)
        assert not space.is_dir(path)
        assert space.names(path) == ()


def test_special_files_are_never_opened(root: Path) -> None:
    os.mkfifo(root / "pipe.yaml")
    space = Workspace({".": root})
    assert slug_of(space, "pipe.yaml") == "not-a-file"
    assert slug_of(space, "sub") == "not-a-file"
    assert not space.is_file("pipe.yaml")


def test_the_systems_reason_is_told(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(*_: object) -> int:
        raise PermissionError(13, "Permission denied", "/absolute/path")

    monkeypatch.setattr(files.os, "open", denied)
    with pytest.raises(DocumentError) as caught:
        Workspace({".": root}).read_bytes("a.yaml")
    assert str(caught.value) == "a.yaml: cannot be read: Permission denied [unreadable]"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_an_error(root: Path) -> None:
    (root / "a.yaml").chmod(0)
    assert slug_of(Workspace({".": root}), "a.yaml") == "unreadable"


class TestJoin:
    @pytest.mark.parametrize(
        ("base", "relative", "joined"),
        [
            ("a.yaml", "sub/b.json", "sub/b.json"),
            ("sub/b.json", "../a.yaml", "a.yaml"),
            ("sub/", "./b.json", "sub/b.json"),
            ("sub/b.json", "missing.yaml", "sub/missing.yaml"),
            ("sub/b.json", "../../secret.yaml", None),
            ("a.yaml", "/etc/passwd", None),
            ("a.yaml", "x\0y", None),
        ],
    )
    def test_relative_references(self, root: Path, base: str, relative: str, joined: str | None) -> None:
        assert Workspace({".": root}).join(base, relative) == joined


class TestGzip:
    def test_content_is_unzipped_also_of_several_members(self, root: Path) -> None:
        (root / "z.yaml.gz").write_bytes(gzip.compress(b"a: 1\n") + gzip.compress(b"b: 2\n"))
        space = Workspace({".": root})
        assert space.yaml("z.yaml.gz").value == {"a": 1, "b": 2}
        with space.open_stream("z.yaml.gz") as stream:
            assert list(stream) == [b"a: 1\n", b"b: 2\n"]

    def test_a_bomb_is_refused_with_bounded_memory(self, root: Path) -> None:
        (root / "bomb.json.gz").write_bytes(gzip.compress(bytes(64 * 2**20)))
        space = Workspace({".": root})
        tracemalloc.start()
        try:
            with space.open_stream("bomb.json.gz") as stream, pytest.raises(DocumentError) as caught:
                deque(iter(lambda: stream.read(2**16), b""), maxlen=1)
            assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
        finally:
            tracemalloc.stop()
        assert caught.value.slug == "gzip-bomb"

    def test_the_ratio_is_what_makes_a_bomb(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "GZIP_ALLOWANCE", 2**20)
        (root / "bomb.gz").write_bytes(gzip.compress(bytes(20 * 2**20)))
        (root / "fine.gz").write_bytes(gzip.compress(os.urandom(2**16) * 20))
        space = Workspace({".": root})
        assert slug_of(space, "bomb.gz") == "gzip-bomb"
        assert len(space.read_bytes("fine.gz")) == 20 * 2**16

    def test_a_file_too_large_for_memory_can_be_streamed(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(files, "MAX_BYTES", 1000)
        content = b"0123456789" * 200
        (root / "plain").write_bytes(content)
        (root / "zipped").write_bytes(gzip.compress(content))
        space = Workspace({".": root})
        for path in ("plain", "zipped"):
            assert slug_of(space, path) == "too-large"
            with space.open_stream(path) as stream:
                assert stream.read() == content

    @pytest.mark.parametrize("keep", [1, 2, 5, 12, 400])
    def test_a_cut_file_is_unreadable(self, root: Path, keep: int) -> None:
        (root / "cut.gz").write_bytes(gzip.compress(os.urandom(1000))[:keep])
        space = Workspace({".": root})
        if keep < 2:
            assert space.read_bytes("cut.gz") == b"\x1f"
            return
        assert slug_of(space, "cut.gz") == "unreadable"
        with pytest.raises(DocumentError), space.open_stream("cut.gz") as stream:
            stream.read()

    def test_a_wrong_checksum_is_unreadable(self, root: Path) -> None:
        whole = gzip.compress(b"a: 1")
        (root / "bad.gz").write_bytes(whole[:-8] + b"\0" * 4 + whole[-4:])
        assert slug_of(Workspace({".": root}), "bad.gz") == "unreadable"


class TestDocuments:
    @pytest.mark.parametrize(
        ("name", "content", "value"),
        [
            ("x", b'{"a": "\\ud83d\\ude00"}', {"a": "😀"}),
            ("x.yaml", b"{a: 1, b: [2]}", {"a": 1, "b": [2]}),
            ("x.yaml", b"a: 1\n---\nb: 2\n", {"a": 1}),
            ("x.yml", b"", None),
            ("x.json", b'\xef\xbb\xbf[1]', [1]),
        ],
    )  # fmt: skip
    def test_yaml_and_json_are_told_apart(self, root: Path, name: str, content: bytes, value: object) -> None:
        (root / name).write_bytes(content)
        assert Workspace({".": root}).document(name).value == value

    def test_a_file_named_json_is_strict_json(self, root: Path) -> None:
        (root / "x.json").write_bytes(b'{"a": NaN}')
        with pytest.raises(DocumentError) as caught:
            Workspace({".": root}).document("x.json")
        assert caught.value.slug == "json-malformed"

    def test_a_document_is_parsed_once(self, root: Path) -> None:
        space = Workspace({".": root})
        assert space.yaml("a.yaml").value is space.yaml_all("a.yaml")[0].value

    def test_what_is_remembered_is_bounded(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(workspace, "_MEMO_BYTES", 25)
        for name in ("1", "2", "3"):
            (root / name).write_text("[1,2,3,4]\n")
        space = Workspace({".": root})
        first, third = space.yaml("1").value, [space.yaml(name).value for name in ("2", "3")][1]
        assert space.yaml("3").value is third
        assert space.yaml("1").value is not first


def test_the_digest_is_of_the_stored_bytes(root: Path) -> None:
    zipped = gzip.compress(b"a: 1")
    (root / "z.gz").write_bytes(zipped)
    assert Workspace({".": root}).digest("z.gz") == hashlib.sha256(zipped).hexdigest()
