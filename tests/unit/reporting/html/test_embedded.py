"""Documents inside a page."""

from __future__ import annotations

import base64
import gzip
import json
import re

import pytest

from topoplan.reporting.html.embedded import block

_DOCUMENT = {"text": "</script><!-- \0 \ud800 \u2028 日本", "numbers": [1, 0.5, None, True]}


def test_a_block_holds_the_document() -> None:
    assert _read(block("report", _DOCUMENT)) == _DOCUMENT


def test_a_block_has_no_letter_that_a_parser_of_html_reacts_to() -> None:
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", _packed(block("report", _DOCUMENT)))


def test_the_same_document_gives_the_same_bytes() -> None:
    assert block("report", _DOCUMENT) == block("report", dict(_DOCUMENT))


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_in_json_is_told(value: float) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        block("report", {"risk": value})


def _packed(text: str) -> str:
    found = re.fullmatch(r'<script type="application/octet-stream" id="report">([^<>]*)</script>', text)
    assert found
    return found[1]


def _read(text: str) -> object:
    return json.loads(gzip.decompress(base64.b64decode(_packed(text))))
