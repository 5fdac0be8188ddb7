"""Knows again what attributes of spans say by their text, so that most of them need not be decoded.

The attributes of spans from one place in a program are the same but for a few values: an id, a path, a thread. Of such
texts a *template* is made, what they have in common with holes for the values that differ. A text fits a template when
it is the same outside the holes and each hole holds one plain value of the same kind; then it says the same, but for
the values in those holes that are looked at. So nothing is guessed: a text that fits none is decoded. Only where holes
are is learnt from texts alike; one that is not needed costs a little time and changes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from itertools import compress, pairwise
from operator import ne
from typing import Any, NamedTuple, Protocol, TypeAlias

import msgspec

from topoplan_importers.traces.span import Attributes, Told

Decode: TypeAlias = Callable[[bytes], Attributes]
"""Gives the attributes in a text that are looked at. Raises msgspec.DecodeError, UnicodeDecodeError or
RecursionError."""

_Values: TypeAlias = tuple[bytes | str, ...]
"""Of the holes that are looked at: as they stand there, or what they settle to."""

_NOTHING: _Values = ()
_NOTHING_ELSE = re.compile(rb"(?!)").fullmatch
_QUOTE, _BACKSLASH = 34, 92  # as bytes
_TOKEN = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[^"\d-]+')
_PLAIN = re.compile(rb'("[^"]*")')
_NUMERIC = re.compile(rb"[\d-]")
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_HOLES = 8
"""Most holes of a template: texts that differ in more are not of one place."""
_TEMPLATES, _LESSONS = 8, 24
"""Templates of one kind of span, and texts looked at to make them."""
_VALUES = 256
"""Combinations of values in holes remembered for a template."""
_LONGEST, _BYTES = 8192, 32 * 2**20
"""Bytes of a text that is learnt from, and of all of them."""


class Sense(Protocol):
    """What values mean, for those that differ from span to span although few descriptions follow from them."""

    def matters(self, key: str, found: Attributes) -> bool:
        """Whether anything follows from an attribute where all these are there."""
        ...

    def settled(self, key: str) -> Callable[[bytes], str] | None:
        """Gives for the values of an attribute, in UTF-8, fewer ones from which the same follows; None: all count.
        Raises UnicodeDecodeError."""
        ...

    def cut(self, value: bytes) -> list[bytes]:
        """A value that settles, cut at the whole numbers in it that nothing follows from: what stands around them, one
        piece more than there are numbers."""
        ...


class Templates:
    """Templates by kind of span: whatever else it says that is the same for all spans from one place. To learn them
    (`learns`) pays from some 60,000 spans."""

    def __init__(self, sense: Sense, learns: bool) -> None:
        self._sense = sense
        self._kinds: dict[Hashable, _Kind] = {}
        self._shapes: dict[Hashable, Sequence[_Shape]] = {}
        """Of the templates of each kind."""
        self._pieces: dict[bytes, bytes] = {}
        """Of all templates, each once: what is compared with every span should stay near the processor."""
        self._holes: dict[Hashable, frozenset[int]] = {}
        """By structure of texts: where texts of another kind had holes."""
        self._left = _BYTES if learns else 0
        """Bytes of text that may still be learnt from."""

    def fit(self, kind: Hashable, text: bytes) -> Told | Fit | None:
        """What a text says; where it has values that were not met before, the attributes to be told of. None where it
        has to be decoded."""
        shapes = self._shapes.get(kind)
        if shapes is None:
            return None
        for first, last, at, last_length, only, more in shapes:
            # All in one, with as few steps as can be: this is done for every span.
            if not (text.startswith(first) and text.endswith(last)):
                continue
            end = len(text) - last_length
            if more is None:
                value = text[at:end]
                if value.isalnum() or not (at > end or _QUOTE in value or _BACKSLASH in value):
                    return only
                continue
            holes, has_holes, key, others, settle, told, template = more
            values = _NOTHING
            for stop, rest, length, own_key, own_others, own_settle in holes:
                place = text.find(stop, at)
                if place < 0 or not text.startswith(rest, place):
                    break
                value = text[at:place]
                if _BACKSLASH in value if own_others is None else not (value.isdigit() or own_others(value)):
                    break
                if own_key:
                    values += (value if own_settle is None else _settled(value, own_settle),)
                at = place + length
            else:
                if has_holes:
                    value = text[at:end]
                    if (
                        not value.isalnum() and (at > end or _QUOTE in value or _BACKSLASH in value)
                        if others is None
                        else not (value.isdigit() or others(value))
                    ):
                        continue
                    if key:
                        values += (value if settle is None else _settled(value, settle),)
                elif at != end:
                    continue
                return only or told.get(values) or template.filled(values)
        return None

    def learn(self, kind: Hashable, text: bytes, found: Attributes, told: Told, decode: Decode) -> None:
        """Learn from a text that fitted no template, and was decoded."""
        known = self._kinds.get(kind)
        if len(text) > min(_LONGEST, self._left) or (known is not None and known.lessons >= _LESSONS):
            return
        self._left -= len(text)
        if known is None:
            known = self._kinds[kind] = _Kind()
        known.learn(_Lesson(text, found, told), _School(decode, self._sense, self._pieces, self._holes))
        self._shapes[kind] = known.shapes


class Fit(NamedTuple):
    """A text that fits a template."""

    found: Attributes
    told: dict[_Values, Told]
    values: _Values

    def remember(self, told: Told) -> None:
        """Have this told of texts with the same values."""
        if len(self.told) < _VALUES:
            self.told[self.values] = told


_Others: TypeAlias = Callable[[bytes], object] | None
"""Whether a hole for a number may hold this, which is more than digits; None: it holds a text."""

_Hole: TypeAlias = tuple[bytes, bytes, int, str, _Others, Callable[[bytes], str] | None]
"""The byte that ends its value; what follows, up to the next hole, and the length of that; the key of the attribute
whose value it holds, empty when that is not looked at; what it may hold; and how that settles. Holes and shapes are
plain tuples, since named ones are taken apart at half the speed."""

_More: TypeAlias = tuple[
    Sequence[_Hole], bool, str, _Others, Callable[[bytes], str] | None, dict[_Values, Told], "_Template"
]
"""All holes but the last; whether there are holes; of the last one the key, what it may hold, and how that settles;
what is told by values; and the template."""

_Shape: TypeAlias = tuple[bytes, bytes, int, int, Told | None, _More | None]
"""What a text that fits consists of: a beginning, and what follows the last hole; the lengths of these; what is told
where no value is looked at; and more, where it is not but one hole, for a text that is not looked at."""


class _Template:
    __slots__ = ("_found", "_wanted", "shape", "told")

    def __init__(
        self, tokens: Sequence[bytes], seen: Mapping[int, set[bytes]], lesson: _Lesson, school: _School
    ) -> None:
        self._found = lesson.found
        keys = _keys_of_holes(tokens, seen, school) if seen else {}
        ordered = sorted(seen)
        fixed = [b"".join(tokens[before + 1 : place]) for before, place in pairwise([-1, *ordered, len(tokens)])]
        pieces, holes = fixed[:1], list[tuple[str, _Others, Callable[[bytes], str] | None]]()
        for place, after in zip(ordered, fixed[1:], strict=True):
            key = keys.get(place, "")
            around = [b"", b""]
            if not tokens[place].startswith(b'"'):
                holes.append((key, _NUMBER.fullmatch, None))
            else:
                settle = school.sense.settled(key)
                left = _left(seen[place], school.sense) if settle is not None else [b""]
                holes += [("", _NOTHING_ELSE, None)] * (len(left) - 1) or [(key, None, settle)]
                # The quotation marks around a value belong to what stands before and after it.
                around = [b'"' + left[0], *left[1:-1], left[-1] + b'"'] if len(left) > 1 else [b'"', b'"']
            pieces[-1] += around[0]
            pieces += around[1:]
            pieces[-1] += after
        pieces = [school.pieces.setdefault(piece, piece) for piece in pieces]
        made: list[_Hole] = [(rest[:1], rest, len(rest), *hole) for rest, hole in zip(pieces[1:], holes, strict=True)]
        self._wanted = [(key, others is None) for key, others, _ in holes if key]
        self.told: dict[_Values, Told] = {} if self._wanted else {(): lesson.told}
        """By the values in holes that are looked at."""
        _, rest, length, key, others, settle = made[-1] if made else (b"", b"", 0, "", None, None)
        only = None if self._wanted else lesson.told
        is_simple = len(made) == 1 and not key and others is None
        more: _More = made[:-1], bool(made), key, others, settle, self.told, self
        self.shape: _Shape = pieces[0], rest, len(pieces[0]), length, only, None if is_simple else more

    def filled(self, values: _Values) -> Fit | None:
        """With the values in its holes; None where they cannot be decoded."""
        found = dict(self._found)
        try:
            for value, (key, is_text) in zip(values, self._wanted, strict=True):
                if isinstance(value, bytes):
                    found[key] = value.decode() if is_text else msgspec.json.decode(value)
                else:
                    found[key] = value
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        return Fit(found, self.told, values)


class _Lesson(NamedTuple):
    """A text, and what it says."""

    text: bytes
    found: Attributes
    told: Told


class _School(NamedTuple):
    """What learning takes."""

    decode: Decode
    sense: Sense
    pieces: dict[bytes, bytes]
    """Of templates, each once."""
    holes: dict[Hashable, frozenset[int]]
    """By structure of texts, where there are some, as far as is known."""


class _Draft:
    """A template that may still get holes."""

    def __init__(self, tokens: list[bytes], lesson: _Lesson, holes: dict[Hashable, frozenset[int]]) -> None:
        self._tokens, self._lesson, self._holes = tokens, lesson, holes
        self._structure = _structure(tokens)
        known = holes.get(self._structure)
        self._seen = {place: {tokens[place]} for place in known or () if _may_be_hole(tokens, tokens, place)}
        """What stood in each hole. At first it has those of its like."""
        self.is_ready = known is not None
        """Else it waits for another text, to see where they differ."""
        self._made: _Template | None = None

    def take(self, tokens: list[bytes]) -> bool:
        """Let a text fit too, where it differs in few values only."""
        if len(tokens) != len(self._tokens):
            return False
        differing = list(compress(range(len(tokens)), map(ne, self._tokens, tokens)))
        places = self._seen.keys() | differing
        if len(places) > _HOLES or not all(_may_be_hole(self._tokens, tokens, place) for place in differing):
            return False
        for place in differing:
            self._seen.setdefault(place, {self._tokens[place]}).add(tokens[place])
        self._holes[self._structure] = frozenset(places)
        self._made, self.is_ready = None, True
        return True

    def template(self, school: _School) -> _Template:
        if self._made is None:
            self._made = _Template(self._tokens, self._seen, self._lesson, school)
        return self._made


class _Kind:
    """Templates of one kind of span."""

    __slots__ = ("_drafts", "lessons", "shapes")

    def __init__(self) -> None:
        self.shapes: list[_Shape] = []
        self._drafts: list[_Draft] = []
        self.lessons = 0

    def learn(self, lesson: _Lesson, school: _School) -> None:
        self.lessons += 1
        tokens = _tokens(lesson.text)
        if b"".join(tokens) != lesson.text:
            return
        if not any(draft.take(tokens) for draft in self._drafts) and len(self._drafts) < _TEMPLATES:
            self._drafts.append(_Draft(tokens, lesson, school.holes))
        self.shapes = [draft.template(school).shape for draft in self._drafts if draft.is_ready]


def _tokens(text: bytes) -> list[bytes]:
    """Texts with their quotation marks, numbers, and what stands between them."""
    pieces = _PLAIN.split(text)
    if _BACKSLASH in text or _NUMERIC.search(b"".join(pieces[::2])):
        return _TOKEN.findall(text)
    return pieces  # found at once, as there is nothing but texts


def _structure(tokens: Sequence[bytes]) -> Hashable:
    """What texts from places alike have in common: their keys."""
    texts = tokens[1::2]  # as good as all of them
    keys = compress(texts, map(b":".__eq__, tokens[2::2]))
    return len(tokens), *keys, *compress(texts[1:], map(b'"key"'.__eq__, texts))


def _may_be_hole(one: Sequence[bytes], other: Sequence[bytes], place: int) -> bool:
    """Whether both have a value here, of one kind, and the value is no key."""
    a, b = one[place], other[place]
    if a.startswith(b'"') and b.startswith(b'"'):
        is_key = place + 1 < len(one) and one[place + 1].lstrip().startswith(b":")
        names_key = place >= 2 and one[place - 2] == b'"key"'
        return not is_key and not names_key and b"\\" not in a + b
    return bool(_NUMBER.fullmatch(a) and _NUMBER.fullmatch(b))


def _left(texts: Iterable[bytes], sense: Sense) -> list[bytes]:
    """What is left of all of these texts, in quotation marks, without the numbers that do not matter; one piece where
    they differ in more than those."""
    found = [sense.cut(text[1:-1]) for text in texts]
    return found[0] if all(pieces == found[0] for pieces in found) else [b""]


def _settled(value: bytes, settle: Callable[[bytes], str]) -> str | bytes:
    try:
        return settle(value)
    except UnicodeDecodeError:
        return value


def _keys_of_holes(tokens: Sequence[bytes], places: Iterable[int], school: _School) -> dict[int, str]:
    """The attribute whose value each hole holds, of those that are looked at: found out by filling the holes with
    values that do not occur."""
    filled, marks, text = list(tokens), {}, b"".join(tokens)
    sign, base = "\x7f", 7_777_000_000
    while sign.encode() in text:
        sign += "\x7f"
    while str(base).encode() in text:
        base += 1
    for place in sorted(places):
        mark: Any = f"{sign}{place}" if tokens[place].startswith(b'"') else base * 1_000_000 + place
        marks[mark] = place
        filled[place] = f'"{mark}"'.encode() if isinstance(mark, str) else str(mark).encode()
    found = school.decode(b"".join(filled))
    told = {key: marks[value] for key, value in found.items() if isinstance(value, (str, int)) and value in marks}
    given = {key: value for key, value in found.items() if key not in told}
    return {place: key for key, place in told.items() if school.sense.matters(key, given)}
