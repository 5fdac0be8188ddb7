"""XML to elements without a document type: no entities, no external references, no bombs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO, NoReturn, Protocol

from topoplan.errors import DocumentError
from topoplan.importing.files import MAX_BYTES, too_large, unreadable
from topoplan.importing.parsed import MAX_DEPTH, MAX_VALUES

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_PIECE = 2**16


class XmlHandler(Protocol):
    """Is told of a document's elements as they come. Tags are without their namespace."""

    def start(self, tag: str, attributes: Mapping[str, str], line: int) -> None:
        """An element begins on this line, from 1."""
        ...

    def text(self, text: str) -> None:
        """A piece of the text within the innermost open element."""
        ...

    def end(self, tag: str) -> None:
        """The innermost open element ends."""
        ...


def load_xml(data: bytes, path: str) -> Element:
    """The root element. Raises DocumentError with file and line: `xml-malformed`, `xml-forbidden` for a document type
    declaration, entities or external references, `xml-too-deep` or `xml-too-large`."""
    from defusedxml.ElementTree import fromstring

    if data.count(b"<") + data.count(b"=") > MAX_VALUES:
        raise _too_many(path)
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except (SyntaxError, LookupError, ValueError) as error:
        _refuse(error, path)
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return root
    raise _too_deep(path)


def walk_xml(stream: BinaryIO, path: str, handler: XmlHandler) -> None:
    """Tell `handler` of one document without holding it. What was told before an error is part of a broken document.
    Raises DocumentError as `load_xml` does, `too-large` or `unreadable`, and those that the handler raises."""
    from defusedxml.ElementTree import DefusedXMLParser

    target = _Bounded(handler, path)
    parser = DefusedXMLParser(target=target, forbid_dtd=True)
    target.position = parser.parser
    left = MAX_BYTES
    try:
        while piece := stream.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise too_large(path)
            parser.feed(piece)
        parser.close()
    except OSError as error:
        raise unreadable(error, path) from None
    except (SyntaxError, LookupError, ValueError) as error:
        _refuse(error, path)


class _Position(Protocol):
    @property
    def CurrentLineNumber(self) -> int: ...  # noqa: N802 -- expat's name


class _Bounded:
    """Hands on what the parser finds, within the bounds of any document."""

    position: _Position

    def __init__(self, handler: XmlHandler, path: str) -> None:
        self._handler = handler
        self._path = path
        self._depth = 0
        self._values = 0
        self.data = handler.text

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        self._values += 1 + len(attributes)
        if self._depth > MAX_DEPTH:
            raise _too_deep(self._path)
        if self._values > MAX_VALUES:
            raise _too_many(self._path)
        self._handler.start(_local(tag), attributes, self.position.CurrentLineNumber)

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._handler.end(_local(tag))

    def close(self) -> None:
        """Part of the parser's interface."""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _refuse(error: Exception, path: str) -> NoReturn:
    """Tell a parser's error in our words."""
    from xml.etree.ElementTree import ParseError
    from xml.parsers import expat

    from defusedxml.common import DefusedXmlException

    if isinstance(error, DefusedXmlException):
        message = "has a document type declaration, which is never read"
        raise DocumentError(message, slug="xml-forbidden", where=path) from None
    if isinstance(error, ParseError):
        message = expat.ErrorString(error.code)
        raise DocumentError(message, slug="xml-malformed", where=f"{path}:{error.position[0]}") from None
    raise DocumentError("is in an encoding that cannot be read", slug="xml-malformed", where=path) from None


def _too_deep(path: str) -> DocumentError:
    return DocumentError(f"is nested deeper than {MAX_DEPTH} levels", slug="xml-too-deep", where=path)


def _too_many(path: str) -> DocumentError:
    return DocumentError(f"holds more than {MAX_VALUES:,} values", slug="xml-too-large", where=path)
