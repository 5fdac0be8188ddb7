"""The worked cases of specs/cases: what the model says of each small system, derived by hand before it was run."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from running import ROOT

from topoplan.analysis import Request, analyse, plan
from topoplan.model.plan import Choice, Plan, Recommendation

CASES = ROOT / "specs" / "cases"
FOLDERS = sorted(path.parent for path in CASES.glob("*/expected.yaml"))
SECTIONS = ("tests", "not", "scopes", "cases", "skips")


def expected(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((folder / "expected.yaml").read_text("utf-8"))
    return loaded


@cache
def planned(folder: Path) -> Plan:
    """The plan of the system in a folder; with a `choice` what is worth writing next, after the tests that exist."""
    request = Request(paths=(folder.name,), base=str(CASES))
    choice = expected(folder).get("choice")
    return (analyse(request) if choice is None else plan(request, Choice(**choice))).plan


def claims() -> Iterator[Any]:
    for folder in FOLDERS:
        said = expected(folder)
        for section in SECTIONS:
            items = said[section]
            for key in range(len(items)) if isinstance(items, list) else items:
                yield pytest.param(folder, section, key, id=f"{folder.name}-{section}-{key}")


def find(folder: Path, name: str) -> Recommendation:
    found = {test.id: test for test in planned(folder).tests}
    assert name in found, f"not among {', '.join(found)}"
    return found[name]


@pytest.mark.parametrize(("folder", "section", "key"), claims())
def test_the_plan_is_what_the_model_page_leads_to(folder: Path, section: str, key: Any) -> None:
    said = expected(folder)[section][key]
    if section == "tests":
        assert find(folder, key).reason
    elif section == "not":
        assert key not in {test.id for test in planned(folder).tests}
    elif section == "scopes":
        scope = find(folder, key).scope
        assert list(scope.services) == said["services"]
        assert list(scope.resources) == said["resources"]
        assert {stub.service: stub.source for stub in scope.stubs} == said["stubs"]
    elif section == "cases":
        assert set(said["scenarios"]) <= {case.scenario for case in find(folder, key).cases}
    else:
        found = [s for s in planned(folder).skips if s.subject == said["subject"] and said["says"] in s.reason]
        assert [s for s in found if s.technique == said.get("technique", "")], planned(folder).skips


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_expectation_has_its_reason(folder: Path) -> None:
    said = expected(folder)
    assert said["about"]
    assert all(said["tests"].values())
    assert all(said["not"].values())
    assert all(one["because"] for one in (*said["scopes"].values(), *said["cases"].values(), *said["skips"]))


def test_there_are_enough_cases_to_trust() -> None:
    assert len(FOLDERS) >= 12
