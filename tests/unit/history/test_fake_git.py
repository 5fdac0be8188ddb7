"""What happens between git's answers, with a git that answers from a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from topoplan.config import HistorySettings
from topoplan.history import GitError, read_history
from topoplan.history.log import read_log, split
from topoplan.history.repository import MAX_BLOB_BYTES, read_blobs
from topoplan.model.change import History
from topoplan.model.facts import NodeKind, Notice
from topoplan.model.operation import Operation
from topoplan.model.topology import Service

OLD, NEW = b"1" * 40, b"2" * 40
HEADER = b"\x02" + b"a" * 40 + b"\x001700000000\0Ann\0ann@x\0fix it\0"
ROW = b"\n:100644 100644 " + OLD + b" " + NEW + b" M\0order/api.json\0"
COUNT = b"3\t1\torder/api.json\0"


@dataclass
class FakeGit:
    """Answers by the first word of the command; a GitError is raised after what comes before it."""

    top: Path
    answers: dict[str, Sequence[bytes | GitError]] = field(default_factory=dict)
    asked: list[list[str]] = field(default_factory=list)

    def __call__(self, folder: Path, arguments: Sequence[str], stdin: bytes = b"") -> Iterator[bytes]:
        self.asked.append(list(arguments))
        usual: dict[str, Sequence[bytes | GitError]] = {
            "rev-parse": [str(self.top).encode() + b"\nfalse\n"],
            "config": [GitError("git ended with 1")],
            "hash-object": [b"e" * 40 + b"\n"],
            "diff-tree": [b"8\t0\torder/api.json\0"],
            "cat-file": [OLD + b" blob 3\nold\n" + NEW + b" blob 3\nnew\n"],
            "log": [b"1700000000\n"] if "-1" in arguments else [HEADER + ROW + COUNT],
        }
        key = "log --numstat" if "--numstat" in arguments and arguments[0] == "log" else arguments[0]
        for part in self.answers.get(key, usual[arguments[0]]):
            if isinstance(part, GitError):
                raise part
            yield part


@pytest.fixture
def git(tmp_path) -> FakeGit:
    (tmp_path / ".git").mkdir()
    (tmp_path / "order").mkdir()
    (tmp_path / "order" / "api.json").write_text("{}")
    return FakeGit(tmp_path.resolve())


def read(git: FakeGit) -> tuple[History, tuple[Notice, ...]]:
    def operations(_path: str, content: bytes) -> tuple[Operation, ...]:
        return (Operation("GET", f"/{content.decode()}"),)

    services = [Service("order", "order", NodeKind.SERVICE, specs=("order/api.json",))]
    return read_history(services, git.top.joinpath, HistorySettings(), {}, operations, git)


def test_usual_answers(git):
    history, notices = read(git)
    assert notices == ()
    (order,) = history.services
    assert order.interface is not None
    assert (order.interface.fix_commits, order.interface.lines_changed, order.interface.relative_churn) == (1, 4, 0.5)
    assert [b.operation for b in order.breaking] == ["/old"]


def test_one_log_for_a_repository(git):
    read(git)
    assert sum(arguments[0] == "log" and "-1" not in arguments for arguments in git.asked) == 1


def test_failure_in_the_middle_of_the_counts_counts_nothing_twice(git):
    git.answers["log --numstat"] = [HEADER + ROW + COUNT, GitError("git took longer than 1 s", "history-timeout")]
    history, notices = read(git)
    assert history.services[0].interface is not None
    assert history.services[0].interface.commits == 1
    assert [(n.slug, n.message) for n in notices] == [
        ("history-lines", "commits are counted but changed lines are not: git took longer than 1 s")
    ]


def test_log_that_fails_altogether(git):
    git.answers["log --numstat"] = git.answers["log"] = [GitError("git ended with 128")]
    history, notices = read(git)
    assert (history.available, history.reason) == (False, "no change history: git ended with 128")
    assert [n.slug for n in notices] == ["history-failed"]


def test_unreadable_sizes_and_versions_are_notices(git):
    git.answers["diff-tree"] = [b"8\t0\torder/api.json\0", GitError("git ended with 128")]
    git.answers["cat-file"] = [OLD + b" blob 3\nold\n", GitError("git ended with 128")]
    history, notices = read(git)
    (order,) = history.services
    assert order.interface is not None
    assert (order.interface.commits, order.interface.size_lines, order.interface.relative_churn) == (1, 0, 0.0)
    assert order.breaking == ()
    assert [n.slug for n in notices] == ["history-lines", "history-specs"]


def test_files_placed_elsewhere_by_the_configuration(git):
    git.answers["rev-parse"] = [b"/somewhere/else\nfalse\n"]
    history, notices = read(git)
    assert not history.available
    assert [n.slug for n in notices] == ["history-failed"]


def test_answers_without_sense(git):
    for command in ("log", "log --numstat", "diff-tree", "cat-file"):
        git.answers[command] = [b"\xff\xfe\0\0 nonsense \n\x02\0"]
        history, _ = read(git)
        assert isinstance(history, History)


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
def test_chunks_may_break_anywhere(size):
    stream = (HEADER + ROW + COUNT) * 3
    chunks = [stream[n : n + size] for n in range(0, len(stream), size)]
    assert list(read_log(chunks)) == list(read_log([stream]))
    blobs = OLD + b" blob 5\na\nb\nc\n" + NEW + b" missing\n" + NEW + b" blob 0\n\n"
    pieces = [blobs[n : n + size] for n in range(0, len(blobs), size)]
    assert list(read_blobs(pieces)) == [(OLD.decode(), b"a\nb\nc"), (NEW.decode(), b"")]


def test_oversized_versions_are_passed_over_without_being_held():
    size = MAX_BLOB_BYTES + 1
    chunks = [OLD + f" blob {size}\n".encode(), b"x" * size, b"\n" + NEW + b" blob 1\ny\n"]
    assert list(read_blobs(chunks)) == [(NEW.decode(), b"y")]


def test_unfinished_stream_keeps_its_last_token():
    assert list(split([b"a\0b", b"c"])) == [b"a", b"bc"]


def test_symbolic_links_and_submodules_are_no_files():
    rows = b"\n:120000 120000 " + OLD + b" " + NEW + b" M\0link\0:160000 160000 " + OLD + b" " + NEW + b" M\0sub\0"
    (commit,) = read_log([HEADER + rows + b"1\t1\tlink\0" + b"1\t1\tsub\0"])
    assert commit.files == ()
