"""The definition in relations, third part: the operation each request began with, and what it used."""

from __future__ import annotations

import ibis
from ibis import _
from ibis.expr.types import Table

from topoplan_importers.traces.engines.relational_spans import CALLEES, SERVE, Tables, of, within

_SPAN = ("n", "t", "sig", "role", "svc", "start", "file")
_BEGUN = ("journey", "start", "follows")
"""What is known of an opening."""


def roots(t: Tables) -> Table:
    """Spans without a parent here. Requests are looked for below those `chosen`; with `simple`, the whole trace is the
    one request that its root began."""
    tops = t["tree"].filter(_.above.isnull()).join(of(t["signatures"], "s"), [("sig", "s_sig")])
    alone = tops.anti_join(t["plural"], "t").select(*_SPAN, chosen=True, simple=_.s_begins)
    several = tops.join(of(t["ids"], "i"), [("n", "i_n")]).semi_join(t["plural"], "t")
    first = ibis.row_number().over(group_by="t", order_by=[~_.parentless, _.start == 0, _.start, _.i_id, _.sig]) == 0
    chosen = several.mutate(chosen=_.parentless | first)
    only = _.chosen.sum().over(group_by="t") == 1
    begun = (_.chosen & _.s_begins).any().over(group_by="t")
    return alone.union(chosen.select(*_SPAN, "chosen", simple=only & begun))


def ways(t: Tables) -> Table:
    """Of traces that are not simple, each span, and at first its parent: the topmost span on the way up that may begin
    a request, and, once it is met, the root."""
    spans = t["tree"].semi_join(t["roots"].filter(~_.simple), "t").join(of(t["signatures"], "s"), [("sig", "s_sig")])
    entered = _.above.isnull() | _.role.isin(CALLEES) | ~within()
    return spans.select(
        "n", "t", at=_.above, root=ibis.ifelse(_.above.isnull(), _.n, None),
        top=ibis.ifelse(_.s_begins & entered, _.n, None),
    )  # fmt: skip


def ways_on(t: Tables) -> Table:
    """Twice as far up."""
    met = t["ways"].left_join(of(t["ways"], "up"), [("at", "up_n")])
    return met.select("n", "t", at=_.up_at, root=_.root.coalesce(_.up_root), top=_.up_top.coalesce(_.top))


def ways_going(t: Tables) -> Table:
    return t["ways"].filter(_.at.notnull()).agg(left=_.count())


def openings(t: Tables) -> Table:
    """The spans that begin requests; those with `follows` take messages by links."""
    chosen = t["ways"].filter(_.top == _.n).semi_join(t["roots"].filter(_.chosen), [("root", "n")])
    entered = t["tree"].semi_join(chosen, "n").select(*_SPAN)
    began = t["roots"].filter(_.simple & _.chosen).select(*_SPAN).union(entered)
    taking = t["receipts"].semi_join(t["links"], "n").select("t", "svc", taking=True).distinct()
    known = began.join(of(t["signatures"], "s"), [("sig", "s_sig")]).left_join(
        of(taking, "k"), [("t", "k_t"), ("svc", "k_svc")]
    )
    return known.select(
        "n", "t", "svc", "start", "file", journey=_.s_journey, follows=_.k_taking.notnull() & (_.role != SERVE)
    )


def firsts(t: Tables) -> Table:
    """The first opening of each trace."""
    place = ibis.row_number().over(group_by="t", order_by=[_.start == 0, _.start, _.journey, _.follows])
    found = t["openings"].mutate(place=place).filter(_.place == 0)
    return found.select("t", opening=_.n, **{name: _[name] for name in _BEGUN})


def homes(t: Tables) -> Table:
    """The opening of each span of a trace that is not simple, if it has one; spans adrift are of the trace's first and
    not here."""
    rooted = t["ways"].semi_join(t["roots"].filter(_.chosen), [("root", "n")])
    known = rooted.left_join(of(t["openings"], "o"), [("top", "o_n")])
    return known.select("n", opening=_.top, **{name: _[f"o_{name}"] for name in _BEGUN})


