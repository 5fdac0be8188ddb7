"""Any data PyYAML can write is read back as the same data, with the lines PyYAML's own composer sees."""

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from topoplan.errors import DocumentError
from topoplan.importing.documents import YamlList, YamlMap, load_yaml_all

NUMBERS = st.integers(-(10**30), 10**30) | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.sampled_from(
    ["yes", "no", "on", "off", "null", "~", "true", "22:22", "<<", "=", "2024-01-31", "0x1f", "a b"]
)
# YAML 1.2 types a few spellings that YAML 1.1 leaves plain, all starting like a number: PyYAML does not quote them.
TEXT = (st.text() | WORDS).filter(lambda text: text[:1] not in set("0123456789+-."))
KEYS = st.text() | WORDS


def nested(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=15
    )


def read(text: str) -> Any:
    (document,) = load_yaml_all(text.encode(), "f.yaml")
    assert document.notices == ()
    return document.value


@settings(max_examples=150, deadline=None, derandomize=True)
@given(nested(st.none() | st.booleans() | NUMBERS | TEXT), st.sampled_from([True, False, None]))
def test_what_pyyaml_writes_plainly_is_read_back(data: Any, flow: bool | None) -> None:
    assert read(yaml.safe_dump(data, default_flow_style=flow)) == data


@settings(max_examples=150, deadline=None, derandomize=True)
@given(nested(st.none() | st.booleans() | NUMBERS | st.text() | WORDS), st.booleans())
def test_what_pyyaml_writes_quoted_is_read_back(data: Any, unicode: bool) -> None:
    assert read(yaml.safe_dump(data, default_style='"', allow_unicode=unicode)) == data


@settings(max_examples=100, deadline=None, derandomize=True)
@given(st.dictionaries(st.integers() | st.booleans(), st.integers(), max_size=5))
def test_keys_come_back_as_they_are_spelt(data: dict[Any, int]) -> None:
    spelt = {str(key).lower() if isinstance(key, bool) else str(key): value for key, value in data.items()}
    assert read(yaml.safe_dump(data)) == spelt


@settings(max_examples=150, deadline=None, derandomize=True)
@given(nested(NUMBERS | TEXT), st.sampled_from([True, False, None]))
def test_lines_are_those_of_pyyaml(data: Any, flow: bool | None) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, width=20)
    _compare_lines(read(text), yaml.compose(text, Loader=yaml.CSafeLoader))


def _compare_lines(value: Any, node: Any) -> None:
    if isinstance(node, yaml.MappingNode):
        assert isinstance(value, YamlMap)
        assert value.line == node.start_mark.line + 1
        assert value.lines == {key.value: key.start_mark.line + 1 for key, _ in node.value}
        for key, item in node.value:
            _compare_lines(value[key.value], item)
    elif isinstance(node, yaml.SequenceNode):
        assert isinstance(value, YamlList)
        assert value.line == node.start_mark.line + 1
        assert value.lines == [item.start_mark.line + 1 for item in node.value]
        for mine, item in zip(value, node.value, strict=True):
            _compare_lines(mine, item)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.binary(max_size=60) | st.text(alphabet="[]{}:,-?&*!|>'\"%@` \n\tab01<~", max_size=60).map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    slug, where = "yaml-", "f.yaml"
    try:
        load_yaml_all(data, "f.yaml")
    except DocumentError as error:
        slug, where = error.slug, error.where
    assert slug.startswith("yaml-")
    assert where.startswith("f.yaml")
