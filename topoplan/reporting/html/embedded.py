"""Documents inside a page: compressed, so that a large report stays small, and in letters no HTML parser reacts to."""

from __future__ import annotations

import base64
import zlib

from topoplan.reporting.json_text import compact

_GZIP = 31
"""Says to zlib: with a header and a checksum as in a file, and the largest window."""


class TooLargeError(Exception):
    """A document does not fit the letters that a page has for it."""


def block(element: str, document: object, most: int | None = None) -> str:
    """A `script` element that no browser runs: the document as JSON, gzip, base64. The same document, the same bytes.

    `document` may hold values of the model, which are encoded one at a time. Raises TooLargeError as soon as there are
    more than `most` letters, and ValueError for NaN and infinities: they are bugs, not values.
    """
    head, tail = f'<script type="application/octet-stream" id="{element}">', "</script>"
    room = None if most is None else (most - len(head) - len(tail)) // 4 * 3
    return f"{head}{base64.b64encode(_compressed(document, room)).decode('ascii')}{tail}"


def _compressed(document: object, most: int | None) -> bytes:
    # Everything but ASCII is escaped: a lone surrogate in a file name must not stop the whole report.
    packing = zlib.compressobj(9, wbits=_GZIP)
    found = bytearray()
    for piece in compact(document):
        found += packing.compress(piece)
        if most is not None and len(found) > most:
            raise TooLargeError
    found += packing.flush()
    if most is not None and len(found) > most:
        raise TooLargeError
    return bytes(found)
