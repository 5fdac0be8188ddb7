"""A hostile, slow or wrong server costs a clear error, never a hang, a leak or a foreign address."""

from __future__ import annotations

import gzip
import time
from collections.abc import Iterator
from threading import Event

import pytest
from recorded_server import Answer, serving

from topoplan.errors import FetchError, UsageError
from topoplan.fetching import Client, client

SECRET = "hunter2"


def refused(answer: Answer, *, timeout: float = 10, token: str = SECRET) -> FetchError:
    """The error for one answer, which never holds the token or the server's own words."""
    with serving({"/api/x": answer}) as (base, _), pytest.raises(FetchError) as caught:
        Client(base, token, timeout).get("/api/x", {"query": "private"})
    told = f"{caught.value} {caught.value.hint}"
    assert SECRET not in told
    assert "private" not in told
    assert "server's words" not in told
    return caught.value


def drip(closing: Event) -> Iterator[bytes]:
    while not closing.wait(0.02):
        yield b" "


def endless(closing: Event) -> Iterator[bytes]:
    while not closing.is_set():
        yield b"x" * 65_536


def test_answers_come_byte_for_byte_below_the_prefix() -> None:
    body = b'{ "a" : [1.50, "\\u00e9"] }\n'
    with serving({"/tracing/api/x": Answer(body)}) as (base, asked):
        assert Client(f"{base}/tracing/", SECRET, 10).get("/api/x", {"a": "b c&d", "n": 1}) == body
    (only,) = asked
    assert (only.method, only.parameters, only.authorization) == ("GET", {"a": "b c&d", "n": "1"}, f"Bearer {SECRET}")


def test_no_token_no_header() -> None:
    with serving({"/api/x": Answer()}) as (base, asked):
        Client(base, "", 10).get("/api/x", {})
    assert asked[0].authorization is None


def test_gzip_is_unpacked() -> None:
    packed = Answer(gzip.compress(b"[1]"), headers={"Content-Encoding": "gzip"})
    with serving({"/api/x": packed}) as (base, _):
        assert Client(base, "", 10).get("/api/x", {}) == b"[1]"


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving({}) as (proxy, passed), serving({"/api/x": Answer("[]")}) as (base, _):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
            monkeypatch.setenv(name, proxy)
        assert Client(base, "", 10).get("/api/x", {}) == b"[]"
    assert passed == []


@pytest.mark.parametrize(
    ("answer", "slug"),
    [
        (Answer("server's words", 500), "fetch-failed"),
        (Answer("server's words", 404), "fetch-failed"),
        (Answer("server's words", 401), "fetch-denied"),
        (Answer("server's words", 403), "fetch-denied"),
        (Answer("<html>server's words</html>"), "fetch-answer"),
        (Answer(""), "fetch-answer"),
        (Answer('{"a": [1, 2'), "fetch-answer"),
        (Answer('{"a": 1} trailing'), "fetch-answer"),
        (Answer("[" * 200_000), "fetch-answer"),
        (Answer("server's words", headers={"Content-Encoding": "br"}), "fetch-answer"),
        (Answer("server's words", headers={"Content-Encoding": "gzip"}), "fetch-answer"),
        (Answer(gzip.compress(b"[1]")[:-9], headers={"Content-Encoding": "gzip"}), "fetch-answer"),
        (Answer(headers={"X": "y" * 100_000}), "fetch-failed"),
        (Answer(status=302), "fetch-redirect"),
    ],
)
def test_unusable_answers(answer: Answer, slug: str) -> None:
    assert refused(answer).slug == slug


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:application/json,{}", "https://127.0.0.1/x", "//127.0.0.2/x",
     "http://user:pw@127.0.0.3/x", "http://127.0.0.1:1/x", "http://[/x", "/api/x"],
)  # fmt: skip
def test_no_redirect_is_followed(target: str) -> None:
    assert refused(Answer(status=302, headers={"Location": target})).slug == "fetch-redirect"


def test_a_redirect_to_another_port_is_never_followed() -> None:
    with serving({"/x": Answer("[]")}) as (other, asked):
        assert refused(Answer(status=307, headers={"Location": f"{other}/x"})).slug == "fetch-redirect"
    assert asked == []


def test_a_server_that_drips_is_left_at_the_deadline() -> None:
    begun = time.perf_counter()
    assert refused(Answer(chunks=drip), timeout=0.3).slug == "fetch-timeout"
    assert time.perf_counter() - begun < 5


