"""The stages that a script needs because nothing outside the database answers it: names in numbers, and edges by name.

They say in relations what `relational_names` and `accounts` say of one signature or two; the rules are theirs.
"""

from __future__ import annotations

import math

import ibis
from ibis import _
from ibis.expr.types import BooleanValue, NumericValue, StringValue, Table, Value

from topoplan.model.facts import NodeKind, Style
from topoplan.model.stats import GAMMA
from topoplan_importers.hosts import COMMON_SUFFIXES, FILE_SUFFIXES, LABEL, PRIVATE_SUFFIXES
from topoplan_importers.traces.engines.relational_names import CALLED, SENT, TOLD
from topoplan_importers.traces.engines.relational_spans import (
    CALL,
    INTERNAL,
    PUBLISH,
    RECEIVE,
    SAID,
    SERVE,
    Tables,
    first_known,
    of,
    paths,
    said,
)
from topoplan_importers.traces.span import Resource

EDGE = ("consumer", "provider", "provider_kind", "style", "protocol", "channel")
"""What tells edges apart."""
LISTED = (
    *EDGE,
    "calls",
    "estimated_calls",
    "errors",
    "traces",
    "first_seen",
    "last_seen",
    "p50_ms",
    "p95_ms",
    "p99_ms",
)
"""Columns of the list, those of its CSV."""
_QUANTILES = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99}
_NONE, _BROKER, _DATASTORE = (int(kind) for kind in (Resource.NONE, Resource.BROKER, Resource.DATASTORE))


def files(t: Tables) -> Table:
    return paths(t).select("path", file=_number(_.path))


def signatures(t: Tables) -> Table:
    """Those of `relational_names.Names`; journeys are not asked for. Service 0 is the one without a name."""
    creates = (_.role == PUBLISH) & (_.step == "create")
    uses = _.role.isin([CALL, PUBLISH, RECEIVE]) & ~creates & (_.service != "") & (_.peer != _.service)
    service = ibis.dense_rank().over(order_by=_.service) + 1
    return said(t).select(
        *SAID, sig=_number(*(_[name] for name in SAID)),
        svc=ibis.ifelse(_.service == "", 0, service).cast("int32"),
        journey=ibis.literal(0, "int32"), begins=ibis.literal(False),
        used=uses & ((_.role == CALL) | (_.resource == _BROKER)), told=ibis.literal(False),
    )  # fmt: skip


def edges(t: Tables) -> Table:
    """Edges with the columns of the CSV list."""
    used = _named(t)
    # A provider is another one by another technology, and their traces add up.
    by_party = used.group_by([*EDGE, "technology"]).agg(
        calls=_.count(), errors=_.failed.sum(), traces=_.t.nunique(), first=first_known(_.start), last=_.start.max(),
        sampled_out=(_.weight - 1).sum(),
    )  # fmt: skip
    sums = by_party.group_by(EDGE).agg(
        calls=_.calls.sum(), errors=_.errors.sum(), traces=_.traces.sum(), first=first_known(_["first"]),
        last=_["last"].max(), sampled_out=_.sampled_out.sum(),
    )  # fmt: skip
    known = sums.left_join(of(_latencies(used), "q"), [(name, f"q_{name}") for name in EDGE])
    return known.select(
        *EDGE, "calls", "errors", "traces", estimated_calls=_.calls + _even(_.sampled_out),
        first_seen=_seconds(_["first"]), last_seen=_seconds(_["last"]), **{name: _[f"q_{name}"] for name in _QUANTILES},
    )  # fmt: skip


def _number(*order: Value) -> Value:
    return ibis.row_number().over(order_by=list(order)).cast("int32")


