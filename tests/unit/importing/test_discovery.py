import gzip
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from topoplan.errors import UsageError
from topoplan.importing import discovery, leftovers
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.discovery import Found, assign, discover
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Source, SourceState


def lay(base: Path, *paths: str, text: str = "a: 1\n") -> None:
    for path in paths:
        file = base / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def paths_of(found: Found) -> list[str]:
    return [candidate.path for candidate in found.candidates]


def reasons_of(found: Found) -> dict[str, str]:
    return {source.path: source.reason for source in found.skipped}


class TestNames:
    def test_paths_are_shown_as_typed(self, tmp_path: Path) -> None:
        lay(tmp_path, "s/a.yaml", "s/t/b.yml")
        assert paths_of(discover(["s"], (), tmp_path)) == ["s/a.yaml", "s/t/b.yml"]
        assert paths_of(discover(["./s/"], (), tmp_path)) == ["s/a.yaml", "s/t/b.yml"]
        assert paths_of(discover(["."], (), tmp_path)) == ["s/a.yaml", "s/t/b.yml"]
        assert paths_of(discover(["../s"], (), tmp_path / "s")) == ["../s/a.yaml", "../s/t/b.yml"]
        assert paths_of(discover([str(tmp_path / "s")], (), Path("/"))) == [
            f"{tmp_path}/s/a.yaml",
            f"{tmp_path}/s/t/b.yml",
        ]

    def test_every_candidate_can_be_read_by_its_path(self, tmp_path: Path) -> None:
        lay(tmp_path, "s/a.yaml", "x/b.yml")
        found = discover(["s", "x/b.yml"], (), tmp_path)
        assert [found.workspace.yaml(path).value for path in paths_of(found)] == [{"a": 1}] * 2

    def test_what_does_not_exist_is_a_usage_error(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError) as caught:
            discover(["no\x1b[31m"], (), tmp_path)
        assert (caught.value.slug, caught.value.where) == ("no-such-path", "no [31m")

    def test_a_name_that_cannot_be_shown_is_skipped(self, tmp_path: Path) -> None:
        lay(tmp_path, "a\x1b[31m.yaml", "ok.yaml")
        found = discover(["."], (), tmp_path)
        assert paths_of(found) == ["ok.yaml"]
        assert reasons_of(found) == {"a [31m.yaml": "its name has characters that cannot be shown"}

    def test_a_name_that_is_not_text_is_skipped(self, tmp_path: Path) -> None:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.yaml")).write_text("a: 1")
        found = discover(["."], (), tmp_path)
        assert paths_of(found) == []
        assert reasons_of(found) == {".yaml": "its name has characters that cannot be shown"}


