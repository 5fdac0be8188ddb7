"""What a pact broker is asked, the files its answers make, and a broker that is hostile, against recorded shapes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from threading import Event
from typing import Any

import pytest
from recorded_server import Answer, Asked, serving

from topoplan.errors import FetchError, UsageError
from topoplan.fetching import Client, Download, Query, client, credentials, download, pact_broker

SHA = "dae8c8821b9b56ea38052cf41f055d1e57c71fc8"
SECRET = "hunter2"
WEB = "/pacts/provider/Stock%2FEU/consumer/web"
APP = "/pacts/provider/Stock%2FEU/consumer/app"
LATEST = "/pacts/latest"


def listing(*pairs: tuple[str, str]) -> Answer:
    pacts = [{"_embedded": {"consumer": {"name": c}, "provider": {"name": p}}, "_links": {}} for c, p in pairs]
    return Answer(json.dumps({"pacts": pacts, "_links": {"pb:pacts": [{"href": "http://127.0.0.2/evil"}]}}))


def pact(consumer: str, provider: str, sha: str = SHA) -> Answer:
    links = {"pb:pact-version": {"name": sha, "href": "http://127.0.0.2/evil"}, "self": {"href": "http://127.0.0.2/x"}}
    sides = {"consumer": {"name": consumer}, "provider": {"name": provider}}
    return Answer(json.dumps({**sides, "interactions": [{"description": "d"}], "_links": links}))


BROKER: dict[str, Any] = {
    LATEST: listing(("web", "Stock/EU"), ("app", "Stock/EU")),
    f"{WEB}/latest": pact("web", "Stock/EU"),
    f"{APP}/latest": pact("app", "Stock/EU"),
    f"{WEB}/pact-version/{SHA}/verification-results/latest": Answer('{"success": true}'),
    "/matrix/provider/Stock%2FEU/consumer/app": Answer('{"summary": {}, "matrix": [{}, {}]}'),
}


def run(answers: Mapping[str, Any], *services: str, prefix: str = "") -> tuple[tuple[Download, ...], list[Asked]]:
    with serving(answers) as (base, asked):
        query = Query(0, 3600, 1, services=services)
        return download("pact-broker", Client(base + prefix, SECRET, 10), query), asked


def refused(answers: Mapping[str, Any], timeout: float = 10) -> FetchError:
    """The error of a run, which never holds the token or the server's own words."""
    with serving(answers) as (base, _), pytest.raises(FetchError) as caught:
        download("pact-broker", Client(base, SECRET, timeout), Query(0, 3600, 1))
    told = f"{caught.value} {caught.value.hint}"
    assert SECRET not in told
    assert "server's words" not in told
    return caught.value


def test_the_latest_pacts_and_what_became_of_them() -> None:
    files, asked = run(BROKER)
    assert [(re.sub("-[0-9a-f]{8}", "", f.name), f.holds) for f in files] == [
        ("pact-app-stock-eu.json", "1 interaction"),
        ("pact-app-stock-eu.matrix.json", "2 rows"),
        ("pact-web-stock-eu.json", "1 interaction"),
        ("pact-web-stock-eu.verification.json", "the latest verification of it"),
    ]
    assert files[2].content == BROKER[f"{WEB}/latest"].body.encode()
    assert {(one.method, one.authorization) for one in asked} == {("GET", f"Bearer {SECRET}")}
    assert [one.path for one in asked] == [
        LATEST,
        f"{APP}/latest",
        f"{APP}/pact-version/{SHA}/verification-results/latest",
        "/matrix/provider/Stock%2FEU/consumer/app",
        f"{WEB}/latest",
        f"{WEB}/pact-version/{SHA}/verification-results/latest",
    ]


def test_a_broker_below_a_prefix() -> None:
    files, _ = run({f"/broker{path}": answer for path, answer in BROKER.items()}, prefix="/broker/")
    assert len(files) == 4


def test_named_services_only() -> None:
    files, asked = run(BROKER, "app")
    assert len(files) == 2
    assert not any(WEB in one.path for one in asked)
    with pytest.raises(UsageError) as caught:
        run(BROKER, "nobody")
    assert caught.value.slug == "fetch-nothing"


def test_a_pact_that_was_taken_away_meanwhile_is_left_out() -> None:
    files, _ = run({path: answer for path, answer in BROKER.items() if path != f"{WEB}/latest"})
    assert all("app" in file.name for file in files)


