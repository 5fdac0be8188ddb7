import time
from typing import Any

import pytest

from topoplan.errors import DocumentError
from topoplan.importing import yaml_documents
from topoplan.importing.documents import YamlList, YamlMap, YamlText, line_of, load_yaml_all, tag_of


def load(text: str | bytes) -> Any:
    data = text.encode() if isinstance(text, str) else text
    (document,) = load_yaml_all(data, "f.yaml")
    return document.value


def refused(text: str | bytes) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load_yaml_all(text.encode() if isinstance(text, str) else text, "f.yaml")
    return caught.value


@pytest.mark.parametrize(
    ("plain", "value"),
    [
        ("", None), ("~", None), ("null", None), ("Null", None),
        ("true", True), ("False", False),
        ("0", 0), ("-7", -7), ("+7", 7), ("0x1F", 31), ("0o17", 15),
        ("1.5", 1.5), (".5", 0.5), ("1e3", 1000.0), ("3.", 3.0),
        ("yes", "yes"), ("on", "on"), ("n", "n"), ("nul", "nul"),
        ("22:22", "22:22"), ("1:30:00", "1:30:00"), ("2024-01-31", "2024-01-31"), ("1.2.3", "1.2.3"),
        ("1_000", "1_000"),
        ("0440", "0440"), ("08", "08"), ("1e999", "1e999"), (".inf", ".inf"), ("-.nan", "-.nan"), ("=", "="),
        ("'1'", "1"), ('"true"', "true"), ("''", ""), ("! 12", "12"),
        ("!!str 12", "12"), ('!!int "12"', 12), ("!!binary aGk=", "aGk="), ("!!timestamp 2024-99-99", "2024-99-99"),
    ],
)  # fmt: skip
def test_scalars_follow_the_core_schema(plain: str, value: object) -> None:
    loaded = load(f"k: {plain}")["k"]
    assert (loaded, type(loaded)) == (value, type(value))


def test_an_integer_too_long_for_python_stays_text() -> None:
    assert load("9" * 5000) == "9" * 5000


def test_keys_are_always_strings() -> None:
    assert load("200: a\ntrue: b\n~: c\n1.5: d\n'': e\nno: f") == {
        "200": "a", "true": "b", "~": "c", "1.5": "d", "": "e", "no": "f",
    }  # fmt: skip


def test_every_key_item_and_container_has_its_line() -> None:
    root = load("# top\na: 1\nb:\n  - x\n\n  - c: 2\n    d: [1,\n      2]\n")
    assert root.line == 2
    assert root.lines == {"a": 2, "b": 3}
    items = root["b"]
    assert (items.line, items.lines) == (4, [4, 6])
    assert (line_of(items[1], "c"), line_of(items[1], "d"), line_of(items[1]["d"], 1)) == (6, 7, 8)


@pytest.mark.parametrize(("container", "key"), [({}, "a"), ([], 0), ("text", 0), (YamlMap(), "a"), (None, "x")])
def test_line_of_something_without_lines_is_zero(container: object, key: str | int) -> None:
    assert line_of(container, key) == 0


def test_windows_line_ends_count_as_one_line() -> None:
    root = load(b"a: 1\r\nb: |\r\n  t\r\n  u\r\nc: 3\r\n")
    assert root == {"a": 1, "b": "t\nu\n", "c": 3}
    assert root.lines == {"a": 1, "b": 2, "c": 5}


def test_documents_of_a_stream_keep_their_own_lines_and_anchors() -> None:
    first, second = load_yaml_all(b"---\na: &x 1\n---\nb: &x 2\nc: *x\n", "f.yaml")
    assert (first.value, second.value) == ({"a": 1}, {"b": 2, "c": 2})
    assert second.value.lines == {"b": 4, "c": 5}


@pytest.mark.parametrize("data", [b"", b"\n\n", b"# only a comment\n", b"\xef\xbb\xbf", b"\xff\xfe"])
def test_an_empty_stream_has_no_documents(data: bytes) -> None:
    assert load_yaml_all(data, "f.yaml") == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_accepted(encoding: str) -> None:
    assert load("schlüssel: wert\nb: 2".encode(encoding)) == {"schlüssel": "wert", "b": 2}


