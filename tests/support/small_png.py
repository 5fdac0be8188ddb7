"""Pictures of pages as small PNG files that say themselves what stands on them."""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_COLOURS = 256
_CHANNELS = {2: 3, 6: 4}
"""Bytes of a pixel by the colour type of the header: RGB, and RGB with opacity."""
_SHOWS = b"Description\0\0"


def small(png: bytes, shows: str) -> bytes:
    """A picture of 8-bit RGB or RGBA pixels with its 256 most frequent colours, or those nearest to others, and a text
    of what it shows."""
    chunks = dict(_chunks(png))
    width, height, depth, kind, *rest = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert (depth, rest) == (8, [0, 0, 0])
    pixels = list(_pixels(zlib.decompress(chunks[b"IDAT"]), width * _CHANNELS[kind], _CHANNELS[kind]))
    palette = [colour for colour, _ in Counter(pixels).most_common(_COLOURS)]
    index = {colour: min(range(len(palette)), key=lambda n: _far(palette[n], colour)) for colour in set(pixels)}
    rows = (bytes(index[pixel] for pixel in pixels[at : at + width]) for at in range(0, len(pixels), width))
    return _SIGNATURE + b"".join(
        _chunk(name, body)
        for name, body in (
            (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            (b"PLTE", b"".join(palette)),
            (b"zTXt", _SHOWS + zlib.compress(shows.encode("latin-1", "xmlcharrefreplace"), 9)),
            (b"IDAT", zlib.compress(b"".join(b"\0" + row for row in rows), 9)),
            (b"IEND", b""),
        )
    )


def shown(png: bytes) -> str:
    """The text that `small` was given, with characters beyond Latin-1 as references."""
    return zlib.decompress(dict(_chunks(png))[b"zTXt"].removeprefix(_SHOWS)).decode("latin-1")


def width(png: bytes) -> int:
    return int.from_bytes(dict(_chunks(png))[b"IHDR"][:4], "big")


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content; of several with pixels all at once."""
    at, pixels = len(_SIGNATURE), b""
    while at < len(png):
        size, name = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        body = png[at + 8 : at + 8 + size]
        pixels += body if name == b"IDAT" else b""
        yield name, pixels if name == b"IDAT" else body
        at += size + 12


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def _pixels(data: bytes, row: int, channels: int) -> Iterator[bytes]:
    """Three bytes each. The filters of PNG's rows (PNG specification, chapter 9) are undone."""
    above = bytearray(row)
    for at in range(0, len(data), row + 1):
        line = bytearray(data[at + 1 : at + 1 + row])
        _undo(data[at], line, above, channels)
        for pixel in range(0, row, channels):
            yield bytes(line[pixel : pixel + 3])
        above = line


def _undo(kind: int, line: bytearray, above: bytearray, channels: int) -> None:
    for at in range(len(line)):
        left = line[at - channels] if at >= channels else 0
        up = above[at]
        corner = above[at - channels] if at >= channels else 0
        line[at] = line[at] + (0, left, up, (left + up) // 2, _paeth(left, up, corner))[kind] & 255


def _paeth(left: int, up: int, corner: int) -> int:
    return min((left, up, corner), key=lambda value: abs(left + up - corner - value))


def _far(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))
