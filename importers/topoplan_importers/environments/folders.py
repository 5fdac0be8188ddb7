"""Tells folders and files of tests by their names, and whose tests they are by where they lie."""

from __future__ import annotations

import posixpath
import re

from topoplan.importing.workspace import Workspace
from topoplan_importers.vocabulary import words

_FOLDERS = words(
    "test tests testing __tests__ e2e it integrationtest integrationtests integration-test integration-tests",
    "acceptance-test acceptance-tests acceptancetest testfixtures androidtest",
)
_SUFFIX = re.compile(
    r"(?P<tested>.+?)[-_.]?(?:(?i:unit|integration|functional|acceptance|component|system|e2e)[-_.]?)?"
    r"(?:(?<=[-_.])(?:tests?|e2e)|Tests?)",
)
_FILE_WORDS = words("test tests testing e2e it integration acceptance")
_TEST_FILE = re.compile(
    r"test_.+|conftest\.py|.+[-_.](?:test|tests|spec|e2e|it|int)\.\w+|.+(?:Tests?|TestCase|IT|Spec)\.\w+"
)
_PACKAGES = re.compile(r"(?:^|/)src/main/")
_SOURCE_ROOTS = words("src source sources")


def root_of(path: str, workspace: Workspace) -> str:
    """The analysed folder that holds a shown path; its own name says nothing about what is in it."""
    folder = posixpath.dirname(path) or "."
    while (above := workspace.join(folder + "/", "..")) is not None and above != folder:
        folder = above
    return folder


def folder_of_tests(path: str, root: str) -> str:
    """The outermost folder on the way to a file that is named after tests; empty when none is. Names below `src/main`
    are those of packages."""
    below = path[len(root) :].lstrip("/") if root not in ("", ".") else path
    kept = path[: len(path) - len(below)]
    if _PACKAGES.search(below):
        return ""
    parts = below.split("/")[:-1]
    for index, part in enumerate(parts):
        if part.lower() in _FOLDERS or _SUFFIX.fullmatch(part):
            return kept + "/".join(parts[: index + 1])
    return ""


def names_test(name: str) -> bool:
    """Whether a configuration file is named after tests: `docker-compose.test.yml`, `compose-e2e.yaml`."""
    return not _FILE_WORDS.isdisjoint(re.split(r"[^a-z0-9]+", name.lower()))


def names_test_code(name: str) -> bool:
    """Whether a source file is named after tests: `OrdersTest.java`, `orders.spec.ts`, `orders_test.go`."""
    return _TEST_FILE.fullmatch(name) is not None


def tested_folder(path: str, workspace: Workspace) -> str:
    """The folder whose tests a file serves: that above its test folder, or the one beside that shares its name
    (`Orders` beside `Orders.IntegrationTests`); its own folder where it lies in none."""
    inside = folder_of_tests(path, root_of(path, workspace))
    if not inside:
        return posixpath.dirname(path) or "."
    above, name = posixpath.split(inside)
    named = _SUFFIX.fullmatch(name)
    beside = posixpath.join(above, named["tested"].rstrip("-_.")) if named else ""
    if beside and workspace.is_dir(beside):
        return beside
    if posixpath.basename(above) in _SOURCE_ROOTS:
        above = posixpath.dirname(above)
    return above or "."
