"""The one place that knows where zstd comes from: Python itself, from 3.14 on, or its backport."""

from __future__ import annotations

import sys
from typing import BinaryIO

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdError, ZstdFile
else:
    from backports.zstd import DecompressionParameter, ZstdError, ZstdFile

__all__ = ["ZstdError", "ZstdFile", "unpacked"]

_WINDOW_LOG = 27
"""Most memory that reading takes, as a power of two: what every reader has to support, and no more."""


def unpacked(stream: BinaryIO) -> ZstdFile:
    """What a stream unpacks to. Reading raises ZstdError or EOFError where it is damaged, or asks for more memory."""
    return ZstdFile(stream, options={DecompressionParameter.window_log_max: _WINDOW_LOG})
