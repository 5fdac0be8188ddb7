"""The definition in relations, second part: calls, messages and uses, and their figures."""

from __future__ import annotations

import math

import ibis
from ibis import _
from ibis.expr.types import Table

from topoplan.model.stats import GAMMA
from topoplan_importers.traces.engines.relational_names import CALLED, SENT, TOLD, USED
from topoplan_importers.traces.engines.relational_spans import (
    CALL,
    CALLEES,
    CALLERS,
    INTERNAL,
    PUBLISH,
    RECEIVE,
    SERVE,
    Tables,
    counted,
    first_known,
    least_hashes,
    of,
    outward,
    shown,
)
from topoplan_importers.traces.forest import Flaw
from topoplan_importers.traces.joining import SKEW_US
from topoplan_importers.traces.tally import Rule

_FIGURES = ("t", "start", "duration", "failed", "file", "weight")


def joins(t: Tables) -> Table:
    """Each entry, or each of those that stand for it, with its caller half, or its parent where there is none."""
    tree = t["tree"]
    entries = outward(t, tree.filter((_.svc != _.above_svc) & (_.svc != 0) & (_.above_svc != 0)))
    standing = t["inside"].filter(_.role.isin(CALLEES) & (_.outer_role == INTERNAL))
    stands = tree.join(of(standing, "i"), [("n", "i_n")]).rename(outer="i_outer")
    clients = tree.filter(_.role.isin(CALLERS))
    callee = {
        name: ibis.ifelse(_.e_n.notnull(), _[f"e_{name}"], _[name])
        for name in ("n", "key", "sig", "role", "file", "start", "duration", "failed", "weight")
    }
    pairs = entries.left_join(of(stands, "e"), [("n", "e_outer")]).select(
        "t", "above", "above_sig", "above_start", "outer", **callee
    )
    found = pairs.left_join(of(clients, "c"), [("outer", "c_n")]).mutate(lone=_.c_n.isnull())
    rule = ibis.cases(
        (_.lone | (_.role != SERVE), int(Rule.PARENT_CHILD)),
        (_.c_key == _.key, int(Rule.SHARED_SPAN)),
        else_=int(Rule.CLIENT_SERVER_PAIR),
    )
    began = _.c_start.coalesce(_.above_start)
    return found.select(
        "t", "file", "lone", near=_.c_sig.coalesce(_.above_sig), far=_.sig, rule=rule, parent=_.above, client=_.c_n,
        caller=_.c_n.coalesce(_.above), callee=_.n,
        message=(_.role == RECEIVE) | (_.c_role == PUBLISH).fill_null(False),
        skewed=(_.start != 0) & (_.start + SKEW_US < began), start=_.c_start.coalesce(_.start),
        duration=_.c_duration.coalesce(_.duration), failed=_.failed | _.c_failed.fill_null(False),
        weight=ibis.greatest(_.weight, _.c_weight.coalesce(_.weight)),
    )  # fmt: skip


def joined(t: Tables) -> Table:
    """Caller halves that found their callee, in another service or their own."""
    own = t["inside"].filter(_.role.isin(CALLEES) & _.outer_role.isin(CALLERS)).select(n=_.outer)
    return t["joins"].filter(_.client.notnull()).select(n=_.client).union(own).distinct()


def nested(t: Tables) -> Table:
    """Client spans inside another of their service and, at first, that one; whether a resource's is around them."""
    inner = t["inside"].filter(_.role == CALL)
    return (
        inner.join(of(t["tree"], "o"), [("outer", "o_n")])
        .join(of(t["signatures"], "s"), [("o_sig", "s_sig")])
        .select("n", at=_.outer, stored=_.s_resource != 0)
    )


def chain(t: Tables) -> Table:
    return t["nested"].select("n", "at")


def nested_on(t: Tables) -> Table:
    """Twice as far up."""
    met = t["nested"].left_join(of(t["nested"], "up"), [("at", "up_n")])
    return met.select("n", at=_.up_at, stored=_.stored | _.up_stored.fill_null(False))


def nested_going(t: Tables) -> Table:
    return t["nested"].filter(_.at.notnull()).agg(left=_.count())


def clients(t: Tables) -> Table:
    """Client spans that found no callee and are inside no resource's; whether they name a provider."""
    free = t["tree"].filter(_.role == CALL).anti_join(t["joined"], "n")
    outside = free.anti_join(t["nested"].filter(_.stored), "n")
    named = outside.join(of(t["signatures"], "s"), [("sig", "s_sig")])
    return named.select("n", "sig", "svc", *_FIGURES, peer=_.s_peer != "", used=_.s_used)


def spoken(t: Tables) -> Table:
    """Client spans around one that speaks: at first next around it."""
    speaking = t["clients"].filter(_.peer & (_.svc != 0)).select("n").union(t["joined"])
    return t["chain"].semi_join(speaking, "n").select(n=_.at).distinct()


def spoken_on(t: Tables) -> Table:
    """And those as far around them as the chain reaches."""
    further = t["spoken"].join(of(t["chain"], "c"), [("n", "c_n")]).select(n=_.c_at)
    return t["spoken"].union(further).distinct()


