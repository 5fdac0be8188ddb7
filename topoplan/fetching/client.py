"""One read-only HTTP client: GET from one origin, bounded in time and size, with no redirect followed."""

from __future__ import annotations

import ssl
import time
import urllib.error
import urllib.request
import zlib
from base64 import b64encode
from collections.abc import Callable, Mapping
from http.client import HTTPException
from ipaddress import ip_address
from threading import Thread
from urllib.parse import SplitResult, urlencode, urlsplit

import msgspec

from topoplan.errors import FetchError, UsageError

MAX_BYTES = 256 * 2**20
"""Most bytes taken in one run, unzipped: what importers read in one piece."""
_PIECE = 2**16
_SCHEMES = ("http", "https")
_NOT_FOUND = 404
_ACCEPTED = "application/json, application/hal+json"
_HINTS = {
    401: "name the environment variable that holds an access token with --token-env",
    403: "the token may lack the right to read",
    404: "give the base address, with the prefix the server lies under but without /api",
}


class Client:
    """Asks one server.

    Args:
        url: its base address, `http` or `https`, without user, query and fragment.
        token: sent as `Authorization: Bearer`; empty for none. Over plain http only to this machine.
        timeout: seconds for all requests together, name resolution and connecting included.
        user: with one, `token` is its password, and both are sent as `Authorization: Basic` under the same conditions.

    Proxies of the environment are not used; TLS certificates are verified against the system's authorities.
    Raises UsageError `fetch-url` or `fetch-token`.
    """

    def __init__(self, url: str, token: str, timeout: float, user: str = "") -> None:
        parts = _checked(url)
        self._base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._headers = {"Accept": _ACCEPTED, "Accept-Encoding": "gzip", "User-Agent": "topoplan"}
        if user or token:
            secret = _basic(user, token) if user else token
            _check_token(secret, parts)
            self._headers["Authorization"] = f"{'Basic' if user else 'Bearer'} {secret}"
        self._deadline = time.monotonic() + timeout
        self._left = MAX_BYTES
        self._opener = _opener()

    def get(self, path: str, parameters: Mapping[str, str | int]) -> bytes:
        """The JSON document at `path` below the base address, as sent. Raises FetchError."""
        found = self.find(path, parameters)
        if found is None:
            raise _refused(_NOT_FOUND, self._base + path)
        return found

    def find(self, path: str, parameters: Mapping[str, str | int]) -> bytes | None:
        """As `get`; None where the server has no such document (status 404)."""
        where = self._base + path
        request = urllib.request.Request(  # noqa: S310 -- the scheme was checked
            f"{where}?{urlencode(parameters)}" if parameters else where, headers=self._headers, method="GET"
        )
        try:
            data = self._in_time(lambda: self._read(request), where)
            msgspec.json.decode(data, type=msgspec.Raw)
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == _NOT_FOUND:
                return None
            raise _refused(error.code, where) from None
        except TimeoutError:
            raise _late(where) from None
        except (OSError, HTTPException) as error:
            raise FetchError(f"cannot be asked: {_reason(error)}", slug="fetch-failed", where=where) from None
        except zlib.error:
            raise FetchError("the answer is not whole gzip", slug="fetch-answer", where=where) from None
        except (msgspec.DecodeError, RecursionError):
            hint = "a login page or another service may answer at this address"
            raise FetchError("the answer is no JSON", slug="fetch-answer", where=where, hint=hint) from None
        self._left -= len(data)
        return data

    def _in_time(self, work: Callable[[], bytes], where: str) -> bytes:
        """Let `work` run until the deadline. A socket's timeout bounds single reads only, so a server that drips bytes,
        or a resolver that hangs, is left behind in a thread that ends with the process."""
        if time.monotonic() >= self._deadline:
            raise _late(where)
        outcome: list[bytes | Exception] = []

        def run() -> None:
            try:
                outcome.append(work())
            except Exception as error:  # noqa: BLE001 -- raised again in the thread that waits
                outcome.append(error)

        thread = Thread(target=run, daemon=True)
        thread.start()
        thread.join(max(0.0, self._deadline - time.monotonic()))
        if not outcome:
            raise _late(where)
        if isinstance(outcome[0], Exception):
            raise outcome[0]
        return outcome[0]

    def _read(self, request: urllib.request.Request) -> bytes:
        remaining = max(0.001, self._deadline - time.monotonic())
        with self._opener.open(request, timeout=remaining) as response:
            encoding = (response.headers.get("Content-Encoding") or "identity").strip().lower()
            if encoding not in ("identity", "gzip", "x-gzip"):
                raise FetchError("the answer is packed in an unknown way", slug="fetch-answer", where=self._base)
            unzip = zlib.decompressobj(wbits=31) if encoding != "identity" else None
            taken = bytearray()
            while not (unzip and unzip.eof) and (piece := response.read(_PIECE)):
                room = self._left - len(taken) + 1
                taken += unzip.decompress(piece, room) if unzip else piece
                if len(taken) > self._left:
                    message = f"the answers hold more than {MAX_BYTES // 2**20} MiB"
                    hint = "take fewer with --limit, --lookback, --service or --namespace"
                    raise FetchError(message, slug="fetch-too-large", where=self._base, hint=hint)
            if unzip is not None and not unzip.eof:
                raise zlib.error
            return bytes(taken)


