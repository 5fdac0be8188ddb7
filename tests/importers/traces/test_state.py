"""A state holds what folded files show, counts each once, and survives whatever ends a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from trace_files import IMPORTERS, calls, candidate, otlp, read, span

from topoplan.errors import DocumentError, OutputError, UsageError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import ServiceFact, SourceState
from topoplan_importers.traces import SpansImporter, TraceStateImporter, slicing, updating
from topoplan_importers.traces.folding import Fold, encode
from topoplan_importers.traces.recognise import STATE
from topoplan_importers.traces.state import StateFolder
from topoplan_importers.traces.tools import TraceTools
from topoplan_importers.traces.updating import Update, update

STATES = TraceStateImporter()


def pair(trace: int, at: int = 0) -> str:
    """One call of web to cart."""
    return otlp(
        span("web", 1, kind="client", trace=trace, at=at),
        span("cart", 2, 1, "server", trace=trace, at=at, http_route="/cart", http_request_method="GET"),
    )


def written(folder: Path, **files: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / f"{name}.json").write_text(content, "utf-8")


def fold(folder: Path, *names: str, state: str = "state", options: ImportOptions | None = None) -> Update:
    """Fold files of a folder, by default all, into the state beside it."""
    found = [candidate(folder, name) for name in names or sorted(os.listdir(folder))]
    claimed: dict[str, list[Candidate]] = {
        importer.name: [one for one in found if importer.claims(one)]
        for importer in (*IMPORTERS, SpansImporter(), STATES)
    }
    target = StateFolder(folder.parent / state, state)
    return update(target, claimed, Workspace({".": folder}), options or ImportOptions())


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.name != ".lock"}


def analysed(*folders: Path) -> Imported:
    """What the importer reads in states beside each other."""
    root = folders[0].parent
    names = sorted(f"{folder.name}/{path.name}" for folder in folders for path in folder.glob("*.fold"))
    files = tuple(str(path.relative_to(root)) for path in sorted(root.rglob("*.json")))
    return STATES.read([candidate(root, name) for name in names], Workspace({".": root}), ImportOptions(files=files))


def states(done: Update) -> dict[str, str]:
    return {source.path: f"{source.state.value} {source.reason}".strip() for source in done.sources}


def test_a_state_gives_the_facts_that_the_traces_give(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1), b=pair(2, at=86_400_000))
    fold(tmp_path / "in")
    found = analysed(tmp_path / "state")
    together = read(tmp_path / "all", {"a.json": pair(1), "b.json": pair(2, at=86_400_000)})
    ((own, told),) = zip(calls(found).values(), calls(together).values(), strict=True)
    assert (own.stats, own.uses) == (told.stats, told.uses)
    assert own.evidence.importer == "trace-state"
    assert own.evidence.where.path.startswith("state/")
    services = [[f.presence for f in one.facts if isinstance(f, ServiceFact)] for one in (found, together)]
    assert services[0] == services[1]
    (source,) = found.sources
    assert (source.state, source.reason) == (SourceState.ANALYSED, "2 files")


def test_the_same_content_is_folded_once_whatever_it_is_called(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1), b=pair(1))
    done = fold(tmp_path / "in")
    assert states(done) == {"a.json": "analysed", "b.json": "skipped folded before"}
    before = content(tmp_path / "state")
    written(tmp_path / "in", c=pair(1))
    assert set(states(fold(tmp_path / "in")).values()) == {"skipped folded before"}
    assert content(tmp_path / "state") == before


def test_a_trace_in_two_files_counts_as_one_and_its_lost_half_is_told(tmp_path: Path) -> None:
    client, server = span("web", 1, kind="client"), span("cart", 2, 1, "server")
    written(tmp_path / "in", a=otlp(client, server), b=otlp(span("cart", 3, 1, "server")))
    fold(tmp_path / "in")
    found = analysed(tmp_path / "state")
    assert [fact.stats.traces for fact in calls(found).values() if fact.stats] == [1]
    cart = next(f for f in found.facts if isinstance(f, ServiceFact) and f.party.name == "cart")
    assert cart.presence is not None
    assert cart.presence.traces == 1
    assert "trace-orphans" in {n.slug for n in found.notices}


def test_folding_night_by_night_gives_the_bytes_of_folding_at_once(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1), b=pair(2), c=pair(3))
    fold(tmp_path / "in", state="once")
    for name in ("c.json", "a.json", "b.json"):
        fold(tmp_path / "in", name, state="nightly")
    assert content(tmp_path / "once") == content(tmp_path / "nightly")


def test_states_of_two_places_are_put_into_one(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1), b=pair(2))
    fold(tmp_path / "in", "a.json", state="one")
    fold(tmp_path / "in", "b.json", state="other")
    for place in ("one", "other"):
        fold(tmp_path / place, *content(tmp_path / place), state="both")
    fold(tmp_path / "in", state="at-once")
    assert content(tmp_path / "both") == content(tmp_path / "at-once")
    assert states(fold(tmp_path / "one", *content(tmp_path / "one"), state="both")).popitem()[1].startswith("skipped")


def test_states_read_together_are_read_as_one(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1), b=pair(2))
    fold(tmp_path / "in", "a.json", state="one")
    fold(tmp_path / "in", "b.json", state="other")
    (fact,) = calls(analysed(tmp_path / "one", tmp_path / "other")).values()
    assert fact.stats is not None
    assert fact.stats.calls == 2
    fold(tmp_path / "in", "a.json", state="other")
    found = analysed(tmp_path / "one", tmp_path / "other")
    assert sorted(source.state for source in found.sources) == [SourceState.ANALYSED, SourceState.SKIPPED]


def test_states_that_share_some_files_only_are_not_added_up(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1), b=pair(2), c=pair(3))
    fold(tmp_path / "in", "a.json", "b.json", state="one")
    fold(tmp_path / "in", "b.json", "c.json", state="other")
    found = analysed(tmp_path / "one", tmp_path / "other")
    assert [fact.stats.calls for fact in calls(found).values() if fact.stats] == [2]
    (failed,) = [source for source in found.sources if source.state is SourceState.FAILED]
    assert "shares 1 file with one/" in failed.reason
    done = fold(tmp_path / "one", *content(tmp_path / "one"), state="other")
    assert [source.state for source in done.sources] == [SourceState.FAILED]


def test_traces_read_beside_the_state_that_holds_them_are_told(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1))
    fold(tmp_path / "in")
    (notice,) = analysed(tmp_path / "state").notices
    assert (notice.slug, notice.message) == (
        "trace-state-twice", "is read beside 1 file whose traces it holds, such as in/a.json: their calls count twice"
    )  # fmt: skip
    written(tmp_path / "in", a=pair(2))
    assert analysed(tmp_path / "state").notices == ()


def test_a_file_that_breaks_off_is_not_folded_before_it_is_whole(tmp_path: Path) -> None:
    whole = json.dumps({"resourceSpans": json.loads(pair(1))["resourceSpans"] * 2}, indent=1)
    written(tmp_path / "in", a=whole[: len(whole) * 3 // 4])
    assert [source.state for source in fold(tmp_path / "in").sources] == [SourceState.FAILED]
    written(tmp_path / "in", a=whole)
    done = fold(tmp_path / "in")
    assert (len(done.fold.files), [source.state for source in done.sources]) == (1, [SourceState.ANALYSED])


def test_traces_of_test_runs_stay_out(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1), b=pair(2))
    done = fold(tmp_path / "in", options=ImportOptions(test_traces=("b.json",)))
    (traffic,) = done.fold.observed.boundaries.values()
    assert traffic.total.calls == 1


@pytest.mark.parametrize("engine", ["dicts", "duckdb"])
def test_every_engine_folds_to_the_same_bytes(tmp_path: Path, engine: str) -> None:
    written(tmp_path / "in", a="\n".join(pair(trace) for trace in range(1, 40)), b=pair(3))
    fold(tmp_path / "in", state="reference", options=ImportOptions(engine="dicts"))
    fold(tmp_path / "in", options=ImportOptions(engine=engine, jobs=1))
    assert content(tmp_path / "state") == content(tmp_path / "reference")


# --- span tables ------------------------------------------------------------------------------------------------------


def flattened(source: Path, target: Path) -> None:
    found = [candidate(source, name) for name in sorted(os.listdir(source))]
    TraceTools().flatten(found, Workspace({".": source}), ImportOptions(jobs=1), target)


def test_tables_fold_to_the_bytes_that_their_traces_fold_to(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicing, "SLICE_BYTES", 900)
    written(tmp_path / "in", a="\n".join(pair(trace) for trace in range(1, 9)), b=pair(90), c=pair(90))
    flattened(tmp_path / "in", tmp_path / "tables")
    assert len(list((tmp_path / "tables").glob("*.parquet"))) > 4
    fold(tmp_path / "in", state="wanted")
    done = fold(tmp_path / "tables")
    assert content(tmp_path / "state") == content(tmp_path / "wanted")
    assert [(source.state.value, source.reason) for source in done.sources if "traces" in source.reason] == [
        ("analysed", "traces of a.json"), ("analysed", "traces of b.json"),
    ]  # fmt: skip
    assert set(states(fold(tmp_path / "in")).values()) == {"skipped folded before"}
    assert content(tmp_path / "state") == content(tmp_path / "wanted")


def test_tables_in_one_file_are_folded_as_that_file(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1), b=pair(2))
    (tmp_path / "tables").mkdir()
    flattened(tmp_path / "in", tmp_path / "tables" / "all.parquet")
    done = fold(tmp_path / "tables")
    assert states(done) == {"all.parquet": "analysed"}
    (traffic,) = done.fold.observed.boundaries.values()
    assert traffic.total.calls == 2
    assert set(states(fold(tmp_path / "tables")).values()) == {"skipped folded before"}


def test_tables_of_a_part_of_a_file_of_traces_are_not_folded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slicing, "SLICE_BYTES", 900)
    written(tmp_path / "in", a="\n".join(pair(trace) for trace in range(1, 9)))
    flattened(tmp_path / "in", tmp_path / "tables")
    first, *others = sorted(path.name for path in (tmp_path / "tables").glob("*.parquet"))
    (source,) = fold(tmp_path / "tables", first).sources
    assert (source.state, source.reason) == (
        SourceState.FAILED, f"traces of a.json: {len(others)} tables of {len(others) + 1} not given"
    )  # fmt: skip
    (tmp_path / "tables" / "manifest.json").unlink()
    assert {source.state for source in fold(tmp_path / "tables").sources} == {SourceState.FAILED}


def test_tables_of_traces_that_break_off_are_not_folded(tmp_path: Path) -> None:
    whole = json.dumps({"resourceSpans": json.loads(pair(1))["resourceSpans"] * 2}, indent=1)
    written(tmp_path / "in", a=whole[: len(whole) * 3 // 4])
    flattened(tmp_path / "in", tmp_path / "tables")
    raw, table = fold(tmp_path / "in").sources, fold(tmp_path / "tables").sources
    assert [source.state for source in (*raw, *table)] == [SourceState.FAILED] * 2
    assert table[0].reason == f"traces of a.json: {raw[0].reason}"


# --- damage -------------------------------------------------------------------------------------------------------


def test_every_changed_byte_is_found_out(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1))
    fold(tmp_path / "in")
    (part,) = (tmp_path / "state").glob("*.fold")
    whole = part.read_bytes()
    for place in (0, len(STATE), len(STATE) + 5, len(whole) // 2, len(whole) - 1):
        part.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        with pytest.raises(DocumentError) as raised:
            StateFolder(tmp_path / "state", "state").read()
        assert raised.value.slug == "trace-state-damaged"
        assert raised.value.where == f"state/{part.name}"
    for length in (0, 5, len(whole) // 2, len(whole) - 1):
        part.write_bytes(whole[:length])
        with pytest.raises(DocumentError):
            fold(tmp_path / "in")
        assert part.read_bytes() == whole[:length]


def test_a_later_version_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "x.fold").write_bytes(STATE + b"2\n" + bytes(40))
    with pytest.raises(DocumentError, match="has version 2, not 1"):
        StateFolder(tmp_path / "state", "state").read()
    found = analysed(tmp_path / "state")
    assert [(source.state, source.reason) for source in found.sources] == [
        (SourceState.FAILED, "has version 2, not 1")
    ]  # fmt: skip


def tampered(change: Callable[[bytes], bytes], raw: bytes) -> bytes:
    """A part with another content and its right checksum."""
    import hashlib

    heading, rest = raw.split(b"\n", 1)
    inner = change(rest[32:])
    assert inner != rest[32:]
    return heading + b"\n" + hashlib.sha256(inner).digest() + inner


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda raw: raw.replace(b"cart", b"c\x1b[m"), "text that cannot be shown"),
        (lambda raw: raw.replace(b"\xa5calls\x01", b"\xa5calls\xff"), "impossible figures"),
        (lambda raw: raw[:-1], "cannot be used"),
        (lambda raw: raw.replace(b"sync", b"sunk"), "cannot be used"),
    ],
    ids=["terminal", "negative", "short", "style"],
)
def test_a_part_made_by_somebody_else_cannot_say_what_no_trace_says(
    tmp_path: Path, change: Callable[[bytes], bytes], reason: str
) -> None:
    written(tmp_path / "in", a=pair(1))
    fold(tmp_path / "in")
    (part,) = (tmp_path / "state").glob("*.fold")
    part.write_bytes(tampered(change, part.read_bytes()))
    with pytest.raises(DocumentError, match=reason):
        StateFolder(tmp_path / "state", "state").read()


# --- processes that end ---------------------------------------------------------------------------------------------


class Killed(BaseException):
    """The process ended here."""


def failing(monkeypatch: pytest.MonkeyPatch, last: int) -> Iterator[int]:
    """From the call of this number on, nothing of the file system works any more, as for a process that is gone."""
    count = 0

    def guarded(original: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            nonlocal count
            count += 1
            if count > last:
                raise Killed
            return original(*args, **kwargs)

        return call

    for owner, name in ((os, "fsync"), (Path, "replace"), (Path, "unlink"), (updating, "find")):
        monkeypatch.setattr(owner, name, guarded(getattr(owner, name)))
    yield count


def test_wherever_a_fold_ends_the_next_one_gives_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is written as a part of its own, and the process ends before each step in turn."""
    monkeypatch.setattr(updating, "_WRITE_AFTER_BYTES", 1)
    written(tmp_path / "in", a=pair(1), b=pair(2), c=pair(3))
    fold(tmp_path / "in", "a.json", state="before")
    fold(tmp_path / "in", state="wanted")
    wanted, ended = content(tmp_path / "wanted"), 0
    while True:
        state = tmp_path / f"state{ended}"
        state.mkdir()
        for name, raw in content(tmp_path / "before").items():
            (state / name).write_bytes(raw)
        with monkeypatch.context() as patch:
            next(failing(patch, ended))
            try:
                fold(tmp_path / "in", state=state.name)
            except Killed:
                pass
            else:
                break
        kept = StateFolder(state, "state").read()
        assert 1 <= len(kept.files) <= 3
        shown = [fact.stats.calls for fact in calls(analysed(state)).values() if fact.stats]
        assert shown == [len(kept.files)]
        fold(tmp_path / "in", state=state.name)
        assert content(state) == wanted
        ended += 1
    assert ended > 10


