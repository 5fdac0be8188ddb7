"""The topology as a picture, drawn by Graphviz's `dot` program."""

from __future__ import annotations

from subprocess import TimeoutExpired
from typing import IO

from topoplan.errors import OutputError
from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.dot import LARGE, source
from topoplan.reporting.drawing import draw

TIME_LIMIT = 120.0
"""Seconds `dot` may take before it is stopped."""

_INSTALL = "install Graphviz: apt install graphviz, brew install graphviz, or https://graphviz.org/download"
_OTHER_WAY = "export the dot format and lay it out with sfdp, or analyse fewer folders"


def write_svg(report: Report, out: IO[str], style: Style) -> None:
    """An SVG document. Raises OutputError without a working `dot` or when it takes too long."""
    del style
    out.write(render(report, "svg").decode("utf-8").replace("\r\n", "\n"))


def write_png(report: Report, out: IO[bytes], style: Style) -> None:
    """A PNG image, sharp enough for a slide. Raises OutputError as `write_svg` does."""
    del style
    dots_per_inch = 72 if len(report.topology.services) > LARGE else 144
    out.write(render(report, "png", f"-Gdpi={dots_per_inch}"))


def render(report: Report, kind: str, *options: str, time_limit: float = TIME_LIMIT) -> bytes:
    """What `dot` makes of the topology."""
    from graphviz import CalledProcessError, ExecutableNotFound
    from graphviz.backend.dot_command import command
    from graphviz.backend.execute import run_check

    text = source(draw(report)).encode("utf-8")
    try:
        # Not graphviz.pipe: that has no time limit, and dot's warnings about fonts are no business of the user's.
        done = run_check(
            [*command("dot", kind), *options], input=text, capture_output=True, quiet=True, timeout=time_limit
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
    return bytes(done.stdout)
