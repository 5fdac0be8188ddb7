"""The importer of application configuration: claimed files in; calls, sources and notices out."""

from __future__ import annotations

from collections.abc import Sequence

from topoplan.importing.contract import Candidate, Imported, ImportOptions
from topoplan.importing.workspace import Workspace
from topoplan_importers.appconfig.recognise import dialect_of


class AppConfigImporter:
    """Spring, Quarkus, Micronaut, .NET, env files and other files in folders for configuration."""

    name = "appconfig"
    summary = "Application configuration (Spring, Quarkus, Micronaut, .NET, env files, YAML, JSON, TOML, properties)"

    def claims(self, candidate: Candidate) -> bool:
        return dialect_of(candidate) is not None

    def read(self, candidates: Sequence[Candidate], workspace: Workspace, options: ImportOptions) -> Imported:
        from topoplan_importers.appconfig.reading import read

        return read(candidates, workspace, options)
