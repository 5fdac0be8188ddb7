"""A headless Chromium, watched through its DevTools protocol: what it asked for, what came back, what it shows."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), "")

_KEY_CODES = {"Enter": 13, "Escape": 27, "Tab": 9, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40}


class Page:
    """One page. `requests` are the addresses it asked for, `received` the bytes that came through its web sockets,
    `errors` what its console complained of: exceptions, violations of its policy, failed requests."""

    def __init__(self, socket: Any) -> None:
        self._socket = socket
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self.requests: list[str] = []
        self.errors: list[str] = []
        self.received = bytearray()

    async def call(self, method: str, **parameters: object) -> Any:
        """The result of a DevTools command."""
        number = len(self._answers)
        self._answers[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_str(json.dumps({"id": number, "method": method, "params": parameters}))
        return await asyncio.wait_for(self._answers[number], 60)

    async def read(self, expression: str) -> Any:
        """The value of a JavaScript expression, or what it promises."""
        found = await self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in found:
            raise AssertionError(found["exceptionDetails"]["exception"].get("description", "no description"))
        return found["result"].get("value")

    async def open(self, url: str) -> None:
        """Load a page afresh, with what was noted of the one before forgotten."""
        await self.call("Page.navigate", url="about:blank")
        self.requests.clear()
        self.errors.clear()
        await self.call("Page.navigate", url=url)

    async def wait(self, expression: str, seconds: float = 20) -> Any:
        """The value of an expression as soon as it is true."""
        async with asyncio.timeout(seconds):
            while not (value := await self.read(expression)):
                await asyncio.sleep(0.02)
        return value

    async def press(self, key: str, text: str = "") -> None:
        """A key by its DOM name; `text` is what it writes."""
        for kind in ("keyDown", "keyUp"):
            written = {"text": text} if text and kind == "keyDown" else {}
            code = _KEY_CODES.get(key, ord(key.upper()) if len(key) == 1 else 0)
            await self.call("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **written)

    async def click(self, selector: str) -> None:
        """A click into the middle of the first element that a CSS selector finds."""
        found = f"document.querySelector({json.dumps(selector)})"
        await self.wait(f"!!{found}")
        await self.read(f"{found}.scrollIntoView({{block: 'center'}})")
        x, y = await self.read(f"(r => [r.x + r.width / 2, r.y + r.height / 2])({found}.getBoundingClientRect())")
        for kind in ("mousePressed", "mouseReleased"):
            await self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    async def picture(self) -> bytes:
        """What is to be seen now, as a PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])

    async def until(self, text: str, seconds: float = 30) -> None:
        """Wait for text to come through a web socket."""
        async with asyncio.timeout(seconds):
            while text.encode() not in self.received:
                await asyncio.sleep(0.05)

    async def listen(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                self._answers[told["id"]].set_result(told.get("result", {}))
            elif told["method"] == "Network.requestWillBeSent":
                self.requests.append(told["params"]["request"]["url"])
            elif told["method"] == "Runtime.exceptionThrown":
                self.errors.append(json.dumps(told["params"]["exceptionDetails"])[:2000])
            elif told["method"] == "Log.entryAdded" and told["params"]["entry"]["level"] == "error":
                self.errors.append(told["params"]["entry"]["text"])
            elif told["method"] == "Runtime.consoleAPICalled" and told["params"]["type"] in ("error", "assert"):
                self.errors.append(json.dumps(told["params"]["args"])[:2000])
            elif told["method"] == "Network.webSocketCreated":
                self.requests.append(told["params"]["url"])
            elif told["method"] == "Network.webSocketFrameReceived":
                frame = told["params"]["response"]
                binary = frame["opcode"] == 2
                self.received += base64.b64decode(frame["payloadData"]) if binary else b""


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """An empty page in a browser with a profile in `folder`."""
    from aiohttp import ClientSession

    process = await asyncio.create_subprocess_exec(
        CHROMIUM,
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--remote-debugging-port=0", "--window-size=1000,640"),
        *("--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *(f"--user-data-dir={folder}", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [one for one in await answer.json() if one["type"] == "page"]
            async with session.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                for domain in ("Network", "Page", "Runtime", "Log"):
                    await page.call(f"{domain}.enable")
                yield page
                listening.cancel()
    finally:
        process.terminate()
        await process.wait()


async def _port(file: Path) -> int:
    async with asyncio.timeout(20):
        while not file.exists() or not file.read_text():
            await asyncio.sleep(0.05)
    return int(file.read_text().splitlines()[0])
