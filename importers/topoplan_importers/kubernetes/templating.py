"""A reader of Helm's template language that goes as far as values files lead, with bounded work and without effects.

What it cannot know becomes `UNKNOWN_TEXT`, and the rest of the file stays readable.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from msgspec import Struct, field

from topoplan_importers.kubernetes.template_functions import FUNCTIONS, UNKNOWN, as_text, is_true

Tokens: TypeAlias = tuple[str, ...]

_ACTION = re.compile(r"\{\{(-(?=[\s}]))?((?:[^{}\"`]|\"(?:[^\"\\]|\\.)*\"|`[^`]*`|\}(?!\}))*?)((?<=\s)-)?\}\}")
_COMMENT = re.compile(r"\{\{-?\s*/\*")
_TOKEN: Final = re.compile(
    r"""\s+|("(?:[^"\\]|\\.)*"|`[^`]*`|:=|=|\||\(|\)\.[\w.]+|\)|,|\$?(?:\.?[A-Za-z_]\w*)(?:\.[A-Za-z_]\w*)*|\$|\."""
    r"""|-?\d[\w.]*|.)""",
    re.DOTALL,
)
_OPENERS = frozenset({"if", "with", "range", "define", "block"})
_MAX_DEPTH = 40
_MAX_STEPS = 20_000
_MAX_OUTPUT = 2**20


class TooMuchError(Exception):
    """A template that does not end within the bounds."""


class Node(Struct):
    """A text, an action, or a block of them."""

    kind: str
    line: int
    text: str = ""
    tokens: Tokens = ()
    body: list[Node] = field(default_factory=list)
    otherwise: list[Node] = field(default_factory=list)


def parse(text: str) -> tuple[list[Node], dict[str, list[Node]]]:
    """The nodes of a template, and the named templates it defines. Raises TooMuchError when nested too deep."""
    defined: dict[str, list[Node]] = {}
    root = Node("root", 1)
    stack: list[tuple[Node, list[Node]]] = [(root, root.body)]
    for kind, content, line in _pieces(_uncommented(text)):
        if kind == "text":
            stack[-1][1].append(Node("text", line, content))
            continue
        tokens = tuple(t for t in _TOKEN.findall(content) if t)
        word = tokens[0] if tokens else ""
        if word in _OPENERS:
            if len(stack) > _MAX_DEPTH:
                raise TooMuchError
            node = Node(word, line, tokens=tokens[1:])
            stack[-1][1].append(node)
            stack.append((node, node.body))
        elif word == "else" and len(stack) > 1:
            node = stack[-1][0]
            while node.otherwise and node.otherwise[0].kind == "elseif":
                node = node.otherwise[0]
            if tokens[1:2] in (("if",), ("with",)):
                inner = Node("elseif", line, tokens=tokens[2:])
                node.otherwise.append(inner)
                stack[-1] = (stack[-1][0], inner.body)
            else:
                stack[-1] = (stack[-1][0], node.otherwise)
        elif word == "end" and len(stack) > 1:
            node, _ = stack.pop()
            if node.kind in ("define", "block") and node.tokens:
                defined[node.tokens[0].strip('"`')] = node.body
        elif word and not word.startswith("/"):
            stack[-1][1].append(Node("action", line, tokens=tokens))
    return root.body, defined


def _uncommented(text: str) -> str:
    """Comments emptied but for their line breaks, since they may hold braces."""
    parts, at = [], 0
    for match in _COMMENT.finditer(text):
        end = text.find("*/", match.end())
        if end < 0:
            break
        if match.start() >= at:
            parts += [text[at : match.end()], "\n" * text.count("\n", match.end(), end)]
            at = end
    return "".join((*parts, text[at:]))


