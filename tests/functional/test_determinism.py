"""Same input, same bytes: whatever the hash seed, the order of files and of arguments."""

import random
import shutil
from pathlib import Path

import pytest
from calling import Cli
from running import ROOT, SHOP, topoplan

from topoplan.reporting import PLAN_FORMATS

REPORT = ("analyze", "specs/shop", "-q", "-f", "json")


@pytest.fixture(scope="module")
def expected() -> str:
    done = topoplan(*REPORT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("seed", ["1", "2", "3", "4", "5"])
def test_the_hash_seed_does_not_show(seed: str, expected: str) -> None:
    assert topoplan(*REPORT, seed=seed).stdout == expected


def test_the_hash_seed_does_not_show_in_a_plan(tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2", "3"):
        files = [tmp_path / f"{seed}.{format_}" for format_ in PLAN_FORMATS]
        targets = (part for file in files for part in ("-f", f"{file.suffix[1:]}={file}"))
        done = topoplan("plan", "specs/shop", "-q", "--budget", "40h", "--pin", "slice:*", *targets, seed=seed)
        assert done.returncode == 0, done.stderr
        written.append([file.read_bytes() for file in files])
    assert all(written[0])
    assert written[0] == written[1] == written[2]


def test_the_hash_seed_does_not_show_in_a_page() -> None:
    page = ("analyze", "specs/shop", "-q", "-f", "html")
    first, *others = [topoplan(*page, seed=seed) for seed in ("1", "2", "3")]
    assert first.returncode == 0, first.stderr
    assert [other.stdout for other in others] == [first.stdout] * 2


def test_a_cold_and_a_warm_cache_give_the_same_bytes(tmp_path: Path, expected: str) -> None:
    for _ in range(2):
        assert topoplan(*REPORT, TOPOPLAN_CACHE_DIR=str(tmp_path)).stdout == expected


@pytest.mark.parametrize("seed", range(3))
def test_the_order_in_which_files_were_created_or_named_does_not_show(
    seed: int, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The files are given one by one in shuffled order, from a folder in which they were created in that order."""
    files = sorted(p for p in SHOP.rglob("*") if p.suffix in (".yaml", ".json", ".jsonl") and p.name != "topoplan.yaml")
    outputs = []
    for shuffled in (files, random.Random(seed).sample(files, len(files))):
        folder = tmp_path / str(len(outputs)) / "shop"
        for file in shuffled:
            copy = folder / file.relative_to(SHOP)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
        names = [str(Path("shop") / f.relative_to(SHOP)) for f in shuffled]
        monkeypatch.chdir(folder.parent)
        done = cli("graph", *names, "-q")
        assert done.code == 0, done.err
        outputs.append(done.out)
    assert outputs[0] == outputs[1]


def test_reports_hold_no_path_of_the_machine(expected: str) -> None:
    assert str(ROOT) not in expected
