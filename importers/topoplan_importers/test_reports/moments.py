"""When a test ran, from the many ways in which runners write it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_LAST = 4_102_444_800
"""2100-01-01: a later year is another calendar's, such as 2567 for 2024, and would make all other evidence look old."""


def moment(text: str) -> int:
    """Unix seconds of a time in ISO 8601 or as in mails (RFC 5322), UTC where it tells no zone; 0 when it is neither,
    or no time at which a test can have run."""
    text = text.strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            seconds = int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp())
        except (ValueError, OverflowError):
            continue
        return seconds if 0 < seconds < _LAST else 0
    return 0
