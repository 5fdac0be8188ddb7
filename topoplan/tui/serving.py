"""The same app in a browser: textual-serve on the loopback address, closed to other sites and other users.

Whoever reaches the app can read the report and write files by exporting. So the address holds a secret, requests that
name another host or come from another site's page are refused, and the page may load nothing from elsewhere.
"""

from __future__ import annotations

import secrets
import shlex
import socket
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address
from pathlib import Path
from subprocess import list2cmdline
from sys import platform
from typing import TYPE_CHECKING

from topoplan.errors import OutputError, UsageError

if TYPE_CHECKING:
    from aiohttp import web
    from aiohttp.typedefs import Handler, Middleware

LOOPBACK = "127.0.0.1"
_WEB = Path(__file__).parent / "web"


def serve(command: Sequence[str], host: str = LOOPBACK, port: int = 0, *, tell: Callable[[str], None]) -> None:
    """Serve the app that `command` runs until interrupted; every page that is opened runs it anew. `tell` is given the
    address. Port 0 is any free one.

    Raises UsageError (`serve-extra-missing`; `serve-not-loopback` for a host that others could reach) or OutputError
    (`serve-failed`) when the port cannot be had.
    """
    try:
        from aiohttp import web
        from textual_serve.server import Server  # noqa: F401 - whether it is there
    except ImportError:
        raise UsageError(
            "--serve needs a part that is not installed", slug="serve-extra-missing", hint="pip install 'topoplan[web]'"
        ) from None
    with _listening(host, port) as listener:
        app, address = application(command, host, listener.getsockname()[1])
        tell(address)
        web.run_app(app, sock=listener, print=None, access_log=None)


def is_served(environment: Mapping[str, str]) -> bool:
    """Whether this process is one that `serve` started: its keys and screens go to a page."""
    return environment.get("TEXTUAL_DRIVER", "").endswith(":WebDriver")


def application(command: Sequence[str], host: str, port: int) -> tuple[web.Application, str]:
    """The web application and the address of its page."""
    import aiohttp_jinja2
    import jinja2
    from aiohttp import web
    from textual_serve.server import Server

    origin = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    run = list2cmdline(command) if platform == "win32" else shlex.join(command)
    server = Server(run, host, port, title="topoplan", public_url=origin, templates_path=_WEB)
    secret = secrets.token_urlsafe(16)
    app = web.Application(middlewares=[_guard(origin)])
    aiohttp_jinja2.setup(app, loader=jinja2.FileSystemLoader(server.templates_path), autoescape=True)
    app.add_routes(
        [
            web.get(f"/{secret}/", server.handle_index, name="index"),
            web.get(f"/{secret}/ws", server.handle_websocket, name="websocket"),
            web.static("/static", server.statics_path, name="static"),
            web.static("/page", _WEB),
        ]
    )
    return app, f"{origin}/{secret}/"


def _guard(origin: str) -> Middleware:
    """Refuses other names for this host (DNS rebinding) and pages of other sites, which a browser would let open a web
    socket; tells the browser to load nothing from elsewhere."""
    from aiohttp import web

    place = origin.removeprefix("http://")
    policy = (
        f"default-src 'none'; script-src {origin}; style-src {origin} 'unsafe-inline'; font-src {origin}; "
        f"img-src {origin} data:; connect-src ws://{place}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
    )
    headers = {
        "Content-Security-Policy": policy,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.headers.get("Host") != place or request.headers.get("Origin", origin) != origin:
            raise web.HTTPForbidden
        response = await handler(request)
        if not response.prepared:
            response.headers.update(headers)
        return response

    return guard


def _listening(host: str, port: int) -> socket.socket:
    """A socket that is bound to a loopback address."""
    try:
        loopback = ip_address(host).is_loopback
    except ValueError:
        loopback = host == "localhost"
    if not loopback:
        hint = "leave it out, or use 127.0.0.1"
        raise UsageError(f"{host} is no loopback address: others could reach it", slug="serve-not-loopback", hint=hint)
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise OutputError(f"port {port} cannot be had: {reason}", slug="serve-failed", hint="give no port") from None
