"""What goes wrong becomes words on stderr and an exit code, in one place."""

from __future__ import annotations

import errno
from collections.abc import Callable

import click
import pytest

from topoplan.cli.diagnostics import ExitCode, PipeClosedError, failed_sources, guarded
from topoplan.errors import ConfigError, NoInputError, OutputError, TopoplanError, UsageError
from topoplan.model.facts import Source, SourceState


def raising(error: BaseException) -> Callable[[], ExitCode]:
    def action() -> ExitCode:
        raise error

    return action


def test_the_codes_are_the_documented_ones() -> None:
    assert {code.name: int(code) for code in ExitCode} == {
        "FINE": 0,
        "GAPS": 1,
        "UNUSABLE": 2,
        "BUG": 3,
        "INTERRUPTED": 130,
        "PIPE_CLOSED": 141,
    }


@pytest.mark.parametrize("kind", [TopoplanError, UsageError, ConfigError, NoInputError, OutputError])
def test_what_the_user_can_mend(capsys: pytest.CaptureFixture[str], kind: type[TopoplanError]) -> None:
    error = kind("is\x1b[31m wrong", slug="some-slug", where="a.yaml:3", hint="mend it")
    assert guarded(raising(error)) is ExitCode.UNUSABLE
    assert capsys.readouterr() == ("", "error: a.yaml:3: is [31m wrong [some-slug]\nhint: mend it\n")


def test_no_hint_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    guarded(raising(UsageError("wrong", slug="s")))
    assert capsys.readouterr().err == "error: wrong [s]\n"


def test_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(click.UsageError("no such option"))) is ExitCode.UNUSABLE
    assert capsys.readouterr().err == "error: no such option [usage]\n"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), click.Abort()])
def test_interrupted(capsys: pytest.CaptureFixture[str], error: BaseException) -> None:
    assert guarded(raising(error)) is ExitCode.INTERRUPTED
    assert capsys.readouterr() == ("", "interrupted\n")


@pytest.mark.parametrize("error", [PipeClosedError(), BrokenPipeError()])
def test_a_closed_pipe_is_quiet(capsys: pytest.CaptureFixture[str], error: Exception) -> None:
    assert guarded(raising(error)) is ExitCode.PIPE_CLOSED
    assert capsys.readouterr() == ("", "")


def test_a_bug_keeps_its_traceback_without_locals(capsys: pytest.CaptureFixture[str]) -> None:
    def action() -> ExitCode:
        secret = "hunter2"
        raise ZeroDivisionError(f"\x1b]0;title {len(secret)}")

    assert guarded(action) is ExitCode.BUG
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Traceback (most recent call last):\n")
    assert "in action" in err
    assert err.splitlines()[-2] == "ZeroDivisionError:  ]0;title 7"
    assert err.splitlines()[-1].startswith("error: this is a bug in topoplan")
    assert "\x1b" not in err
    assert "hunter2" not in err.replace('secret = "hunter2"', "")


def test_deep_recursion_is_shown_as_a_bug(capsys: pytest.CaptureFixture[str]) -> None:
    def deeper() -> ExitCode:
        return deeper()

    assert guarded(deeper) is ExitCode.BUG
    assert "RecursionError" in capsys.readouterr().err


def test_a_full_disk_under_click_is_no_bug(capsys: pytest.CaptureFixture[str]) -> None:
    assert guarded(raising(OSError(errno.ENOSPC, "No space left on device"))) is ExitCode.UNUSABLE
    assert capsys.readouterr().err == "error: cannot write the output: no space left [output-failed]\n"


class TestFailedSources:
    @staticmethod
    def source(path: str, state: SourceState) -> Source:
        return Source(path, state)

    def test_nothing_failed(self) -> None:
        sources = [self.source("a", SourceState.ANALYSED), self.source("b", SourceState.SKIPPED)]
        assert failed_sources(sources, ["a", "b"]) == ("", ExitCode.FINE)

    def test_the_rest_was_analysed(self) -> None:
        sources = [
            self.source("b", SourceState.FAILED),
            self.source("a", SourceState.ANALYSED),
            self.source("skipped", SourceState.SKIPPED),
        ]
        assert failed_sources(sources, ["."]) == (
            "warning: 1 of 2 files failed to load (b) [failed-sources]",
            ExitCode.FINE,
        )

    def test_many_are_counted(self) -> None:
        sources = [self.source(f"f{n}", SourceState.FAILED) for n in range(5)]
        text, _ = failed_sources(sources, ())
        assert text == "warning: 5 of 5 files failed to load (f0, f1, f2 and 2 more) [failed-sources]"

    def test_a_file_given_by_name_must_not_fail(self) -> None:
        sources = [self.source("a", SourceState.ANALYSED), self.source("b", SourceState.FAILED)]
        assert failed_sources(sources, ["a", "b"]) == (
            "error: 1 of 2 files failed to load (b) [failed-sources]",
            ExitCode.UNUSABLE,
        )
        assert failed_sources(sources, ["a"])[1] is ExitCode.FINE
