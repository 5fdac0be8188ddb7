"""The topology as a picture, drawn by Graphviz's `dot` program."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from subprocess import TimeoutExpired
from typing import IO

from topoplan.errors import OutputError
from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.atlas import atlas
from topoplan.reporting.dot import source
from topoplan.reporting.drawing import Drawing

TIME_LIMIT = 120.0
"""Seconds `dot` may take for all pictures of a report before it is stopped."""

_INSTALL = "install Graphviz: apt install graphviz, brew install graphviz, or https://graphviz.org/download"
_OTHER_WAY = "export the dot format and lay it out with sfdp, or analyse fewer folders"
_DOTS_PER_INCH = 144
"""Of a PNG: sharp enough for a slide."""

_CREATED = re.compile(rb"/CreationDate ?\([^)]*\)")


def write_svg(report: Report, out: IO[str], style: Style) -> None:
    """An SVG document. Raises OutputError without a working `dot` or when it takes too long."""
    out.write(render(atlas(report, by_domain=style.by_domain).overview, "svg").decode("utf-8"))


def write_png(report: Report, out: IO[bytes], style: Style) -> None:
    """A PNG image. Raises OutputError as `write_svg` does."""
    out.write(render(atlas(report, by_domain=style.by_domain).overview, "png"))


def write_pdf(report: Report, out: IO[bytes], style: Style) -> None:
    """A PDF document of one page, as large as the picture. Raises OutputError as `write_svg` does."""
    out.write(render(atlas(report, by_domain=style.by_domain).overview, "pdf"))


def render_all(report: Report, kind: str, folder: str, style: Style) -> tuple[bytes, Mapping[str, bytes]]:
    """What the writers make, and by file name a picture of each group where one picture is not enough. The first links
    to the others in `folder`, an address relative to its own. Raises OutputError as `write_svg` does."""
    end = time.monotonic() + TIME_LIMIT
    found = atlas(report, by_domain=style.by_domain, folder=folder, suffix=f".{kind}")
    drawings = {f"{page.slug}.{kind}": page.drawing for page in found.pages}
    overview = render(found.overview, kind)
    return overview, {
        name: render(drawing, kind, time_limit=max(end - time.monotonic(), 0.1)) for name, drawing in drawings.items()
    }


def render(drawing: Drawing, kind: str, *, time_limit: float = TIME_LIMIT) -> bytes:
    """What `dot` makes of a drawing; `kind` is `svg`, `png` or `pdf`."""
    from graphviz import CalledProcessError, ExecutableNotFound
    from graphviz.backend.dot_command import command
    from graphviz.backend.execute import run_check

    options = [f"-Gdpi={_DOTS_PER_INCH}"] if kind == "png" else []
    try:
        # Not graphviz.pipe: that has no time limit, and dot's warnings about fonts are no business of the user's.
        done = run_check(
            [*command("dot", kind), *options],
            input=source(drawing).encode("utf-8"),
            capture_output=True,
            quiet=True,
            timeout=time_limit,
        )
    except ExecutableNotFound:
        raise OutputError("Graphviz's dot program was not found", slug="graphviz-missing", hint=_INSTALL) from None
    except TimeoutExpired:
        message = f"dot did not finish within {time_limit:g} s"
        raise OutputError(message, slug="graphviz-timeout", hint=_OTHER_WAY) from None
    except CalledProcessError as error:
        raise OutputError(
            f"dot failed with exit code {error.returncode}", slug="graphviz-failed", hint=_OTHER_WAY
        ) from None
    # The same input gives the same bytes: no line ends of the platform, no time of the run.
    made = bytes(done.stdout).replace(b"\r\n", b"\n") if kind == "svg" else bytes(done.stdout)
    return _CREATED.sub(lambda match: b" " * len(match[0]), made) if kind == "pdf" else made