class TestCandidates:
    def test_only_plausible_names_count(self, tmp_path: Path) -> None:
        plausible = ["a.YAML", "c.jsonl.gz", "d.avsc", "e.proto", ".env", ".env.local", "compose", "f.xml", "G.java"]
        lay(tmp_path, *plausible, "README.md", "a.yaml.bak", "x.tar.gz", "picture.png")
        assert paths_of(discover(["."], (), tmp_path)) == sorted(plausible)

    def test_a_file_named_by_the_user_always_counts(self, tmp_path: Path) -> None:
        lay(tmp_path, "odd.name", "node_modules/p.json")
        assert paths_of(discover(["odd.name", "node_modules/p.json"], (), tmp_path)) == [
            "node_modules/p.json",
            "odd.name",
        ]

    def test_a_candidate_carries_its_first_bytes(self, tmp_path: Path) -> None:
        lay(tmp_path, "BIG.yaml", text="k: v\n" * 4000)
        (tmp_path / "z.json.gz").write_bytes(zipped := gzip.compress(b'{"a": 1}' + b" " * 10_000))
        big, small = discover(["."], (), tmp_path).candidates
        assert (big.name, big.size, len(big.head)) == ("big.yaml", 20_000, 4096)
        assert (small.name, small.size, small.head[:8], len(small.head)) == (
            "z.json.gz",
            len(zipped),
            b'{"a": 1}',
            4096,
        )

    def test_empty_binary_and_broken_files_are_told(self, tmp_path: Path) -> None:
        (tmp_path / "empty.yaml").touch()
        (tmp_path / "binary.json").write_bytes(b"{}\0\1")
        (tmp_path / "program").write_bytes(b"\x7fELF\0\0")
        (tmp_path / "cut.json.gz").write_bytes(b"\x1f\x8bnonsense")
        (tmp_path / "wide.json").write_bytes("{}".encode("utf-16"))
        os.mkfifo(tmp_path / "pipe.yaml")
        found = discover(["."], (), tmp_path)
        assert paths_of(found) == ["wide.json"]
        assert found.skipped == (
            Source("binary.json", SourceState.SKIPPED, reason="is binary"),
            Source("cut.json.gz", SourceState.FAILED, reason="is not a whole gzip file"),
            Source("empty.yaml", SourceState.SKIPPED, reason="is empty"),
            Source("pipe.yaml", SourceState.SKIPPED, reason="is not a regular file"),
        )

    def test_a_folder_that_may_not_be_listed_is_a_failed_source(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lay(tmp_path, "open/a.yaml", "shut/b.yaml")
        scandir = os.scandir

        def guarded(path: str) -> object:
            if path.endswith("shut"):
                raise PermissionError(13, "Permission denied")
            return scandir(path)

        monkeypatch.setattr(discovery.os, "scandir", guarded)
        found = discover(["."], (), tmp_path)
        assert paths_of(found) == ["open/a.yaml"]
        assert found.skipped == (
            Source("shut/", SourceState.FAILED, reason="cannot be listed: Permission denied"),
        )  # fmt: skip

    def test_the_order_of_the_file_system_does_not_matter(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        lay(tmp_path, *(f"{folder}/{name}.yaml" for folder in "cab" for name in "zxy"))
        (tmp_path / "0.yaml").symlink_to("b/x.yaml")
        (tmp_path / "1.yaml").symlink_to("b/x.yaml")
        usual = discover(["a", ".", "c"], (), tmp_path)
        scandir = os.scandir

        class Backwards:
            def __init__(self, path: str) -> None:
                with scandir(path) as listing:
                    self.entries = sorted(listing, key=lambda entry: entry.name, reverse=True)

            def __enter__(self) -> list[os.DirEntry[str]]:
                return self.entries

            def __exit__(self, *_: object) -> None: ...

        monkeypatch.setattr(discovery.os, "scandir", Backwards)
        backwards = discover(["c", "a", "."], (), tmp_path)
        assert (backwards.candidates, backwards.skipped) == (usual.candidates, usual.skipped)
        assert paths_of(usual) == sorted(paths_of(usual))
        assert len(paths_of(usual)) == 9


class TestLeftOut:
    def test_folders_of_others_are_told_once_each(self, tmp_path: Path) -> None:
        lay(tmp_path, "node_modules/x/a.json", "node_modules/y/node_modules/b.json", ".venv/c.json", "svc/d.json")
        lay(tmp_path, ".git/config.json", "svc/.terraform/e.json")
        found = discover(["."], (), tmp_path)
        assert paths_of(found) == ["svc/d.json"]
        assert reasons_of(found) == {
            ".venv/": "installed dependencies",
            "node_modules/": "installed dependencies",
            "svc/.terraform/": "installed dependencies",
        }

    def test_output_folders_count_as_such_only_beside_a_build_file(self, tmp_path: Path) -> None:
        lay(tmp_path, "java/pom.xml", "java/target/a.json", "shop/target/b.json", "shop/vendor/c.yaml")
        lay(tmp_path, "go/go.mod", "go/vendor/d.yaml", "net/x.csproj", "net/bin/e.json", "bin/f.json")
        found = discover(["."], (), tmp_path)
        own = ["bin/f.json", "go/go.mod", "java/pom.xml", "net/x.csproj", "shop/target/b.json", "shop/vendor/c.yaml"]
        assert paths_of(found) == own
        assert reasons_of(found) == {
            "go/vendor/": "vendored dependencies",
            "java/target/": "build output",
            "net/bin/": "build output",
        }

    def test_exclude_patterns_are_relative_to_the_base(self, tmp_path: Path) -> None:
        lay(tmp_path, "s/old/a.yaml", "s/new/b.yaml", "s/new/c.test.yaml", "s/legacy/d.yaml")
        found = discover(["s"], ["/s/old/", "*.test.yaml", "legacy"], tmp_path)
        assert paths_of(found) == ["s/new/b.yaml"]
        assert [(n.slug, n.message) for n in found.notices] == [
            ("excluded", "3 files or folders are left out by exclude")
        ]

    def test_exclude_patterns_reach_a_root_elsewhere(self, tmp_path: Path) -> None:
        lay(tmp_path, "s/old/a.yaml", "s/b.yaml")
        (tmp_path / "elsewhere").mkdir()
        found = discover(["../s"], ["/old"], tmp_path / "elsewhere")
        assert paths_of(found) == ["../s/b.yaml"]


class TestLeftOutEvidence:
    """Reports of tests lie where builds put them, which is where nothing else is read."""

    JUNIT = "<testsuite/>"
    PACT = '{"consumer": {}, "provider": {}}'
    OURS = '{"format": "topoplan/evidence"}'

    @pytest.fixture
    def base(self, tmp_path: Path) -> Path:
        (tmp_path / ".git").mkdir()
        return tmp_path

    def test_reports_in_build_output_are_found(self, tmp_path: Path) -> None:
        lay(tmp_path, "java/pom.xml", "gradle/build.gradle")
        reports = [
            "gradle/build/reports/deep/er/x.xml",
            "gradle/build/test-results/test/TEST-a.xml",
            "java/target/TEST-top.xml",
            "java/target/failsafe-reports/b.xml",
            "java/target/nextest/ci/junit.xml",
            "java/target/surefire-reports/TEST-a.xml",
        ]
        lay(tmp_path, *reports, text=self.JUNIT)
        lay(tmp_path, "gradle/build/pacts/a-b.json", "java/target/a.pact.json", text=self.PACT)
        lay(tmp_path, "java/target/topoplan-evidence-1.json", text=self.OURS)
        found = discover(["."], (), tmp_path)
        expected = [*reports, "gradle/build/pacts/a-b.json", "java/target/a.pact.json"]
        own = ["gradle/build.gradle", "java/pom.xml", "java/target/topoplan-evidence-1.json"]
        assert paths_of(found) == sorted([*expected, *own])
        assert [(n.slug, n.message) for n in found.notices] == [
            ("left-out-evidence", "9 files of test evidence are read from build output or from what git ignores")
        ]
        assert reasons_of(found) == {
            "gradle/build/": "build output: only test evidence in it is read",
            "java/target/": "build output: only test evidence in it is read",
        }

    def test_reports_that_git_ignores_are_found(self, base: Path) -> None:
        (base / ".gitignore").write_text("target/\n/reports/\npacts\n*.xml\n/out/\ntopoplan-*.json\n")
        reports = [
            "a/target/surefire-reports/b.xml",
            "my-junit.xml",
            "out/junit.xml",
            "reports/c.xml",
            "x/reports/d.xml",
        ]
        lay(base, *reports, text=self.JUNIT)
        lay(base, "a/pacts/p.json", text=self.PACT)
        lay(base, "topoplan-evidence.json", text=self.OURS)
        found = discover(["."], (), base)
        assert paths_of(found) == sorted([".gitignore", "a/pacts/p.json", "topoplan-evidence.json", *reports])
        assert [n.slug for n in found.notices] == ["ignored-by-git", "left-out-evidence"]
        told = "ignored by git: only test evidence in it is read"
        assert reasons_of(found) == dict.fromkeys(["a/pacts/", "a/target/", "out/", "reports/"], told)

    def test_nothing_else_is_found_there(self, base: Path) -> None:
        (base / ".gitignore").write_text("target/\nreports/\n*.xml\n")
        lay(base, "target/classes/compose.yaml", "target/classes/junit.xml", "target/surefire-reports/a.txt")
        lay(base, "reports/compose.yaml", "reports/openapi.json", "reports/checkstyle.xml", "a.xml", "junit.xml")
        lay(base, "target/pacts/openapi.json", text='{"openapi": "3.0.0"}')
        lay(base, "target/classes/x/TEST-a.xml", "other.xml", text=self.JUNIT)
        found = discover(["."], (), base)
        assert paths_of(found) == [".gitignore"]
        assert [n.slug for n in found.notices] == ["ignored-by-git"]
        assert found.skipped == ()

    def test_folders_of_others_are_never_entered(self, base: Path) -> None:
        (base / ".gitignore").write_text("node_modules\nenv\ntarget\nvendor\n")
        lay(base, "env/pyvenv.cfg", "go.mod", "pom.xml")
        inside = ["reports/node_modules/x/junit.xml", "reports/.git/junit.xml"]
        lay(
            base, "node_modules/reports/junit.xml", "env/reports/junit.xml", ".venv/reports/junit.xml",
            ".git/reports/junit.xml", "vendor/junit.xml", *(f"target/{path}" for path in inside), text=self.JUNIT,
        )  # fmt: skip
        assert paths_of(discover(["."], (), base)) == [".gitignore", "go.mod", "pom.xml"]

    def test_exclude_holds_for_them(self, base: Path) -> None:
        (base / ".gitignore").write_text("target/\njunit.xml\n")
        lay(base, "target/reports/a.xml", "target/reports/b.xml", "target/pacts/c.json", "junit.xml", text=self.JUNIT)
        lay(base, "other/target/reports/d.xml", text=self.JUNIT)
        found = discover(["."], ["b.xml", "pacts/", "/junit.xml", "other/target"], base)
        assert paths_of(found) == [".gitignore", "target/reports/a.xml"]

    def test_links_are_not_followed(self, base: Path) -> None:
        (base / ".gitignore").write_text("target/\njunit.xml\n")
        lay(base, "secret/a.xml", "target/reports/b.xml", text=self.JUNIT)
        (base / "target" / "pacts").symlink_to("../secret")
        (base / "target" / "reports" / "TEST-l.xml").symlink_to("../../secret/a.xml")
        (base / "junit.xml").symlink_to("secret/a.xml")
        assert paths_of(discover(["."], (), base)) == [".gitignore", "secret/a.xml", "target/reports/b.xml"]

    def test_a_folder_or_file_named_by_the_user_is_walked_as_ever(self, base: Path) -> None:
        (base / ".gitignore").write_text("target/\n")
        lay(base, "target/classes/compose.yaml", "target/other.xml")
        lay(base, "target/reports/a.xml", text=self.JUNIT)
        whole = ["target/classes/compose.yaml", "target/other.xml", "target/reports/a.xml"]
        assert paths_of(discover(["target"], (), base)) == whole
        assert paths_of(discover([".", "target"], (), base)) == [".gitignore", *whole]
        assert paths_of(discover(["target/other.xml"], (), base)) == ["target/other.xml"]

    def test_an_empty_report_is_told(self, base: Path) -> None:
        (base / ".gitignore").write_text("target/\n")
        lay(base, "target/reports/TEST-a.xml", "target/reports/b.xml", text="")
        assert reasons_of(discover(["."], (), base)) == {"target/reports/TEST-a.xml": "is empty"}

    def test_too_much_is_not_searched_and_told(self, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(leftovers, "MAX_ENTRIES", 3)
        (base / ".gitignore").write_text("target/\ndata/\n")
        lay(base, "target/reports/a.xml", "target/reports/b.xml", text=self.JUNIT)
        lay(base, "data/reports/a.xml", "data/1", "data/2", "data/3", text=self.JUNIT)
        found = discover(["."], (), base)
        assert paths_of(found) == [".gitignore", "target/reports/a.xml", "target/reports/b.xml"]
        assert reasons_of(found) == {
            "data/": "holds more than 3 files: test evidence is not looked for",
            "target/": "ignored by git: only test evidence in it is read",
        }

    def test_what_a_build_leaves_behind_costs_one_listing(self, base: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (base / ".gitignore").write_text("target/\n")
        lay(base, *(f"target/classes/{a}/{b}/x.class" for a in "abc" for b in "abc"), "target/reports/a.xml")
        listed: list[str] = []
        scandir = os.scandir

        def counting(path: str) -> object:
            listed.append(os.path.relpath(path, base))
            return scandir(path)

        monkeypatch.setattr(os, "scandir", counting)
        discover(["."], (), base)
        assert sorted(listed) == [".", "target", "target/reports"]


class TestGitignore:
    def test_nothing_is_ignored_outside_a_repository(self, tmp_path: Path) -> None:
        lay(tmp_path, "a.yaml")
        (tmp_path / ".gitignore").write_text("*.yaml\n")
        assert "a.yaml" in paths_of(discover(["."], (), tmp_path))

    def test_rules_of_every_level_count_and_the_innermost_decides(self, tmp_path: Path) -> None:
        (tmp_path / ".git" / "info").mkdir(parents=True)
        (tmp_path / ".git" / "info" / "exclude").write_text("private.json\n")
        lay(tmp_path, "a.yaml", "svc/a.yaml", "svc/keep/a.yaml", "svc/private.json", "out/b.json", "svc/out/c.json")
        (tmp_path / ".gitignore").write_text("# comment\na.yaml\n/out/\n!\n\n")
        (tmp_path / "svc" / "keep" / ".gitignore").write_text("!a.yaml\n")
        everything = discover(["."], (), tmp_path)
        read = [path for path in paths_of(everything) if not path.endswith(".gitignore")]
        assert read == ["svc/keep/a.yaml", "svc/out/c.json"]
        assert [(n.slug, n.message) for n in everything.notices] == [
            ("ignored-by-git", "4 files or folders are left out by .gitignore")
        ]
        assert everything.skipped == ()

    def test_rules_above_the_root_count(self, tmp_path: Path) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".gitignore").write_text("secret*.yaml\n")
        lay(tmp_path, "s/t/secret1.yaml", "s/t/open.yaml")
        assert paths_of(discover(["s/t"], (), tmp_path)) == ["s/t/open.yaml"]

    def test_an_ignored_root_or_file_named_by_the_user_is_read(self, tmp_path: Path) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".gitignore").write_text("generated/\nx.yaml\n")
        lay(tmp_path, "generated/deep/a.yaml", "x.yaml")
        assert paths_of(discover(["generated", "x.yaml"], (), tmp_path)) == ["generated/deep/a.yaml", "x.yaml"]
        assert paths_of(discover([".", "generated/deep"], (), tmp_path)) == [".gitignore", "generated/deep/a.yaml"]

    def test_a_repository_inside_another_has_its_own_rules(self, tmp_path: Path) -> None:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".gitignore").write_text("*.json\n")
        lay(tmp_path, "inner/a.json", "b.json")
        (tmp_path / "inner" / ".git").write_text("gitdir: ../.git/modules/inner\n")
        found = paths_of(discover(["."], (), tmp_path))
        assert "inner/a.json" in found
        assert "b.json" not in found

    def test_the_verdicts_are_those_of_git(self, tmp_path: Path) -> None:
        git = shutil.which("git")
        if git is None:
            pytest.skip("git is not installed")
        lay(tmp_path, *(f"{a}{b}{c}.yaml" for a in ("", "x/", "x/y/", "build/", "logs/x/") for b in "ab" for c in "12"))
        (tmp_path / ".gitignore").write_text(
            "a1*\n!x/a1.yaml\nx/**/b2.yaml\n/build/*\n!/build/b1.yaml\nlogs/\n!logs/x/\n"
        )
        (tmp_path / "x" / "y" / ".gitignore").write_text("*\n!b2.yaml\n")
        environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1"}
        subprocess.run([git, "init", "-q"], cwd=tmp_path, env=environment, check=True)
        listed = subprocess.run(
            [git, "ls-files", "-z", "--others", "--exclude-standard"],
            cwd=tmp_path, env=environment, check=True, capture_output=True, text=True,
        ).stdout.split("\0")  # fmt: skip
        expected = sorted(path for path in listed if path.endswith(".yaml"))
        assert [p for p in paths_of(discover(["."], (), tmp_path)) if p.endswith(".yaml")] == expected


class TestLinks:
    @pytest.fixture
    def base(self, tmp_path: Path) -> Path:
        lay(tmp_path, "outside/secret.yaml", "root/real.yaml", "root/sub/other.yaml")
        return tmp_path

    def test_links_out_of_the_root_are_skipped(self, base: Path) -> None:
        (base / "root" / "l.yaml").symlink_to("../outside/secret.yaml")
        (base / "root" / "folder").symlink_to("../outside")
        (base / "root" / "loop.yaml").symlink_to("loop.yaml")
        (base / "root" / "gone.yaml").symlink_to("gone")
        found = discover(["root"], (), base)
        assert paths_of(found) == ["root/real.yaml", "root/sub/other.yaml"]
        assert reasons_of(found) == {
            "root/folder": "is a link that lies outside the analysed folders",
            "root/gone.yaml": "is a link to nothing",
            "root/l.yaml": "is a link that lies outside the analysed folders",
            "root/loop.yaml": "is a link that cannot be read: not a usable path",
        }

    def test_a_link_to_a_folder_is_not_followed(self, base: Path) -> None:
        (base / "root" / "again").symlink_to("sub")
        (base / "root" / "sub" / "up").symlink_to("..")
        assert paths_of(discover(["root"], (), base)) == ["root/real.yaml", "root/sub/other.yaml"]

    def test_a_linked_file_counts_once_under_its_own_name(self, base: Path) -> None:
        (base / "root" / "a.yaml").symlink_to("sub/other.yaml")
        assert paths_of(discover(["root"], (), base)) == ["root/real.yaml", "root/sub/other.yaml"]

    def test_a_link_to_a_file_nobody_else_finds_counts(self, base: Path) -> None:
        lay(base, "root/node_modules/x.yaml")
        (base / "root" / "l.yaml").symlink_to("node_modules/x.yaml")
        assert "root/l.yaml" in paths_of(discover(["root"], (), base))

    def test_overlapping_roots_give_one_candidate(self, base: Path) -> None:
        found = discover([".", "root", "root/sub/other.yaml", str(base / "root")], (), base)
        assert len(paths_of(found)) == 3
        assert [found.workspace.yaml(path).value for path in paths_of(found)] == [{"a": 1}] * 3


class Reader:
    """An importer that claims files whose name starts with its own."""

    summary = "for tests"

    def __init__(self, name: str, *, crash: bool = False) -> None:
        self.name = name
        self.crash = crash

    def claims(self, candidate: Candidate) -> bool:
        if self.crash:
            raise RuntimeError("password=hunter2")
        return self.name in candidate.name

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        return Imported()


def test_candidates_go_to_everybody_who_claims_them() -> None:
    files = [Candidate(name, name, 1, b"x") for name in ("a.json", "ab.json", "b.json", "c.json", "license")]
    claimed, others = assign(files, [Reader("b"), Reader("a"), Reader("z")])
    assert {name: [c.path for c in files] for name, files in claimed.items()} == {
        "a": ["a.json", "ab.json"],
        "b": ["ab.json", "b.json"],
        "z": [],
    }
    assert others == (Source("c.json", SourceState.SKIPPED, reason="no importer recognises it"),)


def test_a_crash_while_claiming_is_a_failed_source() -> None:
    claimed, others = assign([Candidate("a.json", "a.json", 1, b"x")], [Reader("a"), Reader("bad", crash=True)])
    assert [c.path for c in claimed["a"]] == ["a.json"]
    assert [(s.path, s.state, s.importer) for s in others] == [("a.json", SourceState.FAILED, "bad")]
    assert "hunter2" not in others[0].reason


def test_a_named_file_may_refer_to_its_own_folder_only(tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "outside.env").write_text("A=1")
    (tmp_path / "shop" / ".env").write_text("A=1")
    (tmp_path / "shop" / "compose.yaml").write_text("services: {}")
    found = discover(["shop/compose.yaml"], [], tmp_path)
    assert [c.path for c in found.candidates] == ["shop/compose.yaml"]
    assert found.workspace.is_file("shop/.env")
    assert not found.workspace.is_file("outside.env")