def _opening(spans: Table, t: Tables, span: str, trace: str) -> Table:
    """With the opening of a span of each row: `o_opening`, and what is known of it."""
    found = spans.left_join(of(t["homes"], "home"), [(span, "home_n")])
    whole = found.left_join(of(t["firsts"], "first"), [(trace, "first_t")])
    at_home = _.home_n.notnull()
    known = {f"o_{name}": ibis.ifelse(at_home, _[f"home_{name}"], _[f"first_{name}"]) for name in ("opening", *_BEGUN)}
    return whole.mutate(**known).filter(_.o_opening.notnull())


def steps(t: Tables) -> Table:
    """Boundaries used, by journey, and where it follows others by opening."""
    used = _opening(t["booked"].filter(_.opener.notnull()), t, "opener", "opener_t")
    after = ibis.ifelse((_["at"] != 0) & (_.o_start != 0), ibis.greatest(_["at"] - _.o_start, 0), 0)
    known = used.select(
        "boundary", journey=_.o_journey, opening=ibis.ifelse(_.o_follows, _.o_opening, None), offset=after
    )
    return known.group_by(["journey", "opening", "boundary"]).agg(offset=_.offset.min())


def causes(t: Tables) -> Table:
    """Each opening that follows, and those on whose behalf its messages were sent."""
    following = of(t["openings"].filter(_.follows), "f")
    taken = t["receipts"].join(of(t["links"], "l"), [("n", "l_n")]).join(following, [("t", "f_t"), ("svc", "f_svc")])
    sent = taken.join(of(t["linked"], "s"), [("l_trace", "s_trace"), ("l_id", "s_id")]).select("f_n", sender=_.s_n)
    traced = sent.join(of(t["tree"], "x"), [("sender", "x_n")])
    known = _opening(traced, t, "sender", "x_t").filter(_.o_opening != _.f_n)
    return known.select(n=_.f_n, cause=_.o_opening, journey=_.o_journey, begins=~_.o_follows).distinct()


def frontier(t: Tables) -> Table:
    """Openings to follow from, at first those that follow none."""
    begun = t["causes"].filter(_.begins).select("journey", n=_.cause, level=ibis.literal(0, "int32"))
    alone = t["openings"].filter(_.follows).anti_join(t["causes"], "n")
    return begun.union(alone.select("journey", "n", level=ibis.literal(0, "int32"))).distinct()


def reached(t: Tables) -> Table:
    """What is reached from where journeys begin, and after how many messages."""
    return t["frontier"]


def frontier_on(t: Tables) -> Table:
    """Those who follow them and were not met before."""
    met = t["frontier"].join(of(t["causes"], "c"), [("n", "c_cause")])
    found = met.select("journey", n=_.c_n, level=_.level + 1).distinct()
    return found.anti_join(t["reached"], ["journey", "n"])


def begun(t: Tables) -> Table:
    """Openings that begin a journey of their own: all but those that another led to."""
    return t["openings"].anti_join(t["reached"].filter(_.level > 0), "n").select("n", "journey", "file", "follows")


def journeys(t: Tables) -> Table:
    return t["begun"].group_by("journey").agg(traces=_.count(), file=_.file.min())


def journey_steps(t: Tables) -> Table:
    """Least offset by journey, boundary and the number of messages between."""
    own = t["steps"].filter(_.opening.isnull()).select("journey", "boundary", "offset", level=ibis.literal(0, "int32"))
    alone = t["begun"].filter(_.follows).select("n", "journey", level=ibis.literal(0, "int32"))
    led = t["reached"].filter(_.level > 0).select("n", "journey", "level").union(alone)
    later = led.join(of(t["steps"], "s"), [("n", "s_opening")])
    all_steps = own.union(later.select("journey", boundary=_.s_boundary, offset=_.s_offset, level=_.level))
    return all_steps.group_by(["journey", "boundary", "level"]).agg(offset=_.offset.min())
