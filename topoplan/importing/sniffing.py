"""Which names and first bytes can be an input at all, and which folders hold none of a system's own files."""

from __future__ import annotations

import os
import zlib
from collections.abc import Collection
from fnmatch import filter as matching
from fnmatch import fnmatchcase
from pathlib import Path

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate
from topoplan.importing.files import (
    GZIP_MAGIC,
    ZSTD_MAGIC,
    open_regular,
    plain_name,
    stream_bounded,
    unreadable,
)
from topoplan.importing.parsed import is_utf16

HEAD_BYTES = 4096

SUFFIXES = frozenset(
    [".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".xml", ".toml", ".properties", ".env", ".proto", ".graphql"]
) | {".graphqls", ".gql", ".avsc", ".avpr", ".avdl", ".conf", ".cfg", ".template", ".tmpl"}
"""Suffixes of candidates, also with `.gz` or `.zst` after them. Names without one and `.env.*` are candidates too."""

_LANGUAGES = """
.java .kt .kts .scala .groovy .clj .go .py .rb .php .pl .lua .rs .swift .dart .ex .exs .erl
.js .mjs .cjs .jsx .ts .mts .tsx .vue .svelte .cs .fs .vb .c .cc .cpp .cxx .h .hh .hpp
"""
SOURCE_SUFFIXES = frozenset(_LANGUAGES.split())
"""Suffixes of source code."""

BUILD_SUFFIXES = frozenset([".mod", ".gradle", ".kts", ".csproj", ".fsproj", ".vbproj", ".sbt", ".cfg", ".ini"])
"""Suffixes of build files and of further configuration."""

_BUILD_NAMES = frozenset(["cmakelists.txt", "mix.exs", "requirements.txt"])
"""Build files known by their whole name."""

_VERSION_CONTROL = frozenset([".git", ".hg", ".svn"])

_FOREIGN = {
    name: reason
    for reason, names in {
        "installed dependencies": "node_modules bower_components jspm_packages .venv venv site-packages third_party "
        ".terraform .yarn .pnpm-store Pods .eggs",
        "cache or tool state": "__pycache__ .cache .tox .nox .mypy_cache .pytest_cache .ruff_cache .gradle .idea "
        ".vscode .next .nuxt .serverless .aws-sam cdk.out",
    }.items()
    for name in names.split()
}

BUILD_OUTPUT = "build output"
"""Why a folder is left out that a build fills."""

_FOREIGN_BESIDE = {
    "vendor": ("vendored dependencies", ("go.mod", "composer.json", "Gemfile")),
    "target": (BUILD_OUTPUT, ("pom.xml", "build.sbt", "Cargo.toml")),
    "build": (BUILD_OUTPUT, ("build.gradle*", "package.json", "pyproject.toml", "setup.py", "CMakeLists.txt")),
    "dist": (BUILD_OUTPUT, ("package.json", "pyproject.toml", "setup.py")),
    "out": (BUILD_OUTPUT, ("package.json", "build.gradle*")),
    "bin": (BUILD_OUTPUT, ("*.csproj", "*.fsproj", "*.vbproj")),
    "obj": (BUILD_OUTPUT, ("*.csproj", "*.fsproj", "*.vbproj")),
}
"""Folders that are a tool's output only beside that tool's build file; elsewhere a service may have such a name."""


_BINARY = (".desc", ".pb", ".binpb", ".protoset", ".fold", ".parquet", ".bin", ".otlp")
"""Suffixes of inputs that are binary by nature: Protocol Buffers and sets of their descriptors, folded traces, tables
of spans."""


_REPORTS = """
surefire-reports failsafe-reports test-reports test-report test-results test-result testresults test_results
reports report junit nextest logs pacts pact
"""
_EVIDENCE_FOLDERS = frozenset(_REPORTS.split())
"""Folders into which builds put test reports and contracts, in lower case."""
_CONTRACT_FOLDERS = frozenset(["pacts", "pact"])
_EVIDENCE_NAMES = ("test-*.xml", "*junit*.xml", "*.pact.json", "topoplan-evidence*.json")


def is_version_control(folder: str) -> bool:
    """Whether a folder of this name is version control's own store."""
    return folder in _VERSION_CONTROL


def why_foreign(folder: str, siblings: Collection[str]) -> str:
    """Why a folder of this name beside `siblings` holds nothing of the system's own; empty when it may."""
    if folder in _FOREIGN:
        return _FOREIGN[folder]
    reason, build_files = _FOREIGN_BESIDE.get(folder, ("", ()))
    return reason if any(matching(siblings, pattern) for pattern in build_files) else ""


def is_evidence_folder(folder: str) -> bool:
    """Whether builds put reports of tests, or contracts, into folders of this name."""
    return folder.lower() in _EVIDENCE_FOLDERS


def is_evidence_name(name: str, folders: Collection[str] = ()) -> bool:
    """Whether a file can be evidence of tests by its name, within evidence `folders` (any of those above it)."""
    name = plain_name(name.lower())
    if any(fnmatchcase(name, pattern) for pattern in _EVIDENCE_NAMES):
        return True
    below = [folder.lower() for folder in folders]
    return (name.endswith(".xml") and bool(below)) or (
        name.endswith(".json") and any(folder in _CONTRACT_FOLDERS for folder in below)
    )


def is_evidence(found: Candidate) -> bool:
    """Whether the first bytes can be a test report's, an evidence file's or a contract's: what a build leaves behind
    may feed coverage, and never the topology."""
    head = found.head.decode("utf-16", "ignore").encode() if is_utf16(found.head) else found.head
    if plain_name(found.name).endswith(".xml"):
        return b"<testsuite" in head
    return any(key in head for key in (b'"topoplan/evidence"', b'"consumer"', b'"provider"', b'"interactionResults"'))


def is_plausible(name: str) -> bool:
    """Whether a file of this name can be an input."""
    name = plain_name(name.lower())
    suffix = os.path.splitext(name)[1]
    known = suffix in SUFFIXES or suffix in SOURCE_SUFFIXES or suffix in BUILD_SUFFIXES or name in _BUILD_NAMES
    return known or suffix in _BINARY or has_no_suffix(name) or name.startswith((".env.", "dockerfile."))


def has_no_suffix(name: str) -> bool:
    """Whether a name says nothing about the content: `compose`, `.env`, `spans.gz`."""
    return "." not in plain_name(name.lower())[1:]


def candidate(path: str, real: Path) -> Candidate:
    """The candidate shown as `path`. Raises DocumentError when it cannot be read."""
    with open_regular(real, path) as stream:
        try:
            size = os.fstat(stream.fileno()).st_size
            head = stream.read(HEAD_BYTES)
        except OSError as error:
            raise unreadable(error, path) from None
    if head.startswith(GZIP_MAGIC):
        try:
            head = zlib.decompressobj(wbits=31).decompress(head, HEAD_BYTES)
        except zlib.error:
            raise DocumentError("is not a whole gzip file", slug="unreadable", where=path) from None
    elif head.startswith(ZSTD_MAGIC):  # whose first bytes alone unpack to nothing
        with stream_bounded(open_regular(real, path), path) as unpacked:
            head = unpacked.read(HEAD_BYTES)
    return Candidate(path, os.path.basename(path).lower(), size, head)


def why_no_input(found: Candidate) -> str:
    """Why this content can be no input; empty when it can."""
    if not found.head:
        return "is empty"
    if plain_name(found.name).endswith(_BINARY):
        return ""
    return "is binary" if b"\0" in found.head and not is_utf16(found.head) else ""
