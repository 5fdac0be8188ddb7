"""What names alone say: money, time and units in field names, reading and writing in operation names."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache

from topoplan.model.operation import SAFE_METHODS, Field

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_a-zA-Z]+")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


MONEY = _set("amount balance cents charge cost currency discount fee money price rate subtotal tax total vat")
TIME = _set("date datetime deadline duration expires expiry time timestamp timezone ttl tz")
UNIT = _set("distance height length percent percentage quantity qty temperature unit volume weight width")
TIME_FORMATS = frozenset({"date", "date-time", "time", "duration"})

# HTTP's safe methods, the standard read verbs of RPC names (Google AIP-121) and the read commands of common stores.
_READS = frozenset(m.lower() for m in SAFE_METHODS) | _set(
    "aggregate check count describe exists fetch find hget hgetall is list llen lookup lrange mget ping "
    "read scan search select show smembers stream ttl watch zrange"
)
_COMPENSATIONS = _set("cancel cancellation compensate refund release reverse revert rollback undo void")


# A value that ends so names a thing and measures nothing: `chargeId` is no amount.
_IDENTIFIERS = frozenset({"id", "ids", "uuid", "guid"})


class Meaning(StrEnum):
    """Why a field's value can be read two ways although its type fits."""

    MONEY = "money"
    TIME = "time"
    UNIT = "unit"


@lru_cache(maxsize=65536)
def words_of(name: str) -> tuple[str, ...]:
    """Lower-case words of a name split at case changes, digits and punctuation: `unitPrice_v2` → unit, price, v."""
    return tuple(word.lower() for word in _WORD.findall(name))


def leaf(name: str) -> str:
    """The last part of a dotted field path: `items[].price` → `price`."""
    return name.rpartition(".")[2].removesuffix("[]")


def meaning_of(field: Field, extra: frozenset[str] = frozenset()) -> Meaning | None:
    """What the field measures, when its name or format says so; `extra` are further words that count as money."""
    return _meaning(leaf(field.name), field.format, extra)


def changes_state(operation_id: str) -> bool:
    """Whether an operation may change state, by its id alone: HTTP by its method (RFC 9110 section 9.2.1), others by
    the first word of their name (`oteldemo.Cart/GetCart` and `SELECT orders` read). What is unclear may write."""
    head = operation_id.split(" ", 1)[0].rpartition("/")[2]
    words = words_of(head.rpartition(".")[2])
    return not words or words[0] not in _READS


def compensates(operation_id: str) -> bool:
    """Whether an operation takes back an earlier step, by its name: `POST /payments/{id}/refund`."""
    return not _COMPENSATIONS.isdisjoint(words_of(operation_id))


@lru_cache(maxsize=65536)
def _meaning(name: str, format_: str, extra: frozenset[str]) -> Meaning | None:
    written = words_of(name)
    words = {*written, *(word.removesuffix("s") for word in written)}
    if written and written[-1] in _IDENTIFIERS:
        return None
    moment = len(written) > 1 and written[-1] == "at"
    if not words.isdisjoint(MONEY) or not words.isdisjoint(extra):
        return Meaning.MONEY
    if moment or format_ in TIME_FORMATS or not words.isdisjoint(TIME):
        return Meaning.TIME
    return Meaning.UNIT if not words.isdisjoint(UNIT) else None