def _opener() -> urllib.request.OpenerDirector:
    """An opener for HTTP alone. `build_opener` would add files, FTP, data URLs, the proxies of the environment, and
    redirects, which could lead request and token elsewhere."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener


def _checked(url: str) -> SplitResult:
    """The address in its parts. Messages never show it: what is wrong with it may be a secret."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
        (host or "").encode("idna")
    except ValueError:  # UnicodeError included
        raise UsageError("the URL is malformed", slug="fetch-url") from None
    if "@" in parts.netloc:
        hint = "put an access token into an environment variable and name that with --token-env"
        raise UsageError("the URL holds a user or password", slug="fetch-url", hint=hint)
    if parts.scheme not in _SCHEMES or not host or not url.isascii() or not url.isprintable() or " " in url:
        hint = "write it as https://HOST/PREFIX"
        raise UsageError("the URL is no plain http or https address", slug="fetch-url", hint=hint)
    if parts.query or parts.fragment:
        raise UsageError("the URL has a query or fragment", slug="fetch-url", hint="give the base address alone")
    return parts


def _basic(user: str, password: str) -> str:
    if ":" in user or not (user + password).isprintable():
        raise UsageError("the user or password has characters that none may have", slug="fetch-token")
    return b64encode(f"{user}:{password}".encode()).decode()


def _check_token(token: str, parts: SplitResult) -> None:
    if not token.isascii() or not token.isprintable() or " " in token:
        raise UsageError("the token has characters that no token has", slug="fetch-token")
    if parts.scheme == "http" and not _is_this_machine(parts.hostname or ""):
        message = "a token is not sent over plain http to another machine"
        raise UsageError(message, slug="fetch-token", hint="use https, or a port forwarded to localhost")


def _is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _refused(status: int, where: str) -> FetchError:
    if status in (401, 403):
        return FetchError(f"access is denied (status {status})", slug="fetch-denied", where=where, hint=_HINTS[status])
    if 300 <= status < 400:
        hint = "give the address it leads to, if you trust that"
        return FetchError("redirects, which is not followed", slug="fetch-redirect", where=where, hint=hint)
    return FetchError(f"answers with status {status}", slug="fetch-failed", where=where, hint=_HINTS.get(status, ""))


def _late(where: str) -> FetchError:
    hint = "allow more with --timeout, or ask for less with --limit and --lookback"
    return FetchError("did not answer in time", slug="fetch-timeout", where=where, hint=hint)


def _reason(error: Exception) -> str:
    """The system's words for it; a server's own words are not repeated."""
    cause = error.reason if isinstance(error, urllib.error.URLError) else error
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its certificate is not trusted ({cause.verify_message})"
    if isinstance(cause, ssl.SSLError):
        return "TLS fails"
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return "it does not speak HTTP"
