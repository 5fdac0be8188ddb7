"""Source files that mean harm: bounded work, no exception, no secret in a fact."""

from __future__ import annotations

import time

import pytest

from topoplan.importing.contract import Candidate, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.codec import encode
from topoplan.model.facts import SourceState
from topoplan_importers.source import SourceImporter

BOMBS = {
    "unclosed comments": "/* " * 75_000,
    "unclosed quotes": '\\"' * 100_000,
    "apostrophes": "it's " * 45_000,
    "back quotes": "`" * 150_001,
    "triple quotes": '"""' * 50_001,
    "brackets": 'client("a-b", ' + "(" * 100_000,
    "sites": "producer.send(" * 15_000,
    "names": "kafka = " + "a.b." * 50_000,
    "spaces": "kafka\n" + " " * 200_000 + "x('http://orders'",
    "annotations": "@FeignClient(" * 15_000,
    "settings": "'${a:" * 40_000 + "'",
    "words": "new " + "Aa" * 100_000 + "ed(",
}


@pytest.mark.parametrize("bomb", BOMBS)
@pytest.mark.parametrize("name", ["a.js", "A.java", "a.py", "a.lua", "A.cs"])
def test_bounded_work(read, bomb, name):
    lines = [BOMBS[bomb][at : at + 1500] for at in range(0, len(BOMBS[bomb]), 1500)]
    started = time.process_time()
    imported = read({name: "import kafka\nhost = client\n" + "\n".join(lines)})
    assert time.process_time() - started < 2.5
    assert [s.state is SourceState.FAILED for s in imported.sources] == [False]


def test_any_bytes_are_read(read):
    junk = bytes(range(1, 256)) * 40
    imported = read({"a.js": b"fetch('http://orders')\n" + junk, "b.java": b"\xff\xfe" + junk})
    assert len(imported.sources) == 2


@pytest.mark.parametrize(
    "line",
    [
        "u = 'http://joe:hunter2@orders:80/x?token=hunter2'",
        "u = 'http://hunter2:' + p + '@orders'",
        "u = 'mongodb://hunter2:4711' + '@orders'",
        "u = 'amqp://' + 'hunter2' + ':x@orders'",
        "u = 'http://joe:p/hunter2@orders'",
        "u = os.getenv('DB_PASSWORD', 'hunter2:8080')",
    ],
)
def test_no_secret_reaches_a_fact(read, line):
    imported = read({"a.py": line + "\n", "a.js": line + "\n"})
    assert "hunter2" not in str(encode(imported.facts)) + str(imported.notices)


def test_names_are_cleaned(read):
    imported = read({"A.java": '@KafkaListener(topics = "or\u202eders")\nclient.get("http://or\u202eders")\n'})
    assert "\u202e" not in str(encode(imported.facts))


def test_a_file_that_cannot_be_read_is_a_failed_source(tmp_path):
    (tmp_path / "a.py").write_text("get('http://orders')\n")
    (tmp_path / "b.py").symlink_to("/etc/hostname")
    found = [Candidate(name, name, 9, b"get(") for name in ("a.py", "b.py", "gone.py")]
    imported = SourceImporter().read(found, Workspace({".": tmp_path}), ImportOptions())
    assert [f.provider.name for f in imported.facts] == ["orders"]
    assert [s.state for s in imported.sources] == [SourceState.ANALYSED, SourceState.FAILED, SourceState.FAILED]