@pytest.mark.parametrize("sha", ["", "../../../pacticipants", "x" * 40, "a" * 500, f"{SHA}\n"])
def test_a_hash_that_is_none_leads_nowhere(sha: str) -> None:
    answers = {**BROKER, f"{WEB}/latest": pact("web", "Stock/EU", sha)}
    _, asked = run(answers, "web")
    assert [one.path for one in asked][2] == f"{WEB}/latest/verification-results/latest"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..\\x", "/abs", "a\x00b", "é\u202e\x1b[2J", "x" * 500, "%2e%2e", "con:aux|*?", "-rf"]
)
def test_names_of_services_make_plain_file_names(name: str) -> None:
    from urllib.parse import quote

    path = f"/pacts/provider/b/consumer/{quote(name, safe='')}/latest"
    files, asked = run({LATEST: listing((name, "b")), path: pact(name, "b")})
    assert re.fullmatch(r"pact-[a-z0-9_-]{0,121}-[0-9a-f]{8}\.json", files[0].name)
    assert asked[1].path == path


def test_services_that_look_alike_have_files_of_their_own() -> None:
    pairs = [("a-b", "c"), ("a", "b-c"), ("a b", "c"), ("A-B", "c")]
    paths = {f"/pacts/provider/{p}/consumer/{c.replace(' ', '%20')}/latest": pact(c, p) for c, p in pairs}
    files, _ = run({LATEST: listing(*pairs), **paths})
    assert len({file.name for file in files}) == 4
    assert run({LATEST: listing(*reversed(pairs), *pairs), **paths})[0] == files


@pytest.mark.parametrize("name", ["", ".", ".."])
def test_dots_are_no_name(name: str) -> None:
    assert refused({LATEST: listing((name, "b"))}).slug == "fetch-answer"


def test_a_document_that_is_no_pact_is_kept_for_its_reader() -> None:
    files, _ = run({**BROKER, f"{WEB}/latest": Answer('{"interactions": 7, "_links": []}')}, "web")
    assert files[0].holds == "0 interactions"


def drip(closing: Event) -> Iterator[bytes]:
    while not closing.wait(0.02):
        yield b" "


def endless(closing: Event) -> Iterator[bytes]:
    while not closing.is_set():
        yield b"x" * 65_536


@pytest.mark.parametrize("path", [LATEST, f"{WEB}/latest", f"{WEB}/pact-version/{SHA}/verification-results/latest"])
@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        (Answer("server's words", 500), "fetch-failed"),
        (Answer("server's words", 401), "fetch-denied"),
        (Answer("server's words", 403), "fetch-denied"),
        (Answer("<html>server's words</html>"), "fetch-answer"),
        (Answer("[" * 200_000), "fetch-answer"),
        (Answer(status=302, headers={"Location": "http://127.0.0.2/x"}), "fetch-redirect"),
        (Answer(status=307, headers={"Location": LATEST}), "fetch-redirect"),
    ],
)
def test_unusable_answers_end_it(path: str, answer: Answer, slug: str) -> None:
    assert refused({**BROKER, path: answer}).slug == slug


@pytest.mark.parametrize("path", [LATEST, f"{WEB}/latest"])
def test_slow_and_endless_answers_end_at_the_bounds(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused({**BROKER, path: Answer(chunks=drip)}, timeout=0.3).slug == "fetch-timeout"
    monkeypatch.setattr(client, "MAX_BYTES", 2**20)
    assert refused({**BROKER, path: Answer(chunks=endless)}).slug == "fetch-too-large"


@pytest.mark.parametrize(
    "body", ["null", "7", "[]", "{}", '{"pacts": 7}', '{"pacts": [{}]}', '{"pacts": [{"_embedded": []}]}']
)
def test_json_of_another_kind_is_an_error(body: str) -> None:
    assert refused({LATEST: Answer(body)}).slug == "fetch-answer"


def test_no_broker_there() -> None:
    assert refused({}).slug == "fetch-failed"


def test_a_broker_without_pacts_says_so() -> None:
    with pytest.raises(UsageError) as caught:
        run({LATEST: listing()})
    assert caught.value.slug == "fetch-nothing"


def test_a_listing_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pact_broker, "MAX_PACTS", 1)
    assert refused(BROKER).slug == "fetch-too-large"


@pytest.mark.parametrize(
    ("environment", "given"),
    [
        ({}, ("", "")),
        ({"PACT_BROKER_TOKEN": " t\n"}, ("t", "")),
        ({"PACT_BROKER_USERNAME": "u", "PACT_BROKER_PASSWORD": "p w\n"}, ("p w", "u")),
        ({"PACT_BROKER_USERNAME": "u"}, ("", "u")),
        ({"PACT_BROKER_TOKEN": "t", "PACT_BROKER_USERNAME": "u", "PACT_BROKER_PASSWORD": "p"}, ("t", "")),
        ({"PACT_BROKER_PASSWORD": "p"}, ("", "")),
    ],
)
def test_credentials_of_the_environment(environment: dict[str, str], given: tuple[str, str]) -> None:
    assert credentials(environment) == given
