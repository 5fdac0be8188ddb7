"""What an importer of whole files hands back: facts each once, notices in order, and what became of each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from topoplan.errors import DocumentError
from topoplan.importing.contract import Imported
from topoplan.importing.workspace import Workspace
from topoplan.model.checks import Check
from topoplan.model.facts import Fact, Notice, Source, SourceState

State = tuple[SourceState, str]
"""What became of a file, and why."""


def outcome(
    importer: str,
    states: Mapping[str, State],
    facts: Iterable[Fact],
    notices: Iterable[Notice],
    workspace: Workspace,
    checks: Iterable[Check] = (),
) -> Imported:
    """Everything of one read; sources come in the order of `states`, which holds all given files."""
    told, proofs = tuple(dict.fromkeys(facts)), tuple(dict.fromkeys(checks))
    counts = Counter(fact.evidence.where.path for fact in (*told, *proofs))
    sources = tuple(
        Source(path, state, importer, reason, counts[path], digest_of(path, workspace))
        for path, (state, reason) in states.items()
    )
    ordered = sorted(dict.fromkeys(notices), key=lambda n: (str(n.where), n.slug, n.message))
    return Imported(told, sources, tuple(ordered), proofs)


def digest_of(path: str, workspace: Workspace) -> str:
    """Hex SHA-256 of a file's stored bytes, empty when they cannot be read."""
    try:
        return workspace.digest(path)
    except DocumentError:
        return ""
