"""XML to elements without a document type: no entities, no external references, no bombs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from topoplan.errors import DocumentError
from topoplan.importing.parsed import MAX_DEPTH, MAX_VALUES

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def load_xml(data: bytes, path: str) -> Element:
    """The root element. Raises DocumentError with file and line: `xml-malformed`, `xml-forbidden` for a document type
    declaration, entities or external references, `xml-too-deep` or `xml-too-large`."""
    from xml.etree.ElementTree import ParseError
    from xml.parsers import expat

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    if data.count(b"<") + data.count(b"=") > MAX_VALUES:
        raise DocumentError(f"holds more than {MAX_VALUES:,} values", slug="xml-too-large", where=path)
    try:
        root: Element = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        message = "has a document type declaration, which is never read"
        raise DocumentError(message, slug="xml-forbidden", where=path) from None
    except ParseError as error:
        message = expat.ErrorString(error.code)
        raise DocumentError(message, slug="xml-malformed", where=f"{path}:{error.position[0]}") from None
    except (LookupError, ValueError):
        raise DocumentError("is in an encoding that cannot be read", slug="xml-malformed", where=path) from None
    level = [root]
    for _ in range(MAX_DEPTH):
        level = [child for element in level for child in element]
        if not level:
            return root
    raise DocumentError(f"is nested deeper than {MAX_DEPTH} levels", slug="xml-too-deep", where=path)
