"""Every edge of generated traces, as the generator counted it, is in the facts of all three formats."""

from __future__ import annotations

from pathlib import Path

import pytest
from edge_tables import Edge, differences, found_in_facts
from generated_formats import FORMATS
from generated_traces import Written, write
from trace_files import IMPORTERS, NO_OPTIONS, candidate

from topoplan.importing.contract import Imported
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import SourceState

SPANS = 2000


@pytest.fixture(params=sorted(FORMATS))
def written(request: pytest.FixtureRequest, tmp_path: Path) -> Written:
    return write(tmp_path / "traces.json", request.param, SPANS)


def imported(file: Path) -> Imported:
    claimed = candidate(file.parent, file.name)
    (importer,) = (i for i in IMPORTERS if i.claims(claimed))
    return importer.read([claimed], Workspace({".": file.parent}), NO_OPTIONS)


def test_facts_are_the_generators_table(written: Written) -> None:
    found = imported(written.path)
    assert list(differences(written.table, found_in_facts(found.facts))) == []
    assert found.notices == ()
    (source,) = found.sources
    assert (source.state, source.reason) == (SourceState.ANALYSED, "")


def test_generated_traces_hold_every_kind_of_edge(written: Written) -> None:
    kinds = {(edge.style, edge.protocol) for edge in written.table}
    resources = {("resource", name) for name in ("postgresql", "redis", "mongodb", "kafka", "amqp")}
    assert kinds == {("sync", "http"), ("sync", "grpc"), ("message", "kafka"), ("message", "amqp"), *resources}
    assert {"legacy-billing", "api.cardpartner.com", "store-01", "kafka-0"} <= {edge.provider for edge in written.table}
    assert written.spans >= SPANS
    assert any(tally.errors for tally in written.table.values())
    assert all(edge.consumer != edge.provider for edge in written.table)


def test_the_comparison_tells_what_is_missing_too_much_and_different(written: Written) -> None:
    found = found_in_facts(imported(written.path).facts)
    lost, changed, slowed = sorted(found)[:3]
    invented = Edge("nobody", "nothing", "sync", "http")
    seen, slow = found[changed], found[slowed]
    found[invented] = found.pop(lost)
    found[changed] = seen._replace(counts=(seen.counts[0] + 1, *seen.counts[1:]))
    found[slowed] = slow._replace(quantiles=tuple(1.03 * (q or 0) for q in slow.quantiles))
    told = list(differences(written.table, found))
    assert len(told) == 6
    assert f"not found: {lost}" in told
    assert f"invented: {invented}" in told
    assert sum(line.startswith(f"{changed}: found") for line in told) == 1
    assert sum(line.startswith(f"{slowed}: ") and "quantile" in line for line in told) == 3


@pytest.mark.parametrize("kind", sorted(FORMATS))
def test_the_same_seed_gives_the_same_bytes_and_another_one_others(kind: str, tmp_path: Path) -> None:
    one, same, other = (write(tmp_path / f"{n}.json", kind, 200, seed) for n, seed in enumerate((1, 1, 2)))
    assert one.path.read_bytes() == same.path.read_bytes() != other.path.read_bytes()
    assert one.table == same.table


def test_processes_change_nothing(tmp_path: Path) -> None:
    one = write(tmp_path / "one.json", "jaeger", 500, chunk=200)
    two = write(tmp_path / "two.json", "jaeger", 500, processes=2, chunk=200)
    assert one.path.read_bytes() == two.path.read_bytes()
    assert (one.table, one.units) == (two.table, two.units)
