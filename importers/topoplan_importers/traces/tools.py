"""What commands do with traces besides analysing them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from topoplan.errors import UsageError
from topoplan.importing.contract import Candidate, Flattened, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.traces.facts import facts_of
from topoplan_importers.traces.importer import (
    JaegerImporter,
    OtlpImporter,
    SpansImporter,
    TraceStateImporter,
    ZipkinImporter,
)

_Importer: TypeAlias = JaegerImporter | OtlpImporter | ZipkinImporter | SpansImporter | TraceStateImporter

_TRACES = "traces in OTLP, Jaeger's or Zipkin's format"


class TraceTools:
    """Found under the entry-point group `topoplan.trace_tools`."""

    def flatten(
        self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions, target: Path
    ) -> Flattened:
        """See the protocol of this name."""
        from topoplan_importers.traces.flattening import flatten

        claimed = _told_if_none(_claimed(candidates, (JaegerImporter(), OtlpImporter(), ZipkinImporter())), _TRACES)
        return flatten(claimed, workspace, options, target)

    def edges(
        self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions, state: str
    ) -> Imported:
        """See the protocol of this name."""
        importers = (JaegerImporter(), OtlpImporter(), ZipkinImporter(), SpansImporter(), TraceStateImporter())
        if state:
            from topoplan_importers.traces.updating import state_facts

            others = [c for c in candidates if not workspace.real(c.path).is_relative_to(Path(state).resolve())]
            claimed = _claimed(others, importers)
            if not claimed and not Path(state).is_dir():
                raise UsageError("there is no state, and no traces to begin one", slug="no-such-path", where=state)
            return state_facts(state, claimed, workspace, options)
        claimed = _told_if_none(_claimed(candidates, importers), f"{_TRACES}, tables of their spans, or states")
        read = [one.read(claimed[one.name], workspace, options) for one in importers if one.name in claimed]
        return Imported(
            tuple(fact for imported in read for fact in imported.facts),
            tuple(source for imported in read for source in imported.sources),
            tuple(notice for imported in read for notice in imported.notices),
        )

    def ask(self, engine: str, source: str, mapping: str, environment: Mapping[str, str]) -> Imported:
        """See the protocol of this name."""
        from topoplan_importers.traces.engines.warehouse_source import observe_source

        facts, notices = facts_of(observe_source(engine, source, mapping, environment), engine)
        return Imported(tuple(facts), (), tuple(notices))

    def script(self, dialect: str, source: str, rounds: int) -> str:
        """See the protocol of this name."""
        from topoplan_importers.traces.engines.warehouse_source import script_for

        return script_for(dialect, source, rounds)


def _claimed(candidates: Sequence[Candidate], importers: Sequence[_Importer]) -> dict[str, list[Candidate]]:
    """Files by importer."""
    found = {importer.name: [c for c in candidates if importer.claims(c)] for importer in importers}
    return {name: files for name, files in found.items() if files}


def _told_if_none(claimed: dict[str, list[Candidate]], wanted: str) -> dict[str, list[Candidate]]:
    """The same. Raises UsageError where there are none."""
    if not claimed:
        hint = f"Give files or folders with {wanted}."
        raise UsageError("none of these files is a trace", slug="no-traces", hint=hint)
    return claimed
