"""One self-contained HTML file: the report document, the page that shows it, and a policy that lets nothing else in."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from typing import IO

from msgspec.structs import replace

from topoplan.model.collector import collector_paused
from topoplan.model.report import Report
from topoplan.model.text import clean
from topoplan.reporting import Style
from topoplan.reporting.html.embedded import TooLargeError, block
from topoplan.reporting.html.extras import extras_document
from topoplan.reporting.html.reduction import reduced
from topoplan.reporting.report_json import report_members

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<link rel="icon" href="data:,">
<style>{css}</style>
</head>
<body>
<div id="app"><p>Reading the report of {title} …</p></div>
<noscript><p>This report needs JavaScript, which runs in this page alone: nothing is sent or fetched.</p></noscript>
{blocks}
<script>{script}</script>
</body>
</html>
"""


MOST_EMBEDDED = 12_000_000
"""Letters that a page spends on a report it only hands on: more, and it could not be attached to anything."""

_SAVED = "Totals, groups and the file that JSON saves are complete."
_TOO_LARGE = "Totals and groups are complete; the complete report comes from topoplan analyze -f json."


def write(report: Report, out: IO[str], style: Style) -> None:
    """The whole page. It reads nothing from anywhere and runs no script but its own, whatever the report holds."""
    del style
    css, script, licenses = (_asset(name) for name in ("page.css", "page.js", "LICENSES.txt"))
    blocks = _blocks(report, licenses)
    title = escape(clean(report.system, 80) or "topoplan")
    out.write(_PAGE.format(policy=_policy(script, css), title=title, css=css, script=script, blocks="\n".join(blocks)))


@collector_paused()
def _blocks(report: Report, licenses: str) -> list[str]:
    page = reduced(report)
    whole = report_members(report)
    if not page.told:
        return [block("report", whole), block("extras", extras_document(page, licenses))]
    try:
        complete = [block("whole", whole, MOST_EMBEDDED)]
    except TooLargeError:
        complete = []
    page = replace(page, told=f"{page.told} {_SAVED if complete else _TOO_LARGE}")
    shown = report_members(page.shown) | {"summary": whole["summary"]}
    return [block("report", shown), block("extras", extras_document(page, licenses)), *complete]


def _policy(script: str, css: str) -> str:
    """Nothing is loaded from anywhere; of what stands in the page, only this script and this style count."""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src '{_digest(script)}'",
            f"style-src '{_digest(css)}'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def _digest(text: str) -> str:
    # A browser hashes what it has parsed, where every line ends with a newline alone.
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _asset(name: str) -> str:
    return (files("topoplan.reporting.html") / "assets" / name).read_text(encoding="utf-8")
