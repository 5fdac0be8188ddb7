import pytest

from topoplan.model.claims import Claimed, is_claim, parse_claim, write_claim
from topoplan.model.plan import Technique


@pytest.mark.parametrize(
    ("name", "value", "claimed"),
    [
        (
            "topoplan.contract",
            "gateway -> orders : POST /orders; GET /orders/{id}",
            Claimed(Technique.CONTRACT, ("gateway", "orders"), operations=("POST /orders", "GET /orders/{id}")),
        ),
        ("topoplan.in_process", "orders -> orders-db", Claimed(Technique.IN_PROCESS, ("orders", "orders-db"))),
        ("topoplan.slice", "a -> b -> c : *", Claimed(Technique.SLICE, ("a", "b", "c"), operations=("*",))),
        ("topoplan.e2e", "journey check out", Claimed(Technique.E2E, journey="check out")),
        (
            "topoplan.boundary",
            "a -> b : publish x: y",
            Claimed(Technique.BOUNDARY, ("a", "b"), operations=("publish x: y",)),
        ),
    ],
)
def test_claims_are_read_as_they_are_written(name: str, value: str, claimed: Claimed) -> None:
    assert is_claim(name)
    assert parse_claim(name, value) == claimed
    assert write_claim(claimed) == (name, value)


@pytest.mark.parametrize(
    "value", ["a->b:", " a  ->  b : ", "a -> b :", "a -> b: ;", "a->b : ; ;"], ids=lambda value: value.strip()
)
def test_spaces_and_empty_lists_do_not_matter(value: str) -> None:
    assert parse_claim("topoplan.fault", value) == Claimed(Technique.FAULT, ("a", "b"))


def test_people_write_colons_without_a_space_before() -> None:
    claimed = Claimed(Technique.FAULT, ("a:8080", "b"), operations=("GET /x:verb",))
    assert parse_claim("topoplan.fault", "a:8080 -> b: GET /x:verb") == claimed


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("topoplan.smoke", "a -> b", "'smoke' is no technique: use schema, in_process, "),
        ("topoplan.fault", "a", "expected 'consumer -> provider', or 'journey NAME'"),
        ("topoplan.fault", "a -> ", "expected 'consumer -> provider', or 'journey NAME'"),
        ("topoplan.slice", "journey ", "expected 'consumer -> provider', or 'journey NAME'"),
        ("topoplan.slice", "", "expected 'consumer -> provider', or 'journey NAME'"),
    ],
)
def test_what_is_wrong_is_told(name: str, value: str, message: str) -> None:
    with pytest.raises(ValueError, match=message.replace("(", r"\(")):
        parse_claim(name, value)


def test_other_properties_are_no_claims() -> None:
    assert not is_claim("contract")
    assert not is_claim("topoplan")
