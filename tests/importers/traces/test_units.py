"""Cutting JSON streams into values, at every chunk boundary and with every kind of damage."""

from __future__ import annotations

import io
import json

import msgspec
import pytest

from topoplan_importers.traces import units

TRICKY = [
    {"traceId": "1", "name": 'quote " backslash \\ braces }]{[ , : \n', "tags": {"a": [1, {"b": None}]}},
    {"traceId": "2", "name": "naïve ☃ \U0001f600", "n": [-1.5e-3, True, False, None, "", {}, []]},
    [{"traceId": "3"}, {"traceId": "4"}],
    {},
]


def cut(data: bytes) -> list[object]:
    return [json.loads(unit) for _, unit in units.Elements(io.BytesIO(data))]


def test_msgspec_tells_where_a_value_ends() -> None:
    """The splitter reads this position out of the error's text; a change of it must fail here, not on users' files."""
    for value, rest in ((b'{"a":1}', b',{"b"'), (b"[1,2]", b"]x"), (b'{"a":{}} \n', b"}")):
        with pytest.raises(msgspec.DecodeError) as caught:
            msgspec.json.decode(value + rest, type=msgspec.Raw)
        match = units._TRAILING.search(str(caught.value))
        assert match is not None
        assert int(match.group(1)) - 1 == len(value)


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 64, 1024])
@pytest.mark.parametrize("indent", [None, 0, 2])
def test_any_chunking_gives_the_same_elements(monkeypatch: pytest.MonkeyPatch, chunk: int, indent: int | None) -> None:
    monkeypatch.setattr(units, "_CHUNK", chunk)
    for text in (
        json.dumps(TRICKY, indent=indent),
        json.dumps({"total": {"data": []}, "data": TRICKY, "errors": ["x"]}, indent=indent, ensure_ascii=False),
        json.dumps({"result": {"resourceSpans": TRICKY, "more": {}}}, indent=indent),
        json.dumps({"data": TRICKY[:2]}, indent=indent) + "\n" + json.dumps({"data": TRICKY[2:]}, indent=indent),
        "\ufeff  " + json.dumps(TRICKY) + " \r\n\t",
    ):
        assert cut(text.encode()) == TRICKY


def test_many_small_elements_are_what_each_alone_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those cut in one go and those cut one by one, with traps between them, and where each begins."""
    small = [{"id": n, "text": f',{{"id":{n} }}],[', "more": {"id": [n, {"id": None}]}} for n in range(300)]
    traps = [small[0], None, small[1], [small[2]], "x", small[3], {"id": {"id": {"id": 1}}}, *small[4:]]
    for chunk in (64, 500, 1 << 20):
        monkeypatch.setattr(units, "_CHUNK", chunk)
        for separators in ((",", ":"), (", ", ": "), (" ,", ":")):
            text = json.dumps(traps, separators=separators).encode()
            found = list(units._Scanner(io.BytesIO(text), b"", 0).units())
            assert [json.loads(unit) for _, unit in found] == [trap for trap in traps if trap is not None]
            assert all(text[begin : begin + len(unit)] == unit for begin, unit in found)
            place = found[-10][0]
            broken = text[:place] + b"!" + text[place:]
            given = []
            with pytest.raises(units.UnreadableError):
                given.extend(unit for _, unit in units._Scanner(io.BytesIO(broken), b"", 0).units())
            assert given == [unit for begin, unit in found if begin < place]


def test_an_object_without_an_envelope_is_one_unit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_CHUNK", 5)
    bare = {"traceID": "a", "spans": [{"data": [1]}], "processes": {"data": {}}}
    assert cut(json.dumps(bare).encode()) == [bare]
    assert cut(json.dumps(bare).encode() * 2) == [bare, bare]
    assert cut(b"") == []
    assert cut(b" [] ") == []


@pytest.mark.parametrize(
    ("text", "good", "said"),
    [
        (b'[{"a":1},{"a":2}', 2, "ends in the middle"),
        (b'[{"a":1},{"a"', 1, "ends in the middle"),
        (b'{"data":[{"a":1}', 1, "ends in the middle"),
        (b'[{"a":1},{"a":tru}]', 1, "is malformed at byte 9"),
        (b'[{"a":1} {"a":2}]', 1, "is malformed at byte 9"),
        (b'{"data":[1],oops}', 1, "is malformed"),
        (b"[" * 100_000, 0, "is nested too deeply"),
        (b"nonsense", 0, "is not JSON at byte 0"),
        (b'[{"a":NaN}]', 0, "is malformed"),
    ],
)
def test_damage_keeps_what_came_before(text: bytes, good: int, said: str) -> None:
    found: list[bytes] = []
    with pytest.raises(units.UnreadableError) as caught:
        found.extend(unit for _, unit in units.Elements(io.BytesIO(text)))
    assert len(found) == good
    assert said in str(caught.value)


def test_a_value_over_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "_CHUNK", 16)
    monkeypatch.setattr(units, "UNIT_LIMIT", 64)
    with pytest.raises(units.UnreadableError, match="holds a value of over"):
        cut(b'["' + b"x" * 1000 + b'"]')


def test_lines_carry_their_number_and_overlong_ones_do_not_swallow_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(units, "UNIT_LIMIT", 8)
    data = b'\xef\xbb\xbf{"a":1}\r\n\n' + b'"' + b"x" * 50 + b'"\n  [2]'
    assert list(units.Lines(io.BytesIO(data))) == [
        (1, b'{"a":'),
        (3, b'"xxxxxxx'),
        (4, b"[2]"),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b'{"a":1}\n{"a":2}\n', True),
        (b'{"a":1}\nnot json', True),
        (b'{"a":1}\n', False),
        (b'{"a":1}\n \n', False),
        (b'{\n "a":1}\n', False),
        (b'[\n{"a":1},\n{"a":2}]', False),
        (b'[{"a":1},\n{"a":2}]', False),
        (b"", False),
        (b'{"a":"' + b"x" * 200_000 + b'"}\n{"a":2}\n', True),
        (b'{"a":1}' + b"\n" * 200_000 + b'{"a":2}\n', True),
        (b'{"a":1}' + b"\n" * 200_000, False),
        (b'{"a":"' + b"x" * 200_000 + b'",\n"b":2}\n', False),
    ],
    ids=range(12),
)
def test_lines_are_told_from_documents(data: bytes, expected: bool) -> None:
    assert units.is_lines(io.BytesIO(data)) is expected


def test_mending_replaces_lone_surrogates_and_bad_utf8_only() -> None:
    text = rb'{"a":"\ud83d\ude00 \ud83d \ude00 \\ud83d \u00e9"}'
    assert units.mend(text) == rb'{"a":"\ud83d\ude00 \ufffd \ufffd \\ud83d \u00e9"}'
    assert units.mend(b'"\xff"') == '"\ufffd"'.encode()
    assert units.mend('"☃"'.encode()) == '"☃"'.encode()