def test_the_deadline_is_for_all_requests_together() -> None:
    with serving({"/api/x": Answer("[]")}) as (base, _):
        late = Client(base, "", 0.1)
        time.sleep(0.15)
        with pytest.raises(FetchError) as caught:
            late.get("/api/x", {})
    assert caught.value.slug == "fetch-timeout"


def test_an_endless_answer_ends_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_BYTES", 2**20)
    assert refused(Answer(chunks=endless)).slug == "fetch-too-large"


def test_a_gzip_bomb_ends_at_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_BYTES", 2**20)
    bomb = gzip.compress(b" " * (64 * 2**20))
    assert refused(Answer(bomb, headers={"Content-Encoding": "gzip"})).slug == "fetch-too-large"


def test_what_follows_a_whole_gzip_is_not_read() -> None:
    def chunks(closing: Event) -> Iterator[bytes]:
        yield gzip.compress(b"[3]")
        yield from endless(closing)

    with serving({"/api/x": Answer(headers={"Content-Encoding": "gzip"}, chunks=chunks)}) as (base, _):
        assert Client(base, "", 10).get("/api/x", {}) == b"[3]"


def test_the_bound_is_for_all_answers_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_BYTES", 10)
    with serving({"/api/x": Answer('"123456"')}) as (base, _):
        one = Client(base, "", 10)
        one.get("/api/x", {})
        with pytest.raises(FetchError) as caught:
            one.get("/api/x", {})
    assert caught.value.slug == "fetch-too-large"


def test_nobody_there() -> None:
    with serving({}) as (base, _):
        pass
    with pytest.raises(FetchError) as caught:
        Client(base, "", 10).get("/api/x", {})
    assert (caught.value.slug, caught.value.message) == ("fetch-failed", "cannot be asked: Connection refused")


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://h/x", "h", "//h", "http://", "http://user:hunter2@h/", "http://hunter2@h",
     "https://h/?token=hunter2", "https://h/#hunter2", "http://h:99999", "http://[::1", "http://h\r\nX: hunter2",
     "http://h/a b", "http://\u212a/", "http://" + "a" * 70 + ".b/", "http://h/\x00", "javascript:hunter2"],
)  # fmt: skip
def test_addresses_that_are_none_are_refused_without_showing_them(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        Client(url, "", 1)
    assert caught.value.slug == "fetch-url"
    assert SECRET not in f"{caught.value} {caught.value.hint}"


@pytest.mark.parametrize(("url", "token"), [("http://tracing.internal", SECRET), ("https://h", f"{SECRET}\r\nX: y")])
def test_a_token_goes_only_where_nobody_can_read_it(url: str, token: str) -> None:
    with pytest.raises(UsageError) as caught:
        Client(url, token, 1)
    assert caught.value.slug == "fetch-token"
    assert SECRET not in str(caught.value)


def test_a_server_without_tls_is_not_asked_over_https() -> None:
    with serving({"/api/x": Answer("[]")}) as (base, asked), pytest.raises(FetchError) as caught:
        Client(base.replace("http:", "https:"), SECRET, 10).get("/api/x", {})
    assert (caught.value.slug, caught.value.message) == ("fetch-failed", "cannot be asked: TLS fails")
    assert asked == []


def test_user_and_password_are_sent_as_basic() -> None:
    with serving({"/api/x": Answer()}) as (base, asked):
        Client(base, "pä ss", 10, "me").get("/api/x", {})
    assert asked[0].authorization == "Basic bWU6cMOkIHNz"


@pytest.mark.parametrize(
    ("url", "user", "password"),
    [("http://broker.internal", "me", SECRET), ("https://h", "m:e", SECRET), ("https://h", "me", f"{SECRET}\r\nX: y")],
)
def test_a_password_goes_only_where_nobody_can_read_it(url: str, user: str, password: str) -> None:
    with pytest.raises(UsageError) as caught:
        Client(url, password, 1, user)
    assert caught.value.slug == "fetch-token"
    assert SECRET not in str(caught.value)


def test_what_is_not_there_can_be_told_from_what_fails() -> None:
    with serving({"/api/y": Answer("oops", 500)}) as (base, _):
        one = Client(base, "", 10)
        assert one.find("/api/x", {}) is None
        with pytest.raises(FetchError):
            one.get("/api/x", {})
        with pytest.raises(FetchError):
            one.find("/api/y", {})