def chain_on(t: Tables) -> Table:
    """Twice as far up; those who passed the last are gone."""
    return t["chain"].join(of(t["chain"], "up"), [("at", "up_n")]).select("n", at=_.up_at)


def call_flaws(t: Tables) -> Table:
    """Flaws of what spans say, by file."""
    silent = t["clients"].filter(~_.peer).anti_join(t["spoken"], "n")
    nameless = t["tree"].filter(_.svc == 0)
    skewed = t["joins"].filter(_.skewed)
    return counted({Flaw.SKEW: skewed, Flaw.UNNAMED_SERVICE: nameless, Flaw.UNNAMED_PEER: silent})


def targets(t: Tables) -> Table:
    """The spans that links mean."""
    meant = t["links"].select("trace", "id").distinct().join(of(t["traces"], "w"), [("trace", "w_trace")])
    found = meant.join(of(t["spans"], "s"), [("w_t", "s_t"), ("id", "s_id")])
    return found.select("trace", "id", n=_.s_n, role=_.s_role)


def linked(t: Tables) -> Table:
    """The producers that links mean."""
    sender = ibis.cases((_.role.isin(CALLERS), _.n), (_.b_at_role.isin(CALLERS), _.b_at))
    found = t["targets"].left_join(of(t["bases"], "b"), [("n", "b_n")]).select("trace", "id", n=sender)
    return found.filter(_.n.notnull())


def receipts(t: Tables) -> Table:
    """Consumer spans; `around` is the consumer span of the same service around one."""
    around = t["inside"].filter((_.role == RECEIVE) & (_.outer_role == RECEIVE))
    found = t["tree"].filter(_.role == RECEIVE).left_join(of(around, "i"), [("n", "i_n")])
    return found.select("n", "sig", "svc", *_FIGURES, around=_.i_outer)


def receptions(t: Tables) -> Table:
    """Messages as often as they are received."""
    tree, pair = t["tree"], ibis.literal(int(Rule.PRODUCER_CONSUMER_PAIR), "int8")
    joined = t["joins"].filter(_.message).select(sender=_.caller, receiver=_.callee, rule=pair)
    within_one = t["inside"].filter((_.role == RECEIVE) & _.outer_role.isin(CALLERS))
    own = within_one.select(sender=_.outer, receiver=_.n, rule=pair)
    known = t["receipts"].filter(_.svc != 0).join(of(t["links"], "l"), [("n", "l_n")])
    by_link = known.join(of(t["linked"], "s"), [("l_trace", "s_trace"), ("l_id", "s_id")])
    senders = of(tree.filter(_.svc != 0), "p")
    linked = by_link.join(senders, [("s_n", "p_n")]).select(
        sender=_.s_n, receiver=_.n, rule=ibis.literal(int(Rule.SPAN_LINK), "int8")
    )
    return joined.union(own).union(linked)


def exchanges(t: Tables) -> Table:
    """The same with what is said of both sides."""
    known = t["receptions"].join(of(t["tree"], "s"), [("sender", "s_n")])
    return known.join(of(t["tree"], "r"), [("receiver", "r_n")]).select(
        "sender", "receiver", "rule", message=_.s_key, svc=_.r_svc, near=_.s_sig, far=_.r_sig, t=_.r_t, start=_.r_start,
        duration=_.r_duration, failed=_.s_failed | _.r_failed, file=_.r_file,
        weight=ibis.greatest(_.s_weight, _.r_weight), sender_t=_.s_t, sent=_.s_start, apart=_.s_svc != _.r_svc,
    )  # fmt: skip


def contested(t: Tables) -> Table:
    """Messages with several receivers in one service."""
    return t["exchanges"].group_by(["message", "svc"]).agg(rows=_.count()).filter(_.rows > 1).select("message", "svc")


def plural(t: Tables) -> Table:
    """Traces with several spans without a parent."""
    return t["tree"].filter(_.above.isnull()).group_by("t").agg(rows=_.count()).filter(_.rows > 1).select("t")


def ids(t: Tables) -> Table:
    """Ids that decide between equals: of the receivers of contested messages, and of spans that begin plural traces."""
    receivers = t["exchanges"].semi_join(t["contested"], ["message", "svc"]).select(n=_.receiver)
    roots = t["tree"].filter(_.above.isnull()).semi_join(t["plural"], "t").select("n")
    found = t["rows"].semi_join(receivers.union(roots), "n")
    return found.select("n", id=shown(found.id))


def messages(t: Tables) -> Table:
    """One receiver of each message and service: the span that processes it, else the earliest."""
    by, exchanges = ["message", "svc"], t["exchanges"]
    known = (
        exchanges.semi_join(t["contested"], by)
        .join(of(t["ids"], "i"), [("receiver", "i_n")])
        .join(of(t["traces"], "w"), [("t", "w_t")])
        .join(of(t["signatures"], "g"), [("far", "g_sig")])
    )
    order = [_.g_step != "process", _.start, _.i_id, _.rule, shown(known.w_trace), _.far, _.near]
    best = known.mutate(place=ibis.row_number().over(group_by=by, order_by=order)).filter(_.place == 0)
    found = exchanges.anti_join(t["contested"], by).union(best.select(*exchanges.columns))
    return found.filter(_.apart).select("sender", "rule", "near", "far", *_FIGURES, "sender_t", "sent")


