"""Formats and places of one run."""

from __future__ import annotations

import io
from pathlib import Path
from typing import IO

import click
import pytest

from topoplan.cli.output import Look, Target, check_targets, parse_target, write_text
from topoplan.cli.terminal import Terminal
from topoplan.errors import OutputError, UsageError


class Stream(io.TextIOWrapper):
    """A captured standard stream that may say it is a terminal."""

    def __init__(self, *, terminal: bool = False, encoding: str = "utf-8") -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal

    def written(self) -> bytes:
        self.flush()
        buffer = self.buffer
        assert isinstance(buffer, io.BytesIO)
        return buffer.getvalue()


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("text", Target("text")),
        ("json=-", Target("json")),
        ("json=out.json", Target("json", "out.json")),
        ("json=a=b.json", Target("json", "a=b.json")),
    ],
)
def test_a_format_may_name_its_file(text: str, target: Target) -> None:
    assert parse_target(text, ("text", "json")) == target


@pytest.mark.parametrize("text", ["", "xml", "JSON", "json=", "=out"])
def test_what_is_no_format_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        parse_target(text, ("text", "json"))


def test_two_outputs_in_one_place_are_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="standard output") as caught:
        check_targets([Target("text"), Target("json")])
    assert caught.value.slug == "output-twice"
    (tmp_path / "link").symlink_to("out")
    with pytest.raises(UsageError):
        check_targets([Target("text", str(tmp_path / "out")), Target("json", str(tmp_path / "link"))])


def test_a_place_that_cannot_be_is_refused_before_any_work(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="is a folder"):
        check_targets([Target("text", str(tmp_path))])
    with pytest.raises(OutputError, match="folder does not exist"):
        check_targets([Target("text", str(tmp_path / "missing/out"))])


def test_pictures_do_not_go_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Stream(terminal=True))
    with pytest.raises(UsageError) as caught:
        check_targets([Target("png")], binary=["png"])
    assert caught.value.slug == "output-binary"
    check_targets([Target("svg")], binary=["png"])
    monkeypatch.setattr("sys.stdout", Stream())
    check_targets([Target("png")], binary=["png"])


def test_files_are_utf8_with_plain_newlines(tmp_path: Path) -> None:
    write_text(str(tmp_path / "out"), lambda out: out.writelines(["é\n", "\udcff\n"]))
    assert (tmp_path / "out").read_bytes() == "é\n\\udcff\n".encode()


@pytest.mark.parametrize(("person", "written"), [(False, "é→\n".encode()), (True, b"\xe9\\u2192\n")])
def test_only_a_persons_text_follows_the_locale(monkeypatch: pytest.MonkeyPatch, person: bool, written: bytes) -> None:
    stdout = Stream(encoding="latin-1")
    monkeypatch.setattr("sys.stdout", stdout)
    write_text("-", lambda out: out.writelines(["é→\n"]), person=person)
    assert stdout.written() == written


def test_nothing_is_printed_when_the_writer_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def half(out: IO[str]) -> None:
        out.write("half")
        raise ZeroDivisionError

    stdout = Stream()
    monkeypatch.setattr("sys.stdout", stdout)
    with pytest.raises(ZeroDivisionError):
        write_text("-", half)
    assert stdout.written() == b""


def _pages(out: IO[str], *, fail: bool = False) -> None:
    for number in range(1000):
        out.write(f"page {number} of ü\n")
    if fail:
        raise OutputError("late", slug="output-failed")


def test_what_is_too_large_for_memory_comes_out_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topoplan.cli.output._IN_MEMORY", 100)
    stdout = Stream()
    monkeypatch.setattr("sys.stdout", stdout)
    write_text("-", _pages)
    assert stdout.written().decode() == "".join(f"page {number} of ü\n" for number in range(1000))


def test_what_is_too_large_for_memory_comes_out_whole_or_not_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("topoplan.cli.output._IN_MEMORY", 100)
    stdout = Stream()
    monkeypatch.setattr("sys.stdout", stdout)
    with pytest.raises(OutputError, match="late"):
        write_text("-", lambda out: _pages(out, fail=True))
    assert stdout.written() == b""


def test_no_room_for_temporary_files_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("topoplan.cli.output._IN_MEMORY", 100)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "gone"))
    monkeypatch.setattr("sys.stdout", Stream())
    with pytest.raises(OutputError, match="temporary file: No such file"):
        write_text("-", _pages)


def test_a_closed_standard_output_is_an_output_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(OutputError, match="closed"):
        write_text("-", lambda out: None)


@pytest.mark.parametrize(
    ("wish", "environment", "terminal", "colored"),
    [
        ("auto", {}, True, True),
        ("auto", {}, False, False),
        ("auto", {"TERM": "dumb"}, True, False),
        ("auto", {"NO_COLOR": "1"}, True, False),
        ("auto", {"NO_COLOR": ""}, True, True),
        ("auto", {"NO_COLOR": "1", "FORCE_COLOR": "1"}, True, False),
        ("auto", {"FORCE_COLOR": "1"}, False, True),
        ("always", {"NO_COLOR": "1"}, False, True),
        ("never", {"FORCE_COLOR": "1"}, True, False),
    ],
)
def test_colour(wish: str, environment: dict[str, str], terminal: bool, colored: bool) -> None:
    assert Terminal(Stream(terminal=terminal), environment).color(wish) is colored


@pytest.mark.parametrize(
    ("environment", "width"),
    [({"COLUMNS": "120"}, 120), ({"COLUMNS": "0"}, 100), ({"COLUMNS": "wide"}, 100), ({}, 100)],
)
def test_width(environment: dict[str, str], width: int) -> None:
    assert Terminal(Stream(), environment).width() == width


def test_characters_follow_the_encoding() -> None:
    assert Terminal(Stream(), {}).unicode()
    assert not Terminal(Stream(encoding="latin-1"), {}).unicode()
    assert Terminal(None, {}).encoding() == "utf-8"


def test_a_file_is_coloured_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Stream(terminal=True))
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert Look().style("-").color
    assert not Look().style("report.txt").color
    assert Look(color="always").style("report.txt").color
    assert Look(width=70).style("report.txt").width == 70
