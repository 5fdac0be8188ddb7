"""Which operation each request begins with, and what the requests of one operation lead to."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from trace_files import notices, otlp, read, span

from topoplan.importing.contract import Imported, ImportOptions
from topoplan.model.facts import JourneyFact, Style
from topoplan.model.place import Basis, Confidence
from topoplan_importers.traces import facts

Json = dict[str, object]
Spans = tuple[tuple[str, Json], ...]


def journeys(found: Imported) -> dict[str, JourneyFact]:
    """By the operation they begin with, with its service."""
    return {f"{f.entry.name} {f.method} {f.path}": f for f in found.facts if isinstance(f, JourneyFact)}


def shown(fact: JourneyFact) -> list[str]:
    arrows = {Style.MESSAGE: "<-"}
    return [f"{s.consumer.name}{arrows.get(s.style, '->')}{s.provider.name}" for s in fact.steps]


def join(folder: Path, *spans: tuple[str, Json]) -> dict[str, JourneyFact]:
    return journeys(read(folder, {"t.json": otlp(*spans)}))


def checkout(trace: int, first: int, *, pays: bool = True) -> Spans:
    """One request to the gateway that orders, with or without paying."""
    one = (
        span("gateway", first, kind="server", trace=trace, http_request_method="POST", http_route="/orders"),
        span("gateway", first + 1, first, "client", trace=trace, at=1),
        span("orders", first + 2, first + 1, "server", trace=trace, at=2),
        span("orders", first + 3, first + 2, "client", trace=trace, at=3, db_system="mysql", db_name="orders"),
    )
    paid = (
        span("orders", first + 4, first + 2, "client", trace=trace, at=4),
        span("payments", first + 5, first + 4, "server", trace=trace, at=5),
    )
    return (*one, *paid) if pays else one


def test_variants_of_one_operation_are_one_journey_in_the_order_of_first_use(tmp_path: Path) -> None:
    found = join(tmp_path, *checkout(1, 1, pays=False), *checkout(2, 11), *checkout(3, 21, pays=False))
    (fact,) = found.values()
    assert list(found) == ["gateway POST /orders"]
    assert (fact.traces, shown(fact)) == (3, ["gateway->orders", "orders->orders-mysql", "orders->payments"])
    assert [step.style for step in fact.steps] == [Style.SYNC, Style.RESOURCE, Style.SYNC]
    assert (fact.evidence.basis, fact.evidence.confidence) == (Basis.OBSERVED, Confidence.HIGH)
    assert (fact.evidence.rule, fact.evidence.detail) == ("root-operation", "3 traces")


def test_the_order_of_files_and_spans_changes_nothing(tmp_path: Path) -> None:
    spans = [s for trace in range(1, 9) for s in checkout(trace, trace * 10, pays=trace % 2 == 0)]
    wanted = journeys(read(tmp_path / "whole", {"t.json": otlp(*spans)}))
    random.Random(3).shuffle(spans)
    shuffled = journeys(read(tmp_path / "shuffled", {"t.json": otlp(*spans)}))
    assert shuffled == wanted
    halves = journeys(read(tmp_path / "halves", {"a.json": otlp(*spans[1::2]), "b.json": otlp(*spans[::2])}))
    assert [(k, f.traces, f.steps) for k, f in halves.items()] == [(k, f.traces, f.steps) for k, f in wanted.items()]


def test_each_request_of_a_load_generator_begins_on_its_own(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("load-generator", 1, name="user_buys"),
        span("load-generator", 2, 1, "client"),
        span("web", 3, 2, "server", http_request_method="GET", http_route="/cart"),
        span("web", 4, 3, "client"),
        span("cart", 5, 4, "server"),
        span("load-generator", 6, 1, "client"),
        span("web", 7, 6, "server", http_request_method="GET", http_route="/health"),
    )
    assert {name: (fact.traces, shown(fact)) for name, fact in found.items()} == {
        "web GET /cart": (1, ["web->cart"]),
        "web GET /health": (1, []),
    }


def test_what_only_calls_is_no_beginning(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("app", 1, kind="client"),
        span("web", 2, 1, "server", http_request_method="GET", http_route="/all"),
        span("web", 3, 2, "client"),
        span("cart", 4, 3, "server"),
    )
    assert {name: shown(fact) for name, fact in found.items()} == {"web GET /all": ["web->cart"]}


def test_spans_without_their_parents_belong_to_the_request_of_their_trace(tmp_path: Path) -> None:
    root = span("web", 1, kind="server", at=5, http_request_method="GET", http_route="/all")
    lost = span("cart", 8, 77, "server"), span("cart", 9, 8, "client", at=1, peer_service="stock")
    found = join(tmp_path, root, *lost)
    assert {name: shown(fact) for name, fact in found.items()} == {"web GET /all": ["cart->stock"]}


def test_without_any_root_a_trace_begins_with_its_earliest_span(tmp_path: Path) -> None:
    later = span("cart", 8, 77, "server", at=9), span("cart", 9, 8, "client", at=10, peer_service="stock")
    found = join(tmp_path, *later, span("web", 1, 66, "server", http_request_method="GET", http_route="/all"))
    assert {name: (fact.traces, shown(fact)) for name, fact in found.items()} == {"web GET /all": (1, ["cart->stock"])}


def kafka(service: str, own: int, kind: str, **about: object) -> tuple[str, Json]:
    parent = about.pop("parent", 0)
    assert isinstance(parent, int)
    return span(
        service, own, parent, kind, messaging_system="kafka", messaging_destination_name="paid",
        messaging_operation_type="send" if kind == "producer" else "process", **about,  # type: ignore[arg-type]
    )  # fmt: skip


def test_a_message_in_the_trace_is_a_step(tmp_path: Path) -> None:
    found = join(
        tmp_path,
        span("pay", 1, kind="server", http_request_method="POST", http_route="/pay"),
        kafka("pay", 2, "producer", parent=1, at=1),
        kafka("mail", 3, "consumer", parent=2, at=9),
    )
    (fact,) = found.values()
    assert shown(fact) == ["mail<-pay", "pay->kafka", "mail->kafka"]
    assert [step.channel for step in fact.steps if step.style is Style.MESSAGE] == ["paid"]


def linked(links: tuple[tuple[int, int], ...], trace: int, own: int) -> Spans:
    """A trace that takes a message of others, and calls a service for it."""
    return (
        kafka("mail", own, "consumer", trace=trace, at=50, links=links),
        span("mail", own + 1, own, "client", trace=trace, at=51),
        span("users", own + 2, own + 1, "server", trace=trace, at=52),
    )


def test_a_trace_that_follows_by_a_link_belongs_to_the_journey_of_its_sender(tmp_path: Path) -> None:
    sending = (
        span("pay", 1, kind="server", http_request_method="POST", http_route="/pay"),
        kafka("pay", 2, "producer", parent=1, at=1),
    )
    found = join(tmp_path, *linked(((1, 2),), 2, 11), *sending)
    (fact,) = found.values()
    assert (list(found), fact.traces) == (["pay POST /pay"], 1)
    assert shown(fact) == ["mail<-pay", "pay->kafka", "mail->kafka", "mail->users"]


@pytest.mark.parametrize("target", [(9, 99), (2, 11)], ids=["in no file", "in a circle"])
def test_a_receiver_of_unknown_senders_begins_a_journey(tmp_path: Path, target: tuple[int, int]) -> None:
    found = join(tmp_path, *linked((target,), 2, 11))
    assert {name: (fact.traces, shown(fact)) for name, fact in found.items()} == {
        "mail RECEIVE paid": (1, ["mail->kafka", "mail->users"])
    }


def test_traces_of_test_runs_begin_no_journey(tmp_path: Path) -> None:
    options = ImportOptions(test_traces=("runs.json",))
    files = {"runs.json": otlp(*checkout(1, 1)), "t.json": otlp(*checkout(2, 11, pays=False))}
    (fact,) = journeys(read(tmp_path, files, options)).values()
    assert (fact.traces, shown(fact)) == (1, ["gateway->orders", "orders->orders-mysql"])


def test_the_rarest_operations_are_told_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "JOURNEY_LIMIT", 1)
    others = [
        span("web", 50 + n, kind="server", trace=50 + n, http_request_method="GET", http_route=f"/{word}")
        for n, word in enumerate(("a", "b"))
    ]
    found = read(tmp_path, {"t.json": otlp(*checkout(1, 1), *checkout(2, 11), *others)})
    told = {name: (fact.traces, len(fact.steps)) for name, fact in journeys(found).items()}
    assert told == {"gateway POST /orders": (2, 3), "web  other": (2, 0)}
    assert "trace-journeys-cut" in notices(found)


def test_long_journeys_keep_what_they_use_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "STEP_LIMIT", 2)
    found = read(tmp_path, {"t.json": otlp(*checkout(1, 1))})
    (fact,) = journeys(found).values()
    assert shown(fact) == ["gateway->orders", "orders->orders-mysql"]
    assert "trace-journeys-cut" in notices(found)
