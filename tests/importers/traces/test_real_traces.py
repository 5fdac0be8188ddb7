"""Traces recorded from real systems; runs where TOPOPLAN_DATA names the folder that holds them."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from trace_files import IMPORTERS, NO_OPTIONS, calls, candidate

from topoplan.importing.contract import Imported
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState

DATA = Path(os.environ.get("TOPOPLAN_DATA", ""))
pytestmark = pytest.mark.skipif(
    "TOPOPLAN_DATA" not in os.environ, reason="TOPOPLAN_DATA names no folder of real traces"
)

BROKEN = {"multifile_malformed_traces.jsonl"}


def test_every_file_is_read_by_one_importer() -> None:
    index = (DATA / "traces" / "INDEX.tsv").read_text().splitlines()[1:]
    states = {}
    for row in index:
        kind, name = row.split("\t")[1], row.split("\t")[0]
        folder, file = (DATA / "traces" / name).parent, Path(name).name
        found = candidate(folder, file)
        claimants = [i for i in IMPORTERS if i.claims(found)]
        if kind == "?" and not claimants:
            continue
        (importer,) = claimants
        assert kind == "?" or kind.startswith(importer.name), name
        states[file] = importer.read([found], Workspace({".": folder}), NO_OPTIONS).sources[0].state
    assert {name for name, state in states.items() if state is not SourceState.ANALYSED} == BROKEN
    assert len(states) > 90


def real(folder: str, file: str) -> Imported:
    found = candidate(DATA / folder, file)
    (importer,) = (i for i in IMPORTERS if i.claims(found))
    return importer.read([found], Workspace({".": DATA / folder}), NO_OPTIONS)


@pytest.mark.parametrize("file", ["otlp.json", "jaeger.json"])
def test_online_boutique_shows_every_observed_edge(file: str) -> None:
    folder = "traces/converted/nezha-online-boutique"
    observed = json.loads((DATA / folder / "observed_edges.json").read_text())["edges"]
    assert sorted(calls(real(folder, file))) == sorted(map(tuple, observed))


def test_social_network_shows_nothing_but_true_edges() -> None:
    truth = json.loads((DATA / "truth" / "dsb-social-network.json").read_text())
    names = {alias: node["name"] for node in truth["nodes"] for alias in (node["name"], *(node.get("aliases") or ()))}
    found = real("traces/jaeger/dsb-social-network", "traces-1695947455229.json")
    edges = {(names[a], names[b]) for a, b in calls(found)}
    assert len(edges) == 11
    assert edges <= {(edge["from"], edge["to"]) for edge in truth["edges"]}
