"""Which files may set up tests, by their names and first bytes."""

from __future__ import annotations

import posixpath

from topoplan.importing.contract import Candidate
from topoplan.importing.sniffing import SOURCE_SUFFIXES
from topoplan_importers.compose.recognise import claims as is_compose
from topoplan_importers.environments.folders import folder_of_tests, names_test, names_test_code
from topoplan_importers.vocabulary import words

MARK = b"estcontainers"
"""What every file of code or build that uses the library says somewhere, however it is written."""
URL_MARK = b"jdbc:tc:"
_BUILD_KINDS = words("pom.xml build.gradle package.json pyproject.toml requirements.txt .csproj go.mod")
_HEAD_BYTES = 4096
_SETTINGS = (".properties", ".yml", ".yaml", ".json")


def claims(candidate: Candidate) -> bool:
    """Whether a file may set up tests."""
    name, head = candidate.name, candidate.head
    if is_build_file(name):
        # A dependency may stand further down than the first bytes.
        return MARK in head or (name == "pom.xml" and candidate.size > _HEAD_BYTES)
    if is_code(name):
        return MARK in head and is_for_tests(candidate.path, "")
    if not name.endswith(_SETTINGS) or not is_for_tests(candidate.path, ""):
        return False
    return is_compose(candidate) or URL_MARK in head


def is_build_file(name: str) -> bool:
    """Whether a lower-case file name is that of a build file that is read."""
    return build_kind(name) in _BUILD_KINDS


def build_kind(name: str) -> str:
    """By which name the build files of one tool go."""
    name = name.lower()
    if name.endswith((".csproj", ".fsproj", ".vbproj")):
        return ".csproj"
    if name.startswith("requirements") and name.endswith(".txt"):
        return "requirements.txt"
    return name.removesuffix(".kts") if name == "build.gradle.kts" else name


def is_for_tests(path: str, root: str) -> bool:
    """Whether a file is one of tests by its name or folder."""
    name = posixpath.basename(path)
    return bool(folder_of_tests(path, root)) or (names_test_code(name) if is_code(name) else names_test(name))


def is_code(name: str) -> bool:
    """Whether a file name is that of source code."""
    return posixpath.splitext(name.lower())[1] in SOURCE_SUFFIXES
