"""Cleaning of untrusted text, done once, where facts are built."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, bidirectional controls, zero-width characters, line/paragraph separators, byte-order mark,
# interlinear annotation, the noncharacters XML forbids, tag characters and lone surrogates: all either move the
# terminal's cursor, reorder what a person reads, hide text or break encoding.
UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]+"
)

NAME_LIMIT = 200
"""Longest name kept, in characters; longer ones end in an ellipsis."""

TEXT_LIMIT = 1000
"""Longest free text (description, message) kept, in characters."""


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """Return `text` on one line, safe to print: runs of unsafe characters become one space, ends are stripped,
    anything past `limit` characters is cut and marked with an ellipsis. Idempotent."""
    if not text.isascii() or not text.isprintable():
        text = UNSAFE.sub(" ", text)
    text = text.strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
