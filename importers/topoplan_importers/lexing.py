"""Tokens of brace languages such as Protocol Buffers and GraphQL SDL: bounded, linear, with a line for each."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from topoplan.errors import DocumentError

MAX_TOKENS = 2_000_000
"""Tokens read of one file; the largest generated definitions have some 100,000."""
_CLOSING = {"{": "}", "(": ")", "[": "]", "<": ">"}


class Token(NamedTuple):
    """One word, number, string (with its quotes) or mark; the empty text is the end."""

    text: str
    line: int


class Tokens:
    """A cursor over the tokens of one file. Reading past a mark that must be there raises DocumentError."""

    def __init__(self, content: bytes, path: str, pattern: re.Pattern[str], slug: str) -> None:
        """`pattern` matches what is left out in group 1 and tokens in group 2."""
        self._path, self._slug = path, slug
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise self._error("its bytes are no UTF-8", 0) from None
        self._tokens = list(self._scan(text, pattern))
        self._at = 0
        self._end = Token("", self._tokens[-1].line if self._tokens else 1)

    def peek(self, ahead: int = 0) -> str:
        """The text of a coming token."""
        index = self._at + ahead
        return self._tokens[index].text if index < len(self._tokens) else ""

    def next(self) -> Token:
        """The next token; at the end an empty one, for ever."""
        if self._at >= len(self._tokens):
            return self._end
        token = self._tokens[self._at]
        self._at += 1
        return token

    def take(self, text: str) -> bool:
        """Pass over the next token if it is this one."""
        if self.peek() != text:
            return False
        self._at += 1
        return True

    def expect(self, text: str) -> Token:
        """Pass over the next token, which must be this one."""
        token = self.next()
        if token.text != text:
            raise self.unexpected(token, f"where {text!r} belongs")
        return token

    def name(self) -> Token:
        """Pass over the next token, which must be a word."""
        token = self.next()
        if not (token.text[:1].isalpha() or token.text[:1] in ("_", ".")):
            raise self.unexpected(token, "where a name belongs")
        return token

    def skip_group(self) -> None:
        """Pass over the bracketed group that the next token opens, whatever is in it."""
        opening = self.next().text
        closing, depth = _CLOSING[opening], 1
        while depth:
            token = self.next()
            if not token.text:
                raise self.unexpected(token, f"before {closing!r}")
            depth += (token.text == opening) - (token.text == closing)

    def skip_statement(self, opening: Collection[str] = ("{", "[", "(")) -> None:
        """Pass over everything up to and with the next `;`, groups as a whole."""
        while (text := self.peek()) != ";":
            if text in opening:
                self.skip_group()
            elif not text:
                raise self.unexpected(self.next(), "before ';'")
            else:
                self._at += 1
        self._at += 1

    def unexpected(self, token: Token, what: str) -> DocumentError:
        """The error for a token that cannot stand here. What it says stays out of the message: it may be a secret."""
        return self._error("something else stands " + what if token.text else "ends " + what, token.line)

    def _scan(self, text: str, pattern: re.Pattern[str]) -> Iterator[Token]:
        line, at, count = 1, 0, 0
        for match in pattern.finditer(text):
            line += text.count("\n", at, match.start())
            at = match.start()
            if match[2]:
                count += 1
                if count > MAX_TOKENS:
                    raise self._error(f"holds more than {MAX_TOKENS:,} words", line)
                yield Token(match[2], line)

    def _error(self, message: str, line: int) -> DocumentError:
        return DocumentError(message, slug=self._slug, where=f"{self._path}:{line}" if line else self._path)
