"""`topoplan importers`: what can be read, third-party importers included."""

from __future__ import annotations

import click


@click.command()
@click.option("-f", "--format", "wanted", type=click.Choice(["text", "json"]), default="text", help="[default: text]")
def importers(wanted: str) -> None:
    """List the importers: where each comes from, what it reads."""
