"""What names alone say."""

import pytest

from topoplan.model.operation import Field, FieldPlace
from topoplan.risk.words import Meaning, changes_state, compensates, leaf, meaning_of, words_of


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("unitPrice", ("unit", "price")),
        ("unit_price_v2", ("unit", "price", "v")),
        ("HTTPStatus", ("http", "status")),
        ("GetCart", ("get", "cart")),
        ("価格", ("価格",)),
        ("", ()),
        ("42", ()),
    ],
)
def test_words_split_at_case_digits_and_punctuation(name: str, words: tuple[str, ...]) -> None:
    assert words_of(name) == words


@pytest.mark.parametrize(
    ("name", "format_", "meaning"),
    [
        ("items[].unitPrice", "", Meaning.MONEY),
        ("prices[]", "", Meaning.MONEY),
        ("created_at", "", Meaning.TIME),
        ("when", "date-time", Meaning.TIME),
        ("at", "", None),
        ("quantity", "", Meaning.UNIT),
        ("priceless", "", None),
        ("price.note", "", None),
        ("sku", "", None),
        ("chargeId", "", None),
        ("price_ids[]", "", None),
    ],
)
def test_meaning_follows_the_last_part_of_the_name(name: str, format_: str, meaning: Meaning | None) -> None:
    assert meaning_of(Field(FieldPlace.RESPONSE, name, "string", format_)) is meaning


def test_a_team_can_add_its_own_words() -> None:
    field = Field(FieldPlace.REQUEST, "loyaltyPoints")
    assert meaning_of(field) is None
    assert meaning_of(field, frozenset({"points"})) is Meaning.MONEY


@pytest.mark.parametrize("operation", ["GET /users/{id}", "HEAD /x", "shop.Cart/GetCart", "SELECT orders", "HGETALL"])
def test_reads(operation: str) -> None:
    assert not changes_state(operation)


@pytest.mark.parametrize(
    "operation", ["POST /orders", "DELETE /x", "shop.Cart/AddItem", "INSERT orders", "publish order.created", "", "?"]
)
def test_what_writes_or_is_unclear_may_write(operation: str) -> None:
    assert changes_state(operation)


def test_compensations_are_known_by_name() -> None:
    assert compensates("POST /payments/{id}/refund")
    assert compensates("shop.Orders/CancelOrder")
    assert not compensates("POST /payments")

    assert leaf("items[]") == "items"