class TestTags:
    def test_an_application_tag_stays_with_its_value(self) -> None:
        root = load("a: !reset null\nb: !override [1]\nc: !Ref Queue\nd: !override {e: 1}\nf: !reset\ng: !x '1'\nh: h")
        assert root == {"a": "", "b": [1], "c": "Queue", "d": {"e": 1}, "f": "", "g": "1", "h": "h"}
        assert {key: tag_of(value) for key, value in root.items()} == {
            "a": "!reset", "b": "!override", "c": "!Ref", "d": "!override", "f": "!reset", "g": "!x", "h": "",
        }  # fmt: skip
        assert isinstance(root["c"], YamlText)

    def test_a_core_tag_is_not_an_application_tag(self) -> None:
        root = load("a: !!map {}\nb: !!seq []\nc: !!str x")
        assert [tag_of(value) for value in root.values()] == ["", "", ""]


class TestMerge:
    def test_own_keys_win_wherever_the_merge_stands(self) -> None:
        root = load("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\nz:\n  b: 4\n  <<: *x\n")
        assert (root["y"], root["z"]) == ({"a": 1, "b": 3}, {"a": 1, "b": 4})

    def test_the_first_of_several_sources_wins_and_lines_point_at_the_source(self) -> None:
        root = load("- &x {a: 1}\n- &y\n  a: 2\n  b: 2\n- <<: [*x, *y]\n")
        assert root[2] == {"a": 1, "b": 2}
        assert root[2].lines == {"a": 1, "b": 4}

    def test_a_merge_with_nothing_to_merge_is_told(self) -> None:
        (document,) = load_yaml_all(b"a:\n  <<: 5\n  b: 1\n", "f.yaml")
        assert document.value == {"a": {"b": 1}}
        assert [(n.slug, str(n.where)) for n in document.notices] == [("merge-not-a-mapping", "f.yaml:2")]

    def test_a_quoted_merge_key_is_a_key(self) -> None:
        assert load("'<<': {a: 1}") == {"<<": {"a": 1}}


class TestAliases:
    def test_an_alias_is_the_anchored_value(self) -> None:
        root = load("a: &x [1, {b: 2}]\nc: *x\nd: &s text\n*s : e\nf: &s other\ng: *s\n")
        assert root == {"a": [1, {"b": 2}], "c": [1, {"b": 2}], "d": "text", "text": "e", "f": "other", "g": "other"}

    def test_an_anchored_key_can_be_used(self) -> None:
        assert load("&k key: 1\nb: *k\n&n 80: 2\n? *n\n: 3\n") == {"key": 1, "b": "key", "80": 3}

    @pytest.mark.parametrize(
        ("text", "slug"),
        [("a: *nope", "yaml-malformed"), ("a: &x [*x]", "yaml-bomb"), ("&x a: 1\nb: &x {c: *x}", "yaml-bomb")],
    )
    def test_an_alias_to_nothing_or_itself_is_refused(self, text: str, slug: str) -> None:
        assert refused(text).slug == slug


