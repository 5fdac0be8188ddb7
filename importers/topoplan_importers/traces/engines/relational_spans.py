"""The definition in relations, first part: distinct spans, their parents, and what is around them.

Words and rules are `joining`'s. Every function is one stage: from tables made before to one that is kept until the
driver (`relational`) lets it go. `n` numbers spans, `t` traces, `key` the ids within all traces, `sig` signatures.

Spans come as the table `raw`, what many have in common apart from them in `places`: signature, file and whether they
failed. Of a span table, which has it all in one, the first two stages take it apart. Ids are keys of any type, which
nothing but `shown` looks into.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import ibis
import ibis.expr.datatypes as dt
from ibis import _
from ibis.expr.types import ArrayValue, BooleanValue, Table, Value

from topoplan_importers.traces.forest import Flaw
from topoplan_importers.traces.sketch import HASH_DIGITS, K
from topoplan_importers.traces.span import Role

Tables: TypeAlias = Mapping[str, Table]

CALLERS = [int(Role.CALL), int(Role.PUBLISH)]
CALLEES = [int(Role.SERVE), int(Role.RECEIVE)]
INTERNAL, CALL, SERVE, PUBLISH, RECEIVE = (int(role) for role in Role)
SAID = (
    "service", "role", "protocol", "method", "path", "rank", "peer", "peer_key", "resource", "technology", "channel",
    "channel_is_template", "step", "criticality",
)  # fmt: skip
"""Columns of a signature, in its order."""
_UP = ("n", "sig", "role", "svc", "start")
"""What a span of the tree knows of the one above it, as `_ABOVE`."""
_ABOVE = ("above", "above_sig", "above_role", "above_svc", "above_start")
_PARENT = ("t", "id", *_UP)
_SPAN = ("n", "t", "id", "parent", "sig", "role", "svc", "file", "start", "duration", "failed", "weight")
_PLANTED = ("n", "t", "key", *_SPAN[4:])
_COMMON = (*SAID, "failed", "file")
ONE, OUTER, INNER = 0, 1, 2
"""A span that is the only one of its id; the caller half and the callee half of two."""


def of(table: Table, prefix: str) -> Table:
    """A table to join by, its columns named so that none meets another's."""
    return table.rename(f"{prefix}_{{name}}")


def _by_database(name: str, kind: str, gives: str) -> Callable[[Value], Value]:
    """A function of that name that the database has, of a value of this type."""

    def given(value: object) -> None:
        """Never called: the database does it."""

    given.__name__ = name
    types = ((dt.dtype(kind),), dt.dtype(gives))
    build: Callable[[Value], Value] = ibis.udf.scalar.builtin(given, signature=types)
    return build


_id_text = _by_database("id_text", "uint64", "string")
_link_texts = _by_database("link_texts", "array<struct<trace: uint64, span: uint64>>", "string")
_count = _by_database("row_count", "int64", "int64")


def shown(key: Value) -> Value:
    """An id as the text it is shown as."""
    return key if key.type().is_string() else _id_text(key)


def _numbered(key: Value) -> Value:
    """A number for each row of a table of spans or traces with such ids; where they are numbers, as narrow as the
    database can have it."""
    number = ibis.row_number().over(ibis.window())
    return number if key.type().is_string() else _count(number)


def _in_order(links: ArrayValue) -> Value:
    """What links are ordered by: ids as text."""
    return links if links.type().value_type["trace"].is_string() else _link_texts(links)


def places(t: Tables) -> Table:
    """What the spans of a span table have in common, numbered."""
    return t["raw"].select(*_COMMON).distinct().select(*_COMMON, place=ibis.row_number().over(ibis.window()))


def keyed(t: Tables) -> Table:
    """The spans of a span table, numbered, with numbers for what they have in common."""
    found = t["raw"].join(of(t["places"], "p"), [(name, f"p_{name}") for name in _COMMON])
    return found.select(
        "trace", "id", "parent", "start_us", "duration_us", "links", "weight", place=_.p_place, n=_numbered(found.id)
    )


def paths(t: Tables) -> Table:
    """The files."""
    return t["places"].select(path=_.file).distinct()


def said(t: Tables) -> Table:
    """What spans say, and the first file that has it."""
    return t["places"].group_by(SAID).agg(file=_.file.min())


def common(t: Tables) -> Table:
    """What spans have in common, in numbers."""
    known = t["places"].join(of(t["signatures"], "s"), [(name, f"s_{name}") for name in SAID])
    found = known.join(of(t["files"], "f"), [("file", "f_path")])
    return found.select("place", "role", "failed", sig=_.s_sig, svc=_.s_svc, file=_.f_file)


def traces(t: Tables) -> Table:
    found = t["raw"].select("trace").distinct()
    return found.select("trace", t=_numbered(found.trace))


def rows(t: Tables) -> Table:
    """All spans, with numbers for what they say."""
    return _rows(t, "links")


def lean_rows(t: Tables) -> Table:
    """The same without links, where those are known already: most spans have none."""
    return _rows(t)


