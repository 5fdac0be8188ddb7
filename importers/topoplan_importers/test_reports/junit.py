"""JUnit XML, the format every test runner writes in a dialect of its own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.parsed import is_utf16
from topoplan.importing.workspace import Workspace

NAME = "junit"
_NAMES = ("test-*.xml", "*junit*.xml")
_ELEMENT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
_PROLOG = {"<?": "?>", "<!--": "-->", "<!": ">"}


class JunitImporter:
    """Reads test reports in JUnit's XML: one result per test case."""

    name = NAME
    summary = "Test reports in JUnit's XML, of any runner"

    def claims(self, candidate: Candidate) -> bool:
        head = candidate.head
        text = head.decode("utf-16" if is_utf16(head) else "latin-1", "ignore").lstrip("ï»¿")
        root = _root(text)
        if root:
            return root in ("testsuites", "testsuite")
        return any(fnmatchcase(candidate.name.removesuffix(".gz"), pattern) for pattern in _NAMES)

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.test_reports.suites import read

        return read(candidates, workspace, options)


def _root(text: str) -> str:
    """Name of the first element, without its namespace; empty when the text begins otherwise."""
    while text := text.lstrip():
        ends = next((end for start, end in _PROLOG.items() if text.startswith(start)), "")
        if not ends:
            found = _ELEMENT.match(text)
            return found[1] if found else ""
        text = text.partition(ends)[2]
    return ""
