"""Writing graphs: of a system too large for one picture, a picture of each group beside the overview."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import BinaryIO
from urllib.parse import quote

from topoplan.cli.diagnostics import say
from topoplan.cli.output import STDOUT, Look, Target, write_bytes
from topoplan.cli.work import write_targets
from topoplan.errors import OutputError
from topoplan.model.phrases import counted, listed
from topoplan.model.report import Report
from topoplan.reporting import GRAPH_FORMATS, PICTURE_FORMATS

_DRAWN = ("svg", "png", "pdf")


def write_graphs(report: Report, targets: Sequence[Target], look: Look, *, quiet: bool) -> None:
    """Write the report to every target, in the order given, and say on stderr what a file does not show itself. Raises
    OutputError."""
    for target in targets:
        regular = target.file != STDOUT and (os.path.isfile(target.place) or not os.path.exists(target.place))
        crowded = _is_too_large(report, target.format)
        if target.format in _DRAWN and regular and crowded:
            _write_atlas(report, target, look, quiet=quiet)
            continue
        write_targets(report, [target], GRAPH_FORMATS, look)
        if crowded and not quiet:
            where = f"; -f {target.format}=FILE draws each group too" if target.format in _DRAWN else ""
            count = counted(len(report.topology.services), "node")
            say(f"{target.format} shows groups only, {count} being too many to read{where}")


def _is_too_large(report: Report, drawn_as: str) -> bool:
    """Whether one picture in this format cannot show it all; what is no picture can."""
    if drawn_as not in PICTURE_FORMATS:
        return False
    from topoplan.reporting import atlas, mermaid

    return atlas.is_large(report, mermaid.LARGEST if drawn_as == "mermaid" else atlas.LARGEST)


def _write_atlas(report: Report, target: Target, look: Look, *, quiet: bool) -> None:
    from topoplan.reporting.picture import render_all

    stem, ending = os.path.splitext(target.file)
    folder = f"{stem if ending else target.file}-groups"
    address = quote(os.path.basename(folder), errors="replace")
    overview, pictures = render_all(report, target.format, address, look.style(target.file))
    try:
        os.makedirs(folder, exist_ok=True)
        older = sorted({name for name in os.listdir(folder) if name.endswith(f".{target.format}")} - pictures.keys())
    except OSError as error:
        reason = f"cannot be made: {error.strerror or error}"
        raise OutputError(reason, slug="output-failed", where=folder) from None
    for name, content in pictures.items():
        _put(os.path.join(folder, name), content)
    _put(target.file, overview)
    if not quiet:
        say(f"{target.file} is an overview; {counted(len(pictures), 'picture')} of groups are in {folder}")
    if older:
        say(f"warning: {folder} also holds {counted(len(older), 'picture')} of another run: {listed(older)}")


def _put(file: str, content: bytes) -> None:
    def write(stream: BinaryIO) -> None:
        stream.write(content)

    write_bytes(file, write)
