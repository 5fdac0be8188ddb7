"""The file as a text: what it lets run, and what untrusted text can do to it."""

from __future__ import annotations

import base64
import hashlib
import io
import re
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace
from nasty_report import NASTY, mixed_report, nasty_report
from sample_report import REPORT

from topoplan.model.report import Report
from topoplan.reporting import Style
from topoplan.reporting.html.page import write


class Tags(HTMLParser):
    """The elements of a page, and the texts that stand in them, by tag."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.opened: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {"body": [""]}
        self._within = "body"
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.opened.append((tag, dict(attrs)))
        self._within = tag
        self.texts.setdefault(tag, []).append("")

    def handle_data(self, data: str) -> None:
        self.texts[self._within][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self._within = "body"


def page_of(report: Report) -> str:
    out = io.StringIO()
    write(report, out, Style())
    return out.getvalue()


@pytest.fixture(scope="module")
def sample() -> Tags:
    return Tags(page_of(REPORT))


def test_only_the_script_and_the_style_of_the_page_may_run(sample: Tags) -> None:
    [policy] = [a["content"] for tag, a in sample.opened if a.get("http-equiv") == "Content-Security-Policy"]
    rules = dict(rule.split(" ", 1) for rule in (policy or "").split("; "))
    [style], script = sample.texts["style"], sample.texts["script"][-1]
    assert rules == {
        "default-src": "'none'",
        "script-src": f"'sha256-{_digest(script)}'",
        "style-src": f"'sha256-{_digest(style)}'",
        "img-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_policy_stands_before_everything_it_is_for(sample: Tags) -> None:
    order = [tag if "http-equiv" not in attributes else "policy" for tag, attributes in sample.opened]
    assert order.index("policy") < min(order.index(tag) for tag in ("style", "script", "link", "body"))


def test_no_address_leads_out_of_the_page(sample: Tags) -> None:
    leading = {attributes.get(name) for _, attributes in sample.opened for name in ("src", "href", "action", "srcset")}
    assert leading == {None, "data:,"}


@pytest.mark.parametrize("nasty", [*NASTY, "</script><script>", "</title><img onerror=1>", "<!--", "\0"])
def test_no_text_makes_an_element(nasty: str, sample: Tags) -> None:
    page = page_of(nasty_report(nasty))
    assert [tag for tag, _ in Tags(page).opened] == [tag for tag, _ in sample.opened]
    page.encode("utf-8")
    assert not re.search(r"[\0-\x08\x0b-\x1f]", page.rpartition("<script>")[0])


def test_mixed_texts_give_the_same_bytes_again() -> None:
    assert page_of(mixed_report("salt")) == page_of(mixed_report("salt"))


def test_a_system_without_a_name_has_a_title() -> None:
    assert "<title>topoplan</title>" in page_of(replace(REPORT, system=""))


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
