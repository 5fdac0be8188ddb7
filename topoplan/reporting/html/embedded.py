"""Documents inside a page: compressed, so that a large report stays small, and in letters no HTML parser reacts to."""

from __future__ import annotations

import base64
import gzip
import json


def block(element: str, document: object) -> str:
    """A `script` element that no browser runs: the document as JSON, gzip, base64. The same document, the same bytes.

    Raises ValueError for NaN and infinities: they are bugs, not values.
    """
    # Everything but ASCII is escaped: a lone surrogate in a file name must not stop the whole report.
    data = json.dumps(document, allow_nan=False, separators=(",", ":")).encode("ascii")
    packed = base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")
    return f'<script type="application/octet-stream" id="{element}">{packed}</script>'
