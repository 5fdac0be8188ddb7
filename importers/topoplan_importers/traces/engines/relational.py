"""Runs the definition in relations, stage by stage, wherever the relations are.

Only counts and names leave them: what spans say is numbered here, so that the relations join whole numbers, and
boundaries and operations are named here, by the rules every engine names them by. A chain of any length is followed to
its end by doubling the distance in each round.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from itertools import pairwise
from typing import Any, NamedTuple, Protocol, TypeAlias, TypeVar

from topoplan.model.stats import GAMMA, bucket_of
from topoplan_importers.traces.engines.relational_names import Book, Names
from topoplan_importers.traces.forest import Flaw
from topoplan_importers.traces.observed import Journey, Observed, Traffic
from topoplan_importers.traces.tally import BoundaryKey, ChannelKey, JourneyKey

Row: TypeAlias = tuple[Any, ...]
S = TypeVar("S")
T = TypeVar("T")

GIVEN = {
    "files": {"path": "VARCHAR", "file": "INTEGER"},
    "signatures": {
        "service": "VARCHAR", "role": "TINYINT", "protocol": "VARCHAR", "method": "VARCHAR", "path": "VARCHAR",
        "rank": "TINYINT", "peer": "VARCHAR", "peer_key": "VARCHAR", "resource": "TINYINT", "technology": "VARCHAR",
        "channel": "VARCHAR", "channel_is_template": "BOOLEAN", "step": "VARCHAR", "criticality": "VARCHAR",
        "sig": "INTEGER", "svc": "INTEGER", "journey": "INTEGER", "begins": "BOOLEAN", "used": "BOOLEAN",
        "told": "BOOLEAN",
    },
    "accounts": {
        "kind": "TINYINT", "near": "INTEGER", "far": "INTEGER", "lone": "BOOLEAN", "rule": "TINYINT",
        "boundary": "INTEGER", "operation": "INTEGER",
    },
    "bounds": {"bucket": "INTEGER", "lower": "BIGINT", "upper": "BIGINT"},
}  # fmt: skip
"""Tables that are made here, with the SQL types of their columns."""

ASKED = (
    "paths", "said", "presences", "service_hashes", "forest_flaws", "call_flaws", "bases_going", "nested_going",
    "ways_going", "shapes", "figures", "totals", "use_hashes", "buckets", "journeys", "journey_steps",
)  # fmt: skip
"""Stages whose rows are read."""

NAMED = ("files", "signatures", "common")
"""Tables that `name` makes of `places`."""

STEPS = {"turning": "turning_on", "bases": "bases_on", "nested": "nested_on", "spoken": "spoken_on",
         "chain": "chain_on", "ways": "ways_on", "frontier": "frontier_on", "tree": "felled"}  # fmt: skip
"""Tables that are made anew of themselves in each round, and by which stage."""

_LONGEST_US = (1 << 63) - 1


class Relations(Protocol):
    """Where the relations are: a database that has the tables `raw`, `places` and `keyed` and can hold others."""

    def put(self, table: str, rows: Iterable[Row]) -> None:
        """Make a table of `GIVEN`."""
        ...

    def make(self, stage: str, into: str) -> int:
        """Make, or make anew, a table of what a stage gives; the number of its rows."""
        ...

    def define(self, stage: str) -> None:
        """Let a table be what a stage gives, without making it."""
        ...

    def append(self, table: str, into: str) -> None:
        """Add the rows of one table to another of the same columns."""
        ...

    def rows(self, stage: str) -> Sequence[Row]:
        """What a stage gives."""
        ...

    def drop(self, *tables: str) -> None:
        """Let go of tables."""
        ...

    def together(self, one: Callable[[Relations], S], other: Callable[[Relations], T]) -> tuple[S, T]:
        """What two pieces of work give, done at once where that can be: neither needs what the other makes."""
        ...


def take_apart(relations: Relations) -> None:
    """Make `places` and `keyed` of `raw`, a span table."""
    _make(relations, ("places",))
    relations.define("keyed")


def observe(relations: Relations, *, sketch: bool = False, named: Names | None = None) -> Observed:
    """What the spans of `raw` show, with `sketch` also sketches of their traces. With what `name` gave there are the
    tables `traces` and `linking` already. Raises ValueError where a role, rank or resource is none there is."""
    if named is not None:
        names = named
        relations.make("lean_rows", "rows")
    else:
        names, _ = relations.together(name, partial(_make, stages=("traces",)))
        _make(relations, ("rows", "linking"))
    together = "links", "shared", "repeats", "halves"
    seen, _ = relations.together(partial(_see, sketch=sketch), partial(_make, stages=together))
    flaws = _plant(relations) + _join(relations)
    book = Book(names)
    use_hashes, _ = relations.together(partial(_book, book=book, sketch=sketch), _begin)
    relations.drop("joins", "joined", "clients", "spoken", "receptions", "messages")
    traffic, journeys = relations.together(partial(_figure, book=book), partial(_step, book=book))
    found = Observed(
        *traffic,
        names.services(seen.presences),
        {(names.paths[file], Flaw(flaw)): spans for file, flaw, spans in flaws if spans},
        journeys,
    )
    return found.sketched(book.sketches(use_hashes), names.sketches(seen.hashes)) if sketch else found


def name(relations: Relations) -> Names:
    """Number what spans say: make the tables of `NAMED`."""
    names = Names(relations.rows("said"), relations.rows("paths"))
    relations.put("files", names.files())
    relations.put("signatures", names.signatures())
    _make(relations, ("common",))
    return names


class _Seen(NamedTuple):
    """Of services."""

    presences: Sequence[Row]
    hashes: Sequence[Row]


def _see(relations: Relations, *, sketch: bool) -> _Seen:
    relations.put("bounds", _bounds())  # for later, while there is time
    return _Seen(relations.rows("presences"), relations.rows("service_hashes") if sketch else ())


def _plant(relations: Relations) -> list[Row]:
    """The forest; its flaws."""
    relations.define("plain")
    relations.define("spans")
    if _make(relations, ("tree", "lower")):
        relations.make("lowered", "tree")
    _round(relations, "turning", relations.make("turning", "turning"))
    if _make(relations, ("cut",)):
        relations.make("felled", "tree")
    _make(relations, ("bases",))
    _climb(relations, "bases")
    flaws = list(relations.rows("forest_flaws"))
    relations.drop("lower", "turning", "cut")
    return flaws


def _round(relations: Relations, table: str, rows: int) -> None:
    """Go up until nobody is left, or as far as those left could be from the top."""
    distance, farthest = 1, 1 + rows
    while rows and distance < farthest:
        rows = relations.make(STEPS[table], table)
        distance *= 2
        farthest = min(farthest, distance + rows)


def _climb(relations: Relations, table: str) -> None:
    """Go up until all have arrived."""
    while relations.rows(f"{table}_going")[0][0]:
        relations.make(STEPS[table], table)


def _join(relations: Relations) -> list[Row]:
    """Everything that is counted; flaws of calls."""
    _make(relations, ("inside", "joins", "joined"))
    relations.together(_call, _send)
    relations.drop("nested", "chain", "rows", "linking", "shared", "repeats", "halves")
    relations.drop("inside", "bases", "exchanges", "contested")
    relations.define("uses")
    return list(relations.rows("call_flaws"))


def _call(relations: Relations) -> None:
    """Client spans that speak for a provider, and those they speak for."""
    left = _make(relations, ("nested", "chain"))
    _climb(relations, "nested")
    _make(relations, ("clients", "spoken"))
    while left:
        relations.make(STEPS["spoken"], "spoken")
        left = relations.make(STEPS["chain"], "chain")


def _send(relations: Relations) -> None:
    """Messages, and the ids that decide between equals."""
    _make(relations, ("targets", "linked", "receipts", "receptions", "exchanges", "contested", "plural", "ids"))
    _make(relations, ("messages",))


def _book(relations: Relations, *, book: Book, sketch: bool) -> Sequence[Row]:
    """Count; with `sketch`, hashes of the traces of each boundary."""
    relations.put("accounts", (book.account(shape) for shape in relations.rows("shapes")))
    _make(relations, ("booked",))
    return relations.rows("use_hashes") if sketch else ()


def _begin(relations: Relations) -> None:
    """Where requests begin, and what follows from their messages."""
    _make(relations, ("roots", "ways"))
    _climb(relations, "ways")
    _make(relations, ("openings", "firsts", "homes", "causes"))
    left = _make(relations, ("frontier", "reached"))
    while left:
        left = relations.make(STEPS["frontier"], "frontier")
        relations.append("frontier", "reached")
    _make(relations, ("begun",))


def _figure(
    relations: Relations, *, book: Book
) -> tuple[dict[BoundaryKey, Traffic], dict[ChannelKey, Traffic]]:  # fmt: skip
    return book.traffic(relations.rows("figures"), relations.rows("totals"), relations.rows("buckets"))


def _step(relations: Relations, *, book: Book) -> dict[JourneyKey, Journey]:
    _make(relations, ("steps",))
    return book.journeys(relations.rows("journeys"), relations.rows("journey_steps"))


def _make(relations: Relations, stages: Sequence[str]) -> int:
    """The rows of the last."""
    return [relations.make(stage, stage) for stage in stages][-1]


@cache
def _bounds() -> tuple[Row, ...]:
    """Every bucket with the whole microseconds from the first that lies in it, or above, to the first above it."""
    last = bucket_of(_LONGEST_US)
    lower = [0, *(_first_in(bucket) for bucket in range(1, last + 1)), _LONGEST_US, _LONGEST_US]
    return tuple((bucket, *bounds) for bucket, bounds in enumerate(pairwise(lower)))


def _first_in(bucket: int) -> int:
    """The least duration in this bucket or a higher one, looked for where rounding can have put it."""
    about = int(GAMMA**bucket)
    near = range(about - about // 10**12 - 2, min(about + about // 10**12 + 3, _LONGEST_US))
    return near[bisect_left(near, bucket, key=bucket_of)]