class TestBounds:
    def test_an_alias_bomb_is_refused_at_once(self) -> None:
        levels = [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 30)]
        started = time.process_time()
        assert refused("\n".join(["l0: &l0 x", *levels])).slug == "yaml-bomb"
        assert time.process_time() - started < 1

    def test_a_merge_bomb_is_refused_at_once(self) -> None:
        levels = [f"l{i}: &l{i}\n  <<: [*l{i - 1}, *l{i - 1}]\n  k{i}: 1" for i in range(1, 60)]
        started = time.process_time()
        assert refused("\n".join(["l0: &l0 {a: 1}", *levels])).slug == "yaml-bomb"
        assert time.process_time() - started < 1

    @pytest.mark.parametrize(
        "text",
        [
            "[" * 40_000,
            "{a: " * 40_000,
            "- " * 40_000,
            "[" * 40_000 + "]" * 40_000,
            "\n".join("[" for _ in range(40_000)),
            "\n".join(" " * i + "a:" for i in range(1_000)),
        ],
        ids=["flow list", "flow map", "block list", "closed", "flow over lines", "block map"],
    )
    def test_deep_nesting_is_refused_without_recursion(self, text: str) -> None:
        assert refused(text).slug == "yaml-too-deep"

    def test_a_deep_block_map_on_one_line_is_refused(self) -> None:
        assert refused("? " * 40_000).slug in ("yaml-too-deep", "yaml-malformed")

    def test_aliases_cannot_nest_deeper_than_text_can(self) -> None:
        chain = [f"- &a{i} [*a{i - 1}]" for i in range(1, 400)]
        assert refused("\n".join(["- &a0 [x]", *chain])).slug == "yaml-too-deep"

    def test_the_deepest_allowed_nesting_is_read(self) -> None:
        deepest = yaml_documents.MAX_DEPTH
        assert load("[" * deepest + "]" * deepest)
        assert refused("[" * (deepest + 1) + "]" * (deepest + 1)).slug == "yaml-too-deep"
        assert load("\n".join(["- &a0 [x]", *(f"- &a{i} [*a{i - 1}]" for i in range(1, deepest - 1))]))

    def test_too_many_values_are_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(yaml_documents, "_MAX_EVENTS", 50)
        assert load("- 1\n" * 40)
        assert refused("- 1\n" * 60).slug == "yaml-too-large"

    def test_a_flood_of_tag_directives_is_refused_at_once(self) -> None:
        text = "".join(f"%TAG !a{i}! b\n" for i in range(100_000)) + "---\na: 1\n"
        started = time.process_time()
        assert refused(text).slug == "yaml-bomb"
        assert time.process_time() - started < 1

    def test_real_sharing_is_no_bomb(self) -> None:
        common = "x: &x {" + ", ".join(f"k{i}: {i}" for i in range(50)) + "}\n"
        root = load(common + "".join(f"s{i}:\n  <<: *x\n  own: {i}\n" for i in range(500)))
        assert len(root) == 501
        assert root["s499"]["k49"] == 49


class TestMalformed:
    @pytest.mark.parametrize(
        ("data", "line"),
        [
            (b"a: 1\nb: \xff\n", 2),
            (b"a: 1\n\nb: \x00\n", 3),
            ("a: 1\nb: x\x9by\n".encode(), 2),
            ("a: 1\nb: 2\n".encode("utf-16")[:-1], 2),
            (b"a: [1\nb: 2\n", 2),
            (b"a: 1\n\tb: 2\n", 2),
            (b"a: b: c\n", 1),
            (b"a: !no!handle x\n", 1),
            (b"%FOO bar\na: 1\n", 1),
            (b"image: {{ .Values.image }}\n", 1),
            (b"? [a, b]\n: c\n", 1),
        ],
        ids=["utf-8", "nul", "c1", "utf-16", "flow", "tab", "colons", "tag", "directive", "template", "list key"],
    )
    def test_what_is_wrong_is_told_with_its_line(self, data: bytes, line: int) -> None:
        error = refused(data)
        assert (error.slug, error.where.split(":")[0]) == ("yaml-malformed", "f.yaml")
        assert abs(int(error.where.split(":")[1]) - line) <= 1

    def test_the_text_around_the_error_is_not_told(self) -> None:
        assert "hunter2" not in str(refused("password: hunter2: x"))


class TestDuplicates:
    def test_the_last_one_counts_and_each_is_told(self) -> None:
        (document,) = load_yaml_all(b"a: 1\nb: {c: 1, c: 2}\na: 3\n", "f.yaml")
        assert document.value == {"a": 3, "b": {"c": 2}}
        assert document.value.lines["a"] == 3
        assert [(n.slug, str(n.where)) for n in document.notices] == [
            ("duplicate-key", "f.yaml:2"),
            ("duplicate-key", "f.yaml:3"),
        ]

    def test_many_are_counted_not_listed(self) -> None:
        (document,) = load_yaml_all(b"a: 1\n" * 100, "f.yaml")
        assert len(document.notices) == 21
        assert document.notices[-1].message.startswith("79 more")


def test_containers_are_the_promised_types() -> None:
    root = load("a: [1]")
    assert (type(root), type(root["a"])) == (YamlMap, YamlList)
