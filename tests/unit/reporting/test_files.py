"""Files appear whole or not at all, whatever happens meanwhile."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from topoplan.errors import OutputError
from topoplan.reporting.files import replacing

OLD, NEW = b"old\n", b"new\n" * 100_000


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def write(path: Path, data: bytes) -> None:
    with replacing(str(path)) as stream:
        stream.write(data)


def run(code: str, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", textwrap.dedent(code), *args], capture_output=True, text=True)


def test_a_new_file_gets_what_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        write(tmp_path / "out", NEW)
    finally:
        os.umask(before)
    assert (tmp_path / "out").read_bytes() == NEW
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o640
    assert names(tmp_path) == ["out"]


def test_an_old_file_keeps_its_permissions(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(OLD)
    (tmp_path / "out").chmod(0o604)
    write(tmp_path / "out", NEW)
    assert (tmp_path / "out").read_bytes() == NEW
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o604


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").write_bytes(OLD)
    (tmp_path / "link").symlink_to("real")
    write(tmp_path / "link", NEW)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == NEW


def test_a_name_of_full_length_can_be_written(tmp_path: Path) -> None:
    write(tmp_path / ("x" * 255), NEW)
    assert names(tmp_path) == ["x" * 255]


def test_devices_are_written_directly() -> None:
    write(Path("/dev/null"), NEW)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failing_writer_leaves_the_old_file_alone(tmp_path: Path, error: type[BaseException]) -> None:
    (tmp_path / "out").write_bytes(OLD)

    def fail() -> None:
        with replacing(str(tmp_path / "out")) as stream:
            stream.write(NEW)
            raise error

    with pytest.raises(error):
        fail()
    assert (tmp_path / "out").read_bytes() == OLD
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("target", ["missing/out", "."])
def test_an_impossible_place_is_an_output_error(tmp_path: Path, target: str) -> None:
    with pytest.raises(OutputError) as caught:
        write(tmp_path / target, NEW)
    assert caught.value.slug == "output-failed"


def test_a_protected_file_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "out").write_bytes(OLD)
    monkeypatch.setattr("os.access", lambda *_: False)  # permissions as such do not bind root
    with pytest.raises(OutputError, match="write-protected"):
        write(tmp_path / "out", NEW)
    assert (tmp_path / "out").read_bytes() == OLD


def test_a_full_disk_leaves_the_old_file_whole(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(OLD)
    done = run(
        """
        import resource, sys
        from topoplan.reporting.files import replacing
        from topoplan.errors import OutputError
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
        try:
            with replacing(sys.argv[1]) as stream:
                stream.write(b"x" * 1_000_000)
        except OutputError as error:
            print(error)
        """,
        str(tmp_path / "out"),
    )
    assert "cannot be written: File too large [output-failed]" in done.stdout
    assert done.stderr == ""
    assert (tmp_path / "out").read_bytes() == OLD
    assert names(tmp_path) == ["out"]


def test_a_kill_in_the_middle_leaves_the_old_file_whole(tmp_path: Path) -> None:
    (tmp_path / "out").write_bytes(OLD)
    done = run(
        """
        import os, signal, sys
        from topoplan.reporting.files import replacing
        with replacing(sys.argv[1]) as stream:
            stream.write(b"half")
            stream.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        """,
        str(tmp_path / "out"),
    )
    assert done.returncode == -signal.SIGKILL
    assert (tmp_path / "out").read_bytes() == OLD


def test_two_writers_at_once_leave_one_whole_file(tmp_path: Path) -> None:
    both = threading.Barrier(2)

    def slowly(letter: bytes) -> None:
        with replacing(str(tmp_path / "out")) as stream:
            both.wait(timeout=10)
            stream.write(letter * 200_000)
            both.wait(timeout=10)

    writers = [threading.Thread(target=slowly, args=(letter,)) for letter in (b"a", b"b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (tmp_path / "out").read_bytes() in (b"a" * 200_000, b"b" * 200_000)
    assert names(tmp_path) == ["out"]
