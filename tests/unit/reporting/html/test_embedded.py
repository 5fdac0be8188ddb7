"""Documents inside a page."""

from __future__ import annotations

import base64
import gzip
import json
import random
import re

import pytest
from nasty_report import mixed_report

from topoplan.reporting.html.embedded import TooLargeError, block
from topoplan.reporting.report_json import report_document, report_members

_DOCUMENT = {"text": "</script><!-- \0 \ud800 \u2028 日本", "numbers": [1, 0.5, None, True]}


def test_a_block_holds_the_document() -> None:
    assert _read(block("report", _DOCUMENT)) == _DOCUMENT


def test_a_block_has_no_letter_that_a_parser_of_html_reacts_to() -> None:
    assert re.fullmatch(r"[A-Za-z0-9+/=]+", _packed(block("report", _DOCUMENT)))


def test_the_same_document_gives_the_same_bytes() -> None:
    assert block("report", _DOCUMENT) == block("report", dict(_DOCUMENT))


def test_a_block_of_values_of_the_model_is_that_of_their_document() -> None:
    report = mixed_report("block")
    assert block("report", report_members(report)) == block("report", report_document(report))
    whole = json.dumps(report_document(report), separators=(",", ":")).encode("ascii")
    assert gzip.decompress(base64.b64decode(_packed(block("report", report_members(report))))) == whole


@pytest.mark.parametrize("nothing", [{}, [], (), {"list": [], "object": {}, "nested": [{}, [[]]]}, None, "", 0])
def test_nothing_is_a_document_too(nothing: object) -> None:
    assert _read(block("report", nothing)) == json.loads(json.dumps(nothing))


def test_a_block_has_at_most_the_letters_it_may_have() -> None:
    document = [random.Random(1).randbytes(size).hex() for size in range(100)]
    whole = block("report", document)
    assert block("report", document, len(whole)) == whole
    with pytest.raises(TooLargeError):
        block("report", document, len(whole) - 4)


def test_what_does_not_fit_is_not_encoded_to_its_end() -> None:
    letters = random.Random(1)
    document = [*(letters.randbytes(500).hex() for _ in range(1000)), float("nan")]
    with pytest.raises(TooLargeError):
        block("report", document, 1000)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_in_json_is_told(value: float) -> None:
    with pytest.raises(ValueError, match="no number in JSON"):
        block("report", {"risk": value})


def _packed(text: str) -> str:
    found = re.fullmatch(r'<script type="application/octet-stream" id="report">([^<>]*)</script>', text)
    assert found
    return found[1]


def _read(text: str) -> object:
    return json.loads(gzip.decompress(base64.b64decode(_packed(text))))