def _named(t: Tables) -> Table:
    """Each use by what tells its edge: `near` is `n`, `far` is `f`."""
    found = (
        t["uses"].filter(_.kind != TOLD)
        .join(of(t["signatures"], "n"), [("near", "n_sig")])
        .join(of(t["signatures"], "f"), [("far", "f_sig")])
    )  # fmt: skip
    call, message, store = _.kind == CALLED, _.kind == SENT, _.n_resource != _NONE
    kind = ibis.cases(
        (call | message, ""),
        (_.n_resource == _DATASTORE, NodeKind.DATASTORE.value),
        (store, NodeKind.BROKER.value),
        (_is_public(_.n_peer), NodeKind.EXTERNAL.value),
        else_="",
    )
    style = ibis.cases(
        (message, Style.MESSAGE.value), (~call & store, Style.RESOURCE.value), else_=Style.SYNC.value
    )  # fmt: skip
    protocol = ibis.cases((call, _called_protocol()), (message, _sent(_.n_protocol, _.f_protocol)), else_=_.n_protocol)
    return found.select(
        "t", "start", "duration", "failed", "weight",
        consumer=ibis.ifelse(message, _.f_service, _.n_service),
        provider=ibis.cases((call, _.f_service), (message, _.n_service), else_=_.n_peer),
        provider_kind=kind, style=style, protocol=protocol.nullif("").fill_null("tcp"),
        channel=ibis.ifelse(message, _sent_channel(), ""),
        technology=ibis.ifelse((call | message) | ~store, "", _.n_technology),
    )  # fmt: skip


def _called_protocol() -> StringValue:
    """As `accounts.call_account`: that of the half that tells, else of the caller half."""
    far_tells = _.f_role.isin([SERVE, INTERNAL])
    near_tells = ~_.lone & (~far_tells | (_.n_rank > _.f_rank))
    telling = ibis.cases((near_tells, _.n_protocol), (far_tells, _.f_protocol), else_="")
    return telling.nullif("").fill_null(ibis.ifelse(_.lone, "", _.n_protocol))


def _sent(sender: StringValue, receiver: StringValue) -> StringValue:
    """The first that says something, of those that are of messaging."""
    return ibis.cases((_sends(_.n_role) & (sender != ""), sender), (_sends(_.f_role), receiver), else_="")


def _sent_channel() -> StringValue:
    """As `accounts.message_account`: a template before a name."""
    templates = [
        (_sends(_[f"{side}_role"]) & (_[f"{side}_channel"] != "") & _[f"{side}_channel_is_template"],
         _[f"{side}_channel"])
        for side in ("n", "f")
    ]  # fmt: skip
    return ibis.cases(*templates, else_=_sent(_.n_channel, _.f_channel))


def _sends(role: Value) -> BooleanValue:
    return role.isin([PUBLISH, RECEIVE])


def _is_public(host: StringValue) -> BooleanValue:
    """As `hosts.is_public`."""
    last = host.re_extract(r"[^.]*$", 0)
    known = (last.length() == 2) | last.isin(sorted(COMMON_SUFFIXES)) | host.re_search(r"\..*\.")
    return (
        host.re_search(rf"^{LABEL}(\.{LABEL})*\.[a-z][a-z]+$")
        & known
        & last.notin(sorted({*PRIVATE_SUFFIXES, *FILE_SUFFIXES}))
        & ~host.re_search(r"\.(svc|cluster)\.")
    )


def _latencies(used: Table) -> Table:
    """Quantiles in milliseconds, read from log buckets as `Stats` reads them."""
    guess = (ibis.greatest(_.duration, 1).ln() / math.log(GAMMA)).floor().cast("int64")
    timed = used.filter(_.duration >= 0).mutate(bucket=ibis.ifelse(_.duration > 1, guess, 0))
    counts = timed.group_by([*EDGE, "bucket"]).agg(n=_.count())
    so_far = ibis.cumulative_window(group_by=EDGE, order_by=_.bucket)
    ranked = counts.mutate(seen=_.n.sum().over(so_far), total=_.n.sum().over(group_by=EDGE))
    found = ranked.group_by(EDGE).agg(
        **{name: _.bucket.min(where=_.seen > share * (_.total - 1)) for name, share in _QUANTILES.items()}
    )
    return found.select(*EDGE, **{name: _milliseconds(_[name]) for name in _QUANTILES})


def _milliseconds(bucket: NumericValue) -> NumericValue:
    value = ((bucket.cast("float64") + 1) * math.log(GAMMA)).exp() * (2 / (1 + GAMMA) / 1000)
    return value.round(3)


def _seconds(micros: NumericValue) -> NumericValue:
    return ((micros - micros % 1_000_000) / 1_000_000).round().cast("int64")


def _even(value: NumericValue) -> NumericValue:
    """To a whole number, halves to the even one: as Python rounds, whatever the database does."""
    low = value.floor()
    up = (value - low > 0.5) | ((value - low == 0.5) & (low % 2 == 1))
    return (low + ibis.ifelse(up, 1, 0)).cast("int64")
