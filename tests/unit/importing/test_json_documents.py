import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from topoplan.errors import DocumentError
from topoplan.importing import json_documents
from topoplan.importing.documents import load_json


def load(text: str | bytes) -> Any:
    return load_json(text.encode() if isinstance(text, str) else text, "f.json").value


def refused(text: str | bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load(text)
    return caught.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_accepted(encoding: str) -> None:
    assert load('{"ü": 1}'.encode(encoding)) == {"ü": 1}


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity"])
def test_constants_outside_json_are_refused(constant: str) -> None:
    assert refused(f'{{"a": [1, {constant}]}}').slug == "json-malformed"


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "f.json:1"),
        (b"   \n", "f.json:2"),
        (b'{\n"a": \n}', "f.json:3"),
        (b'{"a": 1}\n{"b": 2}', "f.json:2"),
        (b'{\n"a": "\xff"}', "f.json:2"),
        (b'{"a": "\x00"}', "f.json:1"),
        (b"// comment\n{}", "f.json:1"),
    ],
    ids=["empty", "blank", "cut", "two documents", "utf-8", "nul", "comment"],
)
def test_what_is_wrong_is_told_with_its_line(data: bytes, where: str) -> None:
    error = refused(data)
    assert (error.slug, error.where) == ("json-malformed", where)


@pytest.mark.parametrize(
    "text",
    ["[" * 40_000 + "]" * 40_000, '{"a":' * 40_000 + "1" + "}" * 40_000, "[" * 201 + "]" * 201],
    ids=["lists", "objects", "just over"],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert refused(text).slug == "json-too-deep"


def test_the_deepest_allowed_nesting_is_read() -> None:
    assert load("[" * 200 + "]" * 200)


def test_numbers_python_cannot_hold_stay_text() -> None:
    long = "9" * 5000
    assert load(f'{{"a": {long}, "b": 1e999, "c": -1e999, "d": 2, "e": 1.5}}') == {
        "a": long, "b": "1e999", "c": "-1e999", "d": 2, "e": 1.5,
    }  # fmt: skip


def test_a_duplicate_key_is_told_once_even_beside_a_huge_number() -> None:
    document = load_json(b'{"a": 1, "a": 2, "b": {"c": 1, "c": 2, "c": 3}, "n": ' + b"9" * 5000 + b"}", "f.json")
    assert document.value["a"] == 2
    assert [n.slug for n in document.notices] == ["duplicate-key"] * 2
    assert ["key c" in n.message for n in document.notices] == [True, False]


def test_many_duplicates_are_counted_not_listed() -> None:
    members = ",".join(f'"k{i}": 1, "k{i}": 2' for i in range(50))
    notices = load_json(f"{{{members}}}".encode(), "f.json").notices
    assert len(notices) == 21
    assert notices[-1].message.startswith("30 more")


def test_a_lone_surrogate_is_replaced_and_a_pair_kept() -> None:
    value = load(r'{"\ud800k": ["x\udc00", "\ud83d\ude00", "\\ud800"]}')
    assert value == {"\ufffdk": ["x\ufffd", "😀", r"\ud800"]}


def test_too_many_values_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(json_documents, "MAX_VALUES", 10)
    assert load("[1,2,3]") == [1, 2, 3]
    assert refused("[" + "1," * 20 + "1]").slug == "json-too-large"


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=10,
    )
)
def test_what_json_writes_is_read_back(data: Any) -> None:
    assert load(json.dumps(data)) == data
