"""`topoplan importers`: what can be read, third-party importers included."""

from __future__ import annotations

import click


@click.command()
@click.option("-f", "--format", "wanted", type=click.Choice(["text", "json"]), default="text", help="[default: text]")
def importers(wanted: str) -> None:
    """List the importers: where each comes from, what it reads."""
    import json

    from topoplan.cli.output import STDOUT, write_text
    from topoplan.importing.registry import list_importers

    listed = list_importers()
    if wanted == "json":
        keys = ("name", "package", "version", "summary")
        text = json.dumps([dict(zip(keys, row, strict=True)) for row in listed], indent=2, ensure_ascii=False)
    else:
        rows = [("NAME", "PACKAGE", "VERSION", "READS"), *listed]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        padded = ([*map(str.ljust, row[:3], widths), row[3]] for row in rows)
        text = "\n".join("  ".join(cells).rstrip() for cells in padded)
    write_text(STDOUT, lambda out: out.writelines([text, "\n"]), person=wanted == "text")