def _rows(t: Tables, *more: str) -> Table:
    known = t["keyed"].join(of(t["common"], "p"), [("place", "p_place")])
    found = known.join(of(t["traces"], "w"), [("trace", "w_trace")])
    return found.select(
        "id", "parent", "weight", "n", *more, t=_.w_t, start=_.start_us,
        duration=_.duration_us, role=_.p_role, failed=_.p_failed, sig=_.p_sig, svc=_.p_svc, file=_.p_file,
    )  # fmt: skip


def linking(t: Tables) -> Table:
    """The links of those spans that have some, repeated ones too."""
    return t["rows"].filter(_.links.length() > 0).select("n", "links")


def links(t: Tables) -> Table:
    """Links one by one."""
    return t["linking"].select("n", link=_.links.unnest()).select("n", trace=_.link.trace, id=_.link.span)


def shared(t: Tables) -> Table:
    """Spans that share an id, with their links."""
    several = t["rows"].group_by(["t", "id"]).agg(members=_.count()).filter(_.members > 1)
    found = t["rows"].join(of(several, "k"), [("t", "k_t"), ("id", "k_id")])
    return found.left_join(of(t["linking"], "l"), [("n", "l_n")]).select(*_SPAN, links=_.l_links)


def repeats(t: Tables) -> Table:
    """Of the spans that share an id, which are kept as which half, and which are one too many."""
    calls, serves = _.role.isin(CALLERS), _.role.isin(CALLEES)
    groups = t["shared"].group_by(["t", "id"]).agg(key=_.n.min(), calls=calls.any(), serves=serves.any())
    members = t["shared"].join(of(groups, "g"), [("t", "g_t"), ("id", "g_id")])
    sided = members.mutate(
        key=_.g_key, both=_.g_calls & _.g_serves, lone=~(_.g_calls | _.g_serves),
        side=ibis.cases((calls, OUTER), (serves, INNER), else_=ONE),
    ).mutate(counted=(_.both & (_.side == OUTER)))  # fmt: skip
    fullest = ibis.row_number().over(group_by=["key", "side"], order_by=_fullest_first(sided))
    spare = ibis.row_number().over(group_by=["key", "counted"], order_by="file") > 0
    return sided.mutate(place=fullest, spare=spare).select(
        "n", "key", "file", "spare",
        half=ibis.ifelse(_.both, _.side, ONE).cast("int8"), kept=(_.place == 0) & ((_.side != ONE) | _.lone),
    )  # fmt: skip


def _fullest_first(member: Table) -> list[Value]:
    least = [member.svc == 0, -member.duration, member.start, ~member.failed]
    most = [member.sig, shown(member.parent).fill_null(""), -member.file, _in_order(member.links), member.weight]
    return [*least, *(ibis.desc(value, nulls_first=False) for value in most)]


def halves(t: Tables) -> Table:
    """The distinct spans among those that share an id."""
    kept = of(t["repeats"].filter(_.kept), "r")
    return t["shared"].join(kept, [("n", "r_n")]).select(*_SPAN, key=_.r_key, half=_.r_half)


def plain(t: Tables) -> Table:
    """Spans that share their id with none. Nearly all are, so that this is defined and not made."""
    return t["rows"].anti_join(t["repeats"], "n").select(*_SPAN, key=_.n)


def spans(t: Tables) -> Table:
    """The distinct spans."""
    return t["plain"].union(t["halves"].select(*_SPAN, "key"))


def presences(t: Tables) -> Table:
    """In how many traces each service has a span, repeated or not, and from when to when."""
    return t["rows"].group_by("svc").agg(traces=_.t.nunique(), first=first_known(_.start), last=_.start.max())


def service_hashes(t: Tables) -> Table:
    """The least hashes of the traces that each service has a span in: what a sketch of them holds."""
    return least_hashes(t, t["rows"], "svc")


def least_hashes(t: Tables, seen: Table, group: str) -> Table:
    """Of the traces `t` of each group, the least hashes, one after the other in hexadecimal."""
    hashed = t["traces"].select(w_t=_.t, hash=shown(t["traces"].trace).hexdigest("md5").left(HASH_DIGITS))
    distinct = seen.select(group, "t").distinct().join(hashed, [("t", "w_t")]).select(group, "hash").distinct()
    place = ibis.row_number().over(group_by=group, order_by=_.hash)
    return distinct.mutate(place=place).filter(_.place < K).group_by(group).agg(hashes=_.hash.group_concat(""))


def first_known(start: Value) -> Value:
    """The earliest of times that are 0 when unknown."""
    return start.nullif(0).min().fill_null(0)


def tree(t: Tables) -> Table:
    """Every distinct span below its parent, and callee halves below their caller halves; at first, cycles are still
    there."""
    halves = t["halves"]
    above = t["plain"].select(*_PARENT).union(halves.filter(_.half != OUTER).select(*_PARENT))
    below = t["plain"].union(halves.filter(_.half != INNER).select(*_SPAN, "key"))
    found = below.left_join(of(above, "a"), [("t", "a_t"), ("parent", "a_id")])
    return _planted(found, "a").union(_planted(_pairs(t), "o"))


