"""The command line: stdout is data, stderr is talk. Importing it costs click and nothing heavier.

Every command module declares its options at import and loads the rooms it needs inside its function.
"""

from collections.abc import Sequence

import click

from topoplan import __version__
from topoplan.cli.analyze import analyze
from topoplan.cli.diagnostics import run
from topoplan.cli.explain import explain
from topoplan.cli.explore import explore
from topoplan.cli.fetch import fetch
from topoplan.cli.gaps import baseline, gaps
from topoplan.cli.graph import graph
from topoplan.cli.importers import importers
from topoplan.cli.init import init
from topoplan.cli.plan import plan
from topoplan.cli.sources import sources
from topoplan.cli.traces import traces

__all__ = ["app", "main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="%(prog)s %(version)s")
def app() -> None:
    """Find out which tests a system of services needs, from the files it already has.

    topoplan reads Compose files, Kubernetes manifests, OpenAPI specifications and traces, joins them into one
    dependency graph, scores the risk of every boundary between services, and recommends tests.

    Start with: topoplan analyze PATH
    """


for _command in (analyze, plan, gaps, baseline, graph, explain, explore, sources, init, importers, fetch, traces):
    app.add_command(_command)


def main(args: Sequence[str] | None = None) -> int:
    """Run the command line with these arguments (default: the process's) and return the exit code."""
    return run(app, args)