def _pieces(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, content, line) of texts and actions, with the white space gone that `{{-` and `-}}` trim."""
    line, at, trim = 1, 0, False
    for match in (*_ACTION.finditer(text), None):
        piece = text[at : match.start() if match else len(text)]
        kept = piece.lstrip() if trim else piece
        start = line + piece[: len(piece) - len(kept)].count("\n")
        if match and match[1]:
            kept = kept.rstrip()
        if kept:
            yield "text", kept, start
        line += piece.count("\n")
        if match is None:
            return
        yield "action", match[2].strip(), line
        line += match[0].count("\n")
        at, trim = match.end(), bool(match[3])


class Rendered(Struct):
    """A text, and for each of its lines the line of the template it comes from."""

    parts: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=lambda: [0])
    size: int = 0

    def add(self, text: str, line: int, *, moves: bool) -> None:
        """Append `text`, which starts at `line`; `moves`: its own line breaks are those of the template."""
        self.size += len(text)
        if self.size > _MAX_OUTPUT:
            raise TooMuchError
        self.parts.append(text)
        for number, part in enumerate(text.split("\n")):
            if number:
                self.lines.append(0)
            if not self.lines[-1] and part.strip():
                self.lines[-1] = line + (number if moves else 0)

    @property
    def text(self) -> str:
        return "".join(self.parts)


class Renderer:
    """Renders templates of one chart. `root` is what `$` means, `defined` the named templates."""

    def __init__(self, root: Mapping[str, object], defined: Mapping[str, list[Node]]) -> None:
        self._root = root
        self._defined = defined
        self._steps = 0
        self._depth = 0

    @property
    def steps(self) -> int:
        """How much work it took so far."""
        return self._steps

    def render(self, nodes: Sequence[Node]) -> Rendered:
        """Raises TooMuchError."""
        out = Rendered()
        self._run(nodes, self._root, {"$": self._root}, out)
        return out

    def _run(self, nodes: Sequence[Node], dot: object, names: dict[str, object], out: Rendered) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH * 2:
            raise TooMuchError
        for node in nodes:
            self._steps += 1
            if self._steps > _MAX_STEPS:
                raise TooMuchError
            if node.kind == "text":
                out.add(node.text, node.line, moves=True)
            elif node.kind == "action":
                out.add(self._action(node.tokens, dot, names), node.line, moves=False)
            elif node.kind in ("if", "elseif"):
                branch = node.body if is_true(self._value(node.tokens, dot, names)) else node.otherwise
                self._run(branch, dot, names, out)
            elif node.kind == "with":
                value = self._value(node.tokens, dot, names)
                if is_true(value):
                    self._run(node.body, value, names, out)
                else:
                    self._run(node.otherwise, dot, names, out)
            elif node.kind == "range":
                self._range(node, dot, names, out)
        self._depth -= 1

    def _range(self, node: Node, dot: object, names: dict[str, object], out: Rendered) -> None:
        tokens = node.tokens
        variables: list[str] = []
        if ":=" in tokens:
            at = tokens.index(":=")
            variables = [t for t in tokens[:at] if t.startswith("$")]
            tokens = tokens[at + 1 :]
        value = self._value(tokens, dot, names)
        items: list[tuple[object, object]] = []
        if isinstance(value, dict):
            items = sorted(value.items(), key=lambda item: str(item[0]))
        elif isinstance(value, list):
            items = list(enumerate(value))
        for key, item in items:
            inner = dict(names)
            inner.update(zip(variables[-2:], (key, item) if len(variables) > 1 else (item,), strict=False))
            self._run(node.body, item, inner, out)
        if not items:
            self._run(node.otherwise, dot, names, out)

    def _action(self, tokens: Tokens, dot: object, names: dict[str, object]) -> str:
        if len(tokens) > 2 and tokens[0].startswith("$") and tokens[1] in (":=", "="):
            names[tokens[0]] = self._value(tokens[2:], dot, names)
            return ""
        return as_text(self._value(tokens, dot, names))

    def _value(self, tokens: Tokens, dot: object, names: dict[str, object]) -> object:
        if len(tokens) > 2 and tokens[0].startswith("$") and tokens[1] == ":=":
            names[tokens[0]] = self._value(tokens[2:], dot, names)
            return names[tokens[0]]
        value, _ = self._pipeline(tokens, 0, dot, names, 0)
        return value

    def _pipeline(
        self, tokens: Tokens, at: int, dot: object, names: dict[str, object], depth: int
    ) -> tuple[object, int]:
        if depth > _MAX_DEPTH:
            raise TooMuchError
        value: object = UNKNOWN
        piped = False
        while at < len(tokens):
            head = tokens[at]
            args: list[object] = []
            while at < len(tokens) and tokens[at] != "|" and not tokens[at].startswith(")"):
                if tokens[at] == "(":
                    inner, at = self._pipeline(tokens, at + 1, dot, names, depth + 1)
                    suffix = tokens[at] if at < len(tokens) else ")"
                    args.append(_member(inner, suffix[1:].strip(".").split(".")) if len(suffix) > 1 else inner)
                    at += 1
                else:
                    args.append(self._operand(tokens[at], dot, names))
                    at += 1
            if piped:
                args.append(value)
            is_function = head.isidentifier() and head not in ("true", "false", "nil")
            value = self._call(head, args) if is_function else args[0] if args else UNKNOWN
            piped = True
            if at < len(tokens) and tokens[at] == "|":
                at += 1
            else:
                break
        return value, at

    def _operand(self, word: str, dot: object, names: Mapping[str, object]) -> object:
        if word[0] in '"`':
            return word[1:-1].replace('\\"', '"').replace("\\n", "\n")
        if word in ("true", "false"):
            return word == "true"
        if word == "nil":
            return None
        if re.fullmatch(r"-?\d{1,9}", word):
            return int(word)
        if word == ".":
            return dot
        head, *path = word.split(".")
        if head.startswith("$"):
            return _member(names.get(head, UNKNOWN), path)
        return _member(dot, path) if not head else UNKNOWN

    def _call(self, name: str, args: list[object]) -> object:
        """The value of a function; its own name stands first in `args`."""
        rest = args[1:]
        if name in ("include", "template") and rest:
            body = self._defined.get(str(rest[0]))
            if body is None:
                return UNKNOWN
            dot = rest[1] if len(rest) > 1 else None
            out = Rendered()
            self._run(body, dot, {"$": dot}, out)
            return out.text
        if name == "tpl" and rest:
            nodes, _ = parse(as_text(rest[0]))
            out = Rendered()
            self._run(nodes, self._root, {"$": self._root}, out)
            return out.text
        function = FUNCTIONS.get(name)
        if function is None:
            return UNKNOWN
        try:
            return function(*rest)
        except (TypeError, ValueError, IndexError, AttributeError):  # wrong arguments; Helm would refuse the template
            return UNKNOWN


def _member(value: object, path: Sequence[str]) -> object:
    for key in path:
        if value is UNKNOWN:
            return UNKNOWN
        value = value.get(key) if isinstance(value, dict) else None
    return value