FOLDING = """
import sys
from pathlib import Path
from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces import SpansImporter, slicing, updating
from topoplan_importers.traces.recognise import STATE
from topoplan_importers.traces.tools import TraceTools
from topoplan_importers.traces.state import StateFolder

updating._WRITE_AFTER_BYTES = 1
root = Path(sys.argv[1])
files = [Candidate(p.name, p.name, p.stat().st_size, b"") for p in sorted((root / "in").iterdir())]
print("started", flush=True)
updating.update(StateFolder(root / "state", "state"), {"otlp": files}, Workspace({".": root / "in"}), ImportOptions())
"""


def test_killed_at_any_time_the_rerun_gives_the_same(tmp_path: Path) -> None:
    """The process is killed after ever longer times, and at last let finish."""
    written(tmp_path / "in", **{f"n{n:02}": "\n".join(pair(n * 100 + t) for t in range(60)) for n in range(12)})
    fold(tmp_path / "in", state="wanted")
    command = [sys.executable, "-c", FOLDING, str(tmp_path)]
    killed = 0
    for delay in (0.0, 0.01, 0.03, 0.06, 0.1):
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        killed += process.wait() == -signal.SIGKILL
        process.stdout.close()
        StateFolder(tmp_path / "state", "state").read()
    assert killed
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    assert content(tmp_path / "state") == content(tmp_path / "wanted")


# --- who may write ----------------------------------------------------------------------------------------------------


def test_a_second_process_is_turned_away(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1))
    with StateFolder(tmp_path / "state", "state").locked(), pytest.raises(UsageError) as raised:
        fold(tmp_path / "in")
    assert raised.value.slug == "trace-state-busy"
    assert len(fold(tmp_path / "in").fold.files) == 1


def test_a_state_that_cannot_be_written_is_an_error_of_output(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1))
    (tmp_path / "state").write_text("a file", "utf-8")
    with pytest.raises(OutputError):
        fold(tmp_path / "in")


def test_what_an_ended_process_left_unfinished_goes(tmp_path: Path) -> None:
    written(tmp_path / "in", a=pair(1))
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "0123.fold.unfinished").write_bytes(encode(Fold())[:9])
    fold(tmp_path / "in")
    assert [name.endswith(".fold") for name in content(tmp_path / "state")] == [True]
