"""A small real HTTP server on 127.0.0.1 that plays recorded answers and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import cast
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Answer:
    """What one path gives. `chunks` overrides `body` with a stream that may end, or block, as a test wants it."""

    body: bytes | str = b"{}"
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    chunks: Callable[[Event], Iterator[bytes]] | None = None


@dataclass
class Asked:
    method: str
    path: str
    parameters: dict[str, str]
    authorization: str | None


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answers: Mapping[str, Answer | Callable[[dict[str, str]], Answer]]
    asked: list[Asked]
    closing: Event


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server = cast(_Server, self.server)
        parts = urlsplit(self.path)
        parameters = {key: values[0] for key, values in parse_qs(parts.query).items()}
        server.asked.append(Asked(self.command, parts.path, parameters, self.headers.get("Authorization")))
        given = server.answers.get(parts.path, Answer("not here", 404))
        answer = given(parameters) if callable(given) else given
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        try:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            for chunk in answer.chunks(server.closing) if answer.chunks else (body,):
                self.wfile.write(chunk)
        except OSError:
            return  # the client left, as some tests want it

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving(
    answers: Mapping[str, Answer | Callable[[dict[str, str]], Answer]],
) -> Iterator[tuple[str, list[Asked]]]:
    """The base address of a server with these answers by path, and the list of what it was asked."""
    server = _Server(("127.0.0.1", 0), _Handler)
    server.answers, server.asked, server.closing = answers, [], Event()
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", server.asked
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
