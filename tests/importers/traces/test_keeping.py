"""What traces show, kept as bytes; and ready-made edges in it."""

from __future__ import annotations

import msgspec
import pytest

from topoplan.model.facts import Party, Style
from topoplan_importers.traces.engines.dicts import DictEngine
from topoplan_importers.traces.journeys import FARTHEST, LATER
from topoplan_importers.traces.keeping import VERSION, decode, encode
from topoplan_importers.traces.observed import Observed, ServiceSeen, dependencies_of
from topoplan_importers.traces.span import DependencyLink, Role, Signature, Span
from topoplan_importers.traces.tally import BoundaryKey

WEB_CART = BoundaryKey("web", Party("cart"), Style.SYNC, "tcp")


def test_another_version_is_refused() -> None:
    later = msgspec.msgpack.encode({"version": VERSION + 1, "observed": {"unheard": 1}})
    with pytest.raises(ValueError, match=f"has version {VERSION + 1}, not {VERSION}"):
        decode(later)


@pytest.mark.parametrize("damaged", [b"", b"\x00", encode(Observed())[:-1], b"\x91" * 100_000])
def test_damage_is_refused(damaged: bytes) -> None:
    with pytest.raises(ValueError, match="is damaged"):
        decode(damaged)


def test_of_two_files_of_edges_the_one_with_more_calls_counts_however_they_are_merged() -> None:
    early = dependencies_of([(DependencyLink("web", "cart", 3, 1), "b.json")])
    late = dependencies_of(
        [(DependencyLink("web", "cart", 5, 0), "a.json"), (DependencyLink("x", "x", 9, 0), "c.json")]
    )
    both = early.merge(late)
    assert both == late.merge(early) == decode(encode(both))
    (found,) = both.all_boundaries().items()
    assert (found[0], found[1].total.calls, found[1].total.errors, found[1].file) == (WEB_CART, 5, 0, "a.json")
    assert both.services == {
        name: ServiceSeen(f) for name, f in (("web", "a.json"), ("cart", "a.json"), ("x", "c.json"))
    }


def test_edges_say_nothing_more_of_calls_that_spans_show() -> None:
    edges = dependencies_of([(DependencyLink("web", "cart", 3, 1), "b.json")])
    shown = Observed(boundaries={WEB_CART._replace(protocol="grpc"): edges.all_boundaries()[WEB_CART]})
    assert list(edges.merge(shown).all_boundaries()) == [WEB_CART._replace(protocol="grpc")]


def test_a_chain_of_many_messages_still_fits_into_what_is_kept() -> None:
    """Six hundred traces, each begun by a message of the one before."""
    spans: list[Span] = []
    for trace in range(1, 601):
        taken = Signature(f"s{trace}", Role.RECEIVE, channel="c")
        sent = Signature(f"s{trace}", Role.PUBLISH, channel="c")
        links = ((trace - 1, 2),) if trace > 1 else ()
        start = 1_760_000_000_000_000 + trace
        spans += [Span(trace, 1, None, start, 1, False, 0, taken, links), Span(trace, 2, 1, start, 1, False, 0, sent)]
    found = DictEngine().observe(spans, ("a.json",))
    assert decode(encode(found)) == found
    (journey,) = found.journeys.values()
    ranks = sorted(offset // LATER for offset in journey.steps.values())
    assert ranks == [min(level, FARTHEST) for level in range(599)]
