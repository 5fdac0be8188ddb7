"""Tells the three formats of catalogues apart and reads each."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.errors import DocumentError
from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan.model.facts import Fact, Notice, SourceState
from topoplan_importers.catalogue.backstage import Backstage, is_entity
from topoplan_importers.catalogue.codeowners import owners
from topoplan_importers.catalogue.importer import NAME
from topoplan_importers.catalogue.structurizr import is_workspace, workspace_facts
from topoplan_importers.outcome import State, outcome


def read(candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
    """See `Importer.read`."""
    states: dict[str, State] = {}
    facts: list[Fact] = []
    notices: list[Notice] = []
    backstage = Backstage(NAME)
    for path in sorted(candidate.path for candidate in candidates):
        states[path] = (SourceState.ANALYSED, "")
        try:
            if path.lower().endswith("codeowners"):
                facts += owners(workspace.read_bytes(path), path, NAME)
                continue
            documents = workspace.documents(path)
        except DocumentError as error:
            states[path] = (SourceState.FAILED, error.reason)
            continue
        notices += (notice for document in documents for notice in document.notices)
        entities = [document.value for document in documents if is_entity(document.value)]
        if entities:
            backstage.add(path, entities)
        elif documents and is_workspace(documents[0].value):
            facts += workspace_facts(documents[0].value, path, NAME)
        else:
            states[path] = (SourceState.SKIPPED, "holds no entity of Backstage and no model of Structurizr")
    return outcome(NAME, states, [*backstage.facts(), *facts], notices, workspace)
