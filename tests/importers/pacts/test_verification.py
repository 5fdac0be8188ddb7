"""Results of verification, kind by kind: whose contract, which content, how it ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from topoplan.importing.contract import Candidate, Imported
from topoplan.model.checks import Verdict, VerificationFact
from topoplan.model.facts import SourceState
from topoplan_importers.pacts import PactImporter, PactVerificationImporter

Json = dict[str, Any]
Reading = Callable[[Json | str | bytes], Imported]
SHA = "0f22f551a422b027066db7635cad8bd8a59ac869"


def facts(imported: Imported) -> list[VerificationFact]:
    return [check for check in imported.checks if isinstance(check, VerificationFact)]


def pairs(imported: Imported) -> dict[tuple[str, str], Verdict]:
    return {(fact.consumer.name, fact.provider.name): fact.verdict for fact in facts(imported)}


def report(output: list[str], results: list[tuple[str, str]], errors: list[str] = [], **more: object) -> Json:  # noqa: B006
    told = [{"description": description, "result": result} for description, result in results]
    wrong = [{"interaction": error, "mismatch": {"type": "error", "message": "m"}} for error in errors]
    return {
        "errors": wrong,
        "interactionResults": told,
        "output": output,
        "pendingErrors": [],
        "result": not errors,
        **more,
    }


def ran(consumer: str, *descriptions: str) -> list[str]:
    lines = [f"\nVerifying a pact between {consumer} and stock", ""]
    return lines + [f"  {description} (0s loading, 3ms verification)" for description in descriptions]


def test_results_of_several_pacts_in_one_report(replayed: Reading) -> None:
    output = [*ran("web", "a", "b"), *ran("web shop", "a")]
    results = [("a", "OK"), ("b", "OK"), ("a", "Error")]
    imported = replayed(report(output, results, ["Verifying a pact between web shop and stock - a"]))
    assert pairs(imported) == {("web", "stock"): Verdict.PASSED, ("web shop", "stock"): Verdict.FAILED}
    assert [[(r.description, r.verdict.value) for r in fact.results] for fact in facts(imported)] == [
        [("a", "passed"), ("b", "passed")], [("a", "failed")],
    ]  # fmt: skip


def test_a_failure_without_a_pact_of_its_own_is_that_of_the_only_one(replayed: Reading) -> None:
    error = ["Could not verify the provided pact"]
    assert pairs(replayed(report(ran("web"), [], error))) == {("web", "stock"): Verdict.FAILED}
    both = pairs(replayed(report([*ran("web"), *ran("app", "a")], [("a", "OK")], error)))
    assert both == {("web", "stock"): Verdict.UNKNOWN, ("app", "stock"): Verdict.PASSED}


def test_results_that_do_not_fit_the_output_are_not_told_apart(replayed: Reading) -> None:
    output = [*ran("web", "a"), *ran("app", "b")]
    assert all(not fact.results for fact in facts(replayed(report(output, [("a", "OK")]))))


def test_a_pending_failure_fails_its_interaction_only(replayed: Reading) -> None:
    imported = replayed(report(ran("web", "a", "b"), [("a", "OK"), ("b", "Error")]))
    (fact,) = facts(imported)
    assert (fact.verdict, [r.verdict for r in fact.results]) == (Verdict.PASSED, [Verdict.PASSED, Verdict.FAILED])


def test_a_report_that_names_no_pact(replayed: Reading) -> None:
    (source,) = replayed(report([], [("a", "OK")])).sources
    assert (source.state, source.reason) == (SourceState.SKIPPED, "names no pact that was verified")


def test_a_result_without_links_does_not_say_whose_it_is(replayed: Reading) -> None:
    (source,) = replayed({"success": True, "providerApplicationVersion": "1"}).sources
    assert (source.state, "links are missing" in source.reason) == (SourceState.SKIPPED, True)


@pytest.mark.parametrize(
    ("href", "content"),
    [
        (f"/pacts/provider/b/consumer/a/pact-version/{SHA}/verification-results/1", (f"sha:{SHA}",)),
        ("http://h/x/pacts/provider/b/consumer/a/version/1.0%2B7", ("consumer version 1.0+7",)),
        (f"/pacts/provider/b/consumer/a/pact-version/{SHA}/metadata/Y3ZuPTQ/verification-results/1",
         ("consumer version 4", f"sha:{SHA}")),
        ("/pacts/provider/b/consumer/a/pact-version/XYZ/metadata/%%%", ()),
        ("/pacts/provider/b/consumer/a/latest", ()),
    ],
)  # fmt: skip
def test_links_name_the_content(replayed: Reading, href: str, content: tuple[str, ...]) -> None:
    links = {"self": {"href": href}}
    (fact,) = facts(replayed({"success": True, "providerApplicationVersion": "1", "_links": links}))
    assert (fact.consumer.name, fact.provider.name, fact.content) == ("a", "b", content)


@pytest.mark.parametrize(
    ("date", "time"),
    [
        ("2024-05-02T08:30:00+02:00", 1714631400),
        ("2024-05-02T06:30:00Z", 1714631400),
        ("2024-05-02T06:30:00", 1714631400),
        ("2024-05-02T08:30:00.123456789+02:00[Europe/Berlin]", 1714631400),
        ("yesterday", 0),
        ("9999-12-31T23:59:59-23:59", 253402387139),
        ("0001-01-01T00:00:00+23:59", 0),
        (7, 0),
        (None, 0),
    ],
)
def test_times(replayed: Reading, date: object, time: int) -> None:
    links = {"self": {"href": "/pacts/provider/b/consumer/a/latest"}}
    document = {"success": True, "providerApplicationVersion": "1", "verificationDate": date, "_links": links}
    assert [fact.time for fact in facts(replayed(document))] == [time]


def test_the_last_execution_of_a_pact_counts(replayed: Reading) -> None:
    def execution(result: str) -> Json:
        one = {"interaction": {"description": "a"}, "verification": {"result": result}}
        return {"consumer": {"name": "web"}, "interactions": [one]}

    told = {"metaData": {"pactJvmVersion": "4"}, "provider": {"name": "b"}}
    imported = replayed({**told, "execution": [execution("failed"), execution("OK")]})
    assert pairs(imported) == {("web", "b"): Verdict.PASSED}


@pytest.mark.parametrize("odd", [None, True, 7, "x", [], {}, [None], [[]], {"a": {}}, [{"x": 1}]])
def test_wrong_types_are_passed_over(replayed: Reading, odd: object) -> None:
    row = {"consumer": {"name": "a"}, "provider": {"name": "b"}, "verificationResult": {"success": True}}
    for key in row:
        replayed({"matrix": [{**row, key: odd}, odd, row], "summary": odd})
    result = {"success": True, "providerApplicationVersion": "1", "_links": {}, "testResults": []}
    for key in result:
        replayed({**result, key: odd, "verificationDate": odd})
    replayed({"_embedded": {"verificationResults": [odd]}, "providerSummary": odd})
    for key in ("errors", "interactionResults", "output", "notices"):
        replayed({**report(ran("web", "a"), [("a", "OK")]), key: odd})
    replayed({"execution": [odd, {"consumer": odd, "interactions": odd, "result": odd}], "consumer": odd,
              "metaData": {"pactJvmVersion": odd}, "provider": odd})  # fmt: skip
    replayed({"examples": [{"pact_url": odd, "status": odd}], "summary": {"pacts": odd}})


@pytest.mark.parametrize(
    "text",
    [
        '{"summary":{"deployable":true},"matrix":[',
        '{"summary":{"deployable":true},"matrix":' + "[" * 100_000,
        '{"interactionResults":NaN}',
        '{"interactionResults":[]}\n{"interactionResults":]}',
        b'{"interactionResults":["\xff"]}',
    ],
)
def test_what_cannot_be_read_fails_with_a_reason(replayed: Reading, text: str | bytes) -> None:
    (source,) = replayed(text).sources
    assert (source.state, bool(source.reason)) == (SourceState.FAILED, True)


def test_names_are_cleaned(replayed: Reading) -> None:
    evil = "e\x1b[2J\u202e\ud800<b>" + "x" * 100_000
    imported = replayed(report(ran(evil[:300], evil), [(evil, "OK")]))
    told = repr(imported)
    assert "\x1b" not in told
    assert len(told) < 10_000
    told.encode()


@pytest.mark.parametrize(
    "document",
    [
        {"summary": {"total": 1}, "results": []},
        {"examples": [{"value": 1}]},
        {"_embedded": {"pacts": 1}},
        {"errors": []},
        {"execution": {"id": 1}},
        [{"matrix": []}],
        {"matrix": [[1, 0], [0, 1]]},
    ],
)
def test_others_are_not_claimed(document: object) -> None:
    data = json.dumps(document).encode()
    found = Candidate("x.json", "x.json", len(data), data[:4096])
    assert not PactVerificationImporter().claims(found)
    assert not PactImporter().claims(found)
