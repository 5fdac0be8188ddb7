"""Span and trace ids as numbers, in SQL of DuckDB: numbers are joined at a fraction of what texts cost."""

from __future__ import annotations

TRACE, SPAN = "UHUGEINT", "UBIGINT"
"""Types of the numbers."""
LINKS = f"STRUCT(trace {TRACE}, span {SPAN})[]"
_DIGITS = {TRACE: 32, SPAN: 16}


def text_of(number: str) -> str:
    """What `id_text` gives for a number of SQL; null for null."""
    return f"lower(to_hex({number}))"


def number_of(text: str, kind: str) -> str:
    """The number that an id in a span table is; null where it is none of this type."""
    return f"CASE WHEN {is_number(text, kind)} THEN {as_number(text, kind)} END"


def as_number(text: str, kind: str) -> str:
    """The same where it is known to be one."""
    return f"CAST('0x' || {text} AS {kind})"


def is_number(text: str, kind: str) -> str:
    """Whether an id in a span table is a number of this type."""
    return f"regexp_full_match({text}, '[1-9a-f][0-9a-f]{{0,{_DIGITS[kind] - 1}}}')"
