"""`topoplan explore` before the app runs: terminals, saved reports, watched files."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sample_report import REPORT

from topoplan.analysis import Request
from topoplan.cli.explore import require_terminal
from topoplan.cli.options import config_folder
from topoplan.cli.report_sources import AnalysedSource, SavedSource, is_saved_report, saved_report
from topoplan.errors import UsageError
from topoplan.reporting.report_json import report_document

COMPOSE = "services:\n  a:\n    image: a\n    environment:\n      B_URL: http://b:80\n  b:\n    image: b\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_at_every_stream_will_do() -> None:
    require_terminal((Terminal(), Terminal(), Terminal()), {"TERM": "xterm"})


@pytest.mark.parametrize(
    ("streams", "term"),
    [
        ((Terminal(), io.StringIO(), Terminal()), "xterm"),
        ((io.StringIO(), Terminal(), Terminal()), "xterm"),
        ((Terminal(), Terminal(), None), "xterm"),
        ((Terminal(), Terminal(), Terminal()), "dumb"),
    ],
)
def test_anything_else_is_refused(streams: tuple[io.StringIO | None, ...], term: str) -> None:
    with pytest.raises(UsageError) as caught:
        require_terminal(streams, {"TERM": term})
    assert caught.value.slug == "no-terminal"
    assert "topoplan gaps" in caught.value.hint


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_CONFIG_HOME": "/x"}, "/x/topoplan"),
        ({"XDG_CONFIG_HOME": "x", "HOME": "/h"}, "/h/.config/topoplan"),
        ({"HOME": "/h"}, "/h/.config/topoplan"),
    ],
)
def test_preferences_are_where_the_xdg_specification_says(environment: dict[str, str], folder: str) -> None:
    assert config_folder(environment) == Path(folder)


@pytest.fixture
def save(tmp_path: Path) -> Callable[[Any], str]:
    def write(document: Any) -> str:
        path = tmp_path / "report.json"
        path.write_text(json.dumps(document), "utf-8")
        return str(path)

    return write


def test_a_saved_report_comes_back_whole(save: Callable[[Any], str]) -> None:
    path = save(report_document(REPORT))
    assert is_saved_report(path)
    source = SavedSource(path)
    assert source.load(lambda _: None) == REPORT
    assert not source.can_reload
    assert not source.changed()
    os.utime(path, (1, 1))
    assert source.changed()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"format_version": 2}, "is not of format version 1, the one this topoplan reads"),
        ({"format": "topoplan/topology"}, "is no saved report"),
        ({"gaps": {"open": [{}]}}, "expected an object with"),
        ({"topology": []}, "expected dict, found list (#/topology)"),
    ],
)
def test_another_document_is_told_with_its_place(
    save: Callable[[Any], str], change: dict[str, object], told: str
) -> None:
    path = save({**report_document(REPORT), **change})
    with pytest.raises(UsageError) as caught:
        saved_report(path)
    assert caught.value.slug == "report-unusable"
    assert caught.value.where == path
    assert told in caught.value.message


def test_a_report_from_before_gaps_is_told_to_be_old(save: Callable[[Any], str]) -> None:
    document = report_document(REPORT)
    del document["gaps"]
    with pytest.raises(UsageError, match="written before reports told of gaps"):
        saved_report(save(document))


def test_texts_of_a_saved_report_are_made_safe(save: Callable[[Any], str]) -> None:
    report = saved_report(save({**report_document(REPORT), "system": "\x1b[31mred\u202e"}))
    assert report.system == "[31mred"


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b'{"format": "other"}'])
def test_other_files_are_no_saved_reports(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert not is_saved_report(str(path))
    assert not is_saved_report(str(tmp_path / "missing"))


def test_changes_of_inputs_are_seen_and_those_of_other_files_not(tmp_path: Path) -> None:
    compose = tmp_path / "compose.yaml"
    compose.write_text(COMPOSE, "utf-8")
    source = AnalysedSource(Request((str(tmp_path),), history=False), None)
    report = source.load(lambda _: None)
    assert {service.id for service in report.topology.services} == {"a", "b"}
    assert not source.changed()
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index.json").write_text("{}", "utf-8")
    (tmp_path / "picture.png").write_bytes(b"")
    assert not source.changed()
    os.utime(compose, ns=(1, 1))
    assert source.changed()
    source.load(lambda _: None)
    assert not source.changed()
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "openapi.yaml").write_text("openapi: 3.0.0\n", "utf-8")
    assert source.changed()
