import io
from collections.abc import Mapping

import pytest

from topoplan.errors import DocumentError
from topoplan.importing import xml_documents
from topoplan.importing.documents import load_xml, walk_xml

BOMB = b'<!DOCTYPE z [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><z>&b;</z>'
EXTERNAL = b'<!DOCTYPE z [<!ENTITY x SYSTEM "file:///etc/passwd">]><z>&x;</z>'
REMOTE_DTD = b'<!DOCTYPE z SYSTEM "http://example.com/z.dtd"><z/>'


def refused(data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_xml(data, "f.xml")
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
def test_elements_are_read(encoding: str) -> None:
    declared = encoding.removesuffix("-sig")
    root = load_xml(f'<?xml version="1.0" encoding="{declared}"?><a b="1"><c>ü</c></a>'.encode(encoding), "f.xml")
    assert (root.tag, root.get("b"), root.findtext("c")) == ("a", "1", "ü")


@pytest.mark.parametrize("data", [BOMB, EXTERNAL, REMOTE_DTD], ids=["bomb", "external", "remote"])
def test_document_types_are_refused(data: bytes) -> None:
    error = refused(data)
    assert (error.slug, error.where) == ("xml-forbidden", "f.xml")


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "f.xml:1"),
        (b"<a>\n<b></a>", "f.xml:2"),
        (b"<a>\n\xff</a>", "f.xml:2"),
        (b"<a>\x00</a>", "f.xml:1"),
        (b'<?xml version="1.0" encoding="nonsense"?><a/>', "f.xml"),
    ],
    ids=["empty", "unclosed", "utf-8", "nul", "encoding"],
)
def test_what_is_wrong_is_told_with_its_place(data: bytes, where: str) -> None:
    error = refused(data)
    assert error.slug == "xml-malformed"
    assert error.where.startswith(where)


def test_deep_nesting_is_refused() -> None:
    assert refused(b"<a>" * 40_000 + b"</a>" * 40_000).slug == "xml-too-deep"
    assert load_xml(b"<a>" * 200 + b"</a>" * 200, "f.xml").tag == "a"
    assert refused(b"<a>" * 201 + b"</a>" * 201).slug == "xml-too-deep"


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xml_documents, "MAX_VALUES", 10)
    assert refused(b"<a>" + b"<b/>" * 20 + b"</a>").slug == "xml-too-large"


class Steps:
    """An `XmlHandler` that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def start(self, tag: str, attributes: Mapping[str, str], line: int) -> None:
        self.told.append((tag, dict(attributes), line))

    def text(self, text: str) -> None:
        self.told.append(text)

    def end(self, tag: str) -> None:
        self.told.append("/" + tag)


def walked(data: bytes) -> list[object]:
    steps = Steps()
    walk_xml(io.BytesIO(data), "f.xml", steps)
    return steps.told


def not_walked(data: bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        walked(data)
    return caught.value


def test_a_walk_tells_elements_with_their_lines() -> None:
    data = b'<n:a xmlns:n="u">\n<b c="1"\n d="2">t</b></n:a>'
    assert walked(data) == [("a", {}, 1), "\n", ("b", {"c": "1", "d": "2"}, 2), "t", "/b", "/a"]


@pytest.mark.parametrize("data", [BOMB, EXTERNAL, REMOTE_DTD, b"", b"<a>\n<b></a>", b"<a>\xff</a>", b"<a/><b/>"])
def test_a_walk_refuses_what_a_whole_document_may_not_hold(data: bytes) -> None:
    assert str(not_walked(data)) == str(refused(data))


def test_a_walk_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not_walked(b"<a>" * 201).slug == "xml-too-deep"
    monkeypatch.setattr(xml_documents, "MAX_VALUES", 10)
    assert not_walked(b"<a>" + b"<b/>" * 20 + b"</a>").slug == "xml-too-large"
    monkeypatch.setattr(xml_documents, "MAX_BYTES", 10)
    assert not_walked(b"<a>long enough</a>").slug == "too-large"