def uses(t: Tables) -> Table:
    """Everything that is counted. `kind`, `near`, `far`, `lone` and `rule` tell where; `opener` is the span whose
    request it belongs to, used at `at`."""
    calls = t["joins"].filter(~_.message)
    called = calls.select(*_shape(CALLED, _.near, _.far, _.lone, _.rule), *_FIGURES, **_opened(_.parent, _.t, _.start))
    sent = t["messages"].select(
        *_shape(SENT, _.near, _.far, ibis.literal(False), _.rule), *_FIGURES, **_opened(_.sender, _.sender_t, _.sent)
    )
    virtual = t["clients"].filter(_.peer & (_.svc != 0) & _.used).anti_join(t["spoken"], "n")
    named = t["tree"].filter(_.role == PUBLISH).join(of(t["signatures"], "s"), [("sig", "s_sig")])
    paired = t["joined"].union(t["linked"].select("n"))
    received = t["receipts"].join(of(t["signatures"], "s"), [("sig", "s_sig")])
    innermost = received.anti_join(t["receipts"].select(n=_.around), "n")
    met = t["receptions"].select(n=_.receiver)
    alone = innermost.anti_join(met, "n").anti_join(met.select(around=_.n), "around")
    used = [_used(some) for some in (virtual, named.filter(_.s_used), innermost.filter(_.s_used))]
    told = [_told(some) for some in (named.filter(_.s_told).anti_join(paired, "n"), alone.filter(_.s_told))]
    return ibis.union(called, sent, *used, *told)


def _shape(kind: int, near: ibis.Value, far: ibis.Value, lone: ibis.Value, rule: ibis.Value) -> list[ibis.Value]:
    values = {"kind": ibis.literal(kind), "near": near, "far": far, "lone": lone, "rule": rule}
    types = {"kind": "int8", "near": "int32", "far": "int32", "lone": "boolean", "rule": "int8"}
    return [value.cast(types[name]).name(name) for name, value in values.items()]


def _opened(opener: ibis.Value, trace: ibis.Value, at: ibis.Value) -> dict[str, ibis.Value]:
    return {"opener": opener, "opener_t": trace, "at": at}


def _used(spans: Table) -> Table:
    shape = _shape(USED, _.sig, _.sig, ibis.literal(False), ibis.literal(0))
    return spans.select(*shape, *_FIGURES, **_opened(_.n, _.t, _.start))


def _told(spans: Table) -> Table:
    shape = _shape(TOLD, _.sig, _.sig, ibis.literal(False), ibis.literal(0))
    nobody = ibis.null("int64")
    return spans.select(*shape, *_FIGURES, **_opened(nobody, nobody, nobody))


def shapes(t: Tables) -> Table:
    """What tells where uses are booked, once each."""
    return t["uses"].select("kind", "near", "far", "lone", "rule").distinct()


def booked(t: Tables) -> Table:
    """Uses by boundary and operation. Logarithms of two machines may differ at the bounds of buckets, so the bucket is
    guessed by one and set right by whole numbers."""
    guess = ibis.ifelse(_.duration > 1, (ibis.greatest(_.duration, 1).ln() / math.log(GAMMA)).floor().cast("int32"), 0)
    on = [(name, f"a_{name}") for name in ("kind", "near", "far", "lone", "rule")]
    known = t["uses"].mutate(guess=guess).join(of(t["accounts"], "a"), on)
    bounds = known.join(of(t["bounds"], "b"), [("guess", "b_bucket")])
    bucket = _.guess + (_.duration >= _.b_upper).cast("int32") - (_.duration < _.b_lower).cast("int32")
    return bounds.select(
        "t", "start", "failed", "file", "weight", "opener", "opener_t", "at",
        boundary=_.a_boundary, operation=_.a_operation,
        bucket=ibis.ifelse(_.duration >= 0, bucket, None),
    )  # fmt: skip


def figures(t: Tables) -> Table:
    return t["booked"].group_by(["boundary", "operation"]).agg(
        calls=_.count(), errors=_.failed.sum(), traces=_.t.nunique(), first=first_known(_.start),
        last=_.start.max(), sampled_out=(_.weight - 1).sum(),
    )  # fmt: skip


def totals(t: Tables) -> Table:
    """What the sums of operations do not tell of a boundary."""
    return t["booked"].group_by("boundary").agg(traces=_.t.nunique(), first=first_known(_.start), file=_.file.min())


def use_hashes(t: Tables) -> Table:
    """The least hashes of the traces that show each boundary."""
    return least_hashes(t, t["booked"], "boundary")


def buckets(t: Tables) -> Table:
    timed = t["booked"].filter(_.bucket.notnull())
    return timed.group_by(["boundary", "operation", "bucket"]).agg(calls=_.count())