def _pairs(t: Tables) -> Table:
    """Callee halves with their caller halves."""
    outer, inner = t["halves"].filter(_.half == OUTER), t["halves"].filter(_.half == INNER)
    return inner.join(of(outer, "o"), [("key", "o_key")])


def lower(t: Tables) -> Table:
    """Spans below a callee half of another service whose caller half is of theirs: that one is above them."""
    pairs = _pairs(t).filter(_.svc != _.o_svc).select("n", *(f"o_{name}" for name in _UP))
    found = t["tree"].join(of(pairs, "p"), [("above", "p_n"), ("svc", "p_o_svc")])
    return found.select("n", **{name: _[f"p_o_{up}"] for name, up in zip(_ABOVE, _UP, strict=True)})


def lowered(t: Tables) -> Table:
    """The tree with those below the caller halves."""
    known = t["tree"].left_join(of(t["lower"], "l"), [("n", "l_n")])
    parents = {name: ibis.ifelse(_.l_n.isnull(), _[name], _[f"l_{name}"]) for name in _ABOVE}
    return known.select(**{name: parents.get(name, _[name]) for name in t["tree"].columns})


def _planted(spans: Table, prefix: str) -> Table:
    """As rows of the tree, with what they know of the span above, in columns of this prefix."""
    known = {name: _[f"{prefix}_{up}"] for name, up in zip(_ABOVE, _UP, strict=True)}
    return spans.select(*_PLANTED, parentless=_.parent.isnull(), **known)


def turning(t: Tables) -> Table:
    """Each span and, at first, its parent, where there may be a cycle: on it, some child starts before its parent, or
    all start at once."""
    turns = t["tree"].filter(_.start < _.above_start).select("t").distinct()
    whole = t["tree"].filter(_.above.notnull()).semi_join(turns, "t")
    level = t["tree"].filter(_.start == _.above_start).anti_join(turns, "t")
    return whole.select("n", at=_.above).union(level.select("n", at=_.above))


def turning_on(t: Tables) -> Table:
    """Twice as far up. Those who reach the top are gone, so that cycles and what hangs on them remain."""
    return t["turning"].join(of(t["turning"], "up"), [("at", "up_n")]).select("n", at=_.up_at)


def cut(t: Tables) -> Table:
    """The spans on cycles: going round often enough, those who hang on one are on it, and those on it on all of it."""
    return t["turning"].select(n=_.at).distinct()


def felled(t: Tables) -> Table:
    """The tree without cycles: those on one lose their parents."""
    known = t["tree"].left_join(of(t["cut"], "c"), [("n", "c_n")])
    parents = {name: ibis.ifelse(_.c_n.isnull(), _[name], None) for name in _ABOVE}
    return known.select(**{name: parents.get(name, _[name]) for name in t["tree"].columns})


def bases(t: Tables) -> Table:
    """Spans without a role below another of their service, and, at first, that one."""
    inner = t["tree"].filter((_.role == INTERNAL) & within())
    return inner.select("n", at=_.above, at_role=_.above_role, going=_.above_role == INTERNAL)


def bases_on(t: Tables) -> Table:
    """Twice as far up, to the first that has a role or none of its service above."""
    met = t["bases"].left_join(of(t["bases"], "up"), [("at", "up_n")])
    return met.select(
        "n", at=_.up_at.coalesce(_.at), at_role=_.up_at_role.coalesce(_.at_role), going=_.up_going.fill_null(False)
    )


def bases_going(t: Tables) -> Table:
    return t["bases"].filter(_.going).agg(left=_.count())


def outward(t: Tables, spans: Table) -> Table:
    """Spans of the tree with the anchors of their parents, `outer`."""
    found = spans.left_join(of(t["bases"], "b"), [("above", "b_n")])
    return found.mutate(outer=_.b_at.coalesce(_.above), outer_role=_.b_at_role.coalesce(_.above_role))


def inside(t: Tables) -> Table:
    """Spans below another of their service, around which something counts: callees, and clients inside clients."""
    found = outward(t, t["tree"].filter(within() & _.role.isin([CALL, *CALLEES])))
    counts = found.filter(_.role.isin(CALLEES) | (_.outer_role == CALL))
    return counts.select("n", "role", "outer", "outer_role")


def forest_flaws(t: Tables) -> Table:
    """Flaws of the spans' ids and parents, by file."""
    cycles = t["tree"].semi_join(t["cut"], "n")
    orphans = t["tree"].filter(_.above.isnull() & ~_.parentless).anti_join(t["cut"], "n")
    return counted({Flaw.DUPLICATE: t["repeats"].filter(_.spare), Flaw.ORPHAN: orphans, Flaw.CYCLE: cycles})


def counted(flawed: Mapping[Flaw, Table]) -> Table:
    """Flawed spans by file."""
    sums = [
        spans.group_by("file").agg(spans=_.count()).mutate(flaw=ibis.literal(int(flaw), "int8"))
        for flaw, spans in flawed.items()
    ]
    return ibis.union(*sums).select("file", "flaw", "spans")


def within() -> BooleanValue:
    """Of a row of the tree: its parent is of its service."""
    return _.svc == _.above_svc
