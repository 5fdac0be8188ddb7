"""`explore --serve` in a real browser, and what it refuses."""

from __future__ import annotations

import asyncio
import base64
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser import CHROMIUM, browser
from running import ROOT

pytest.importorskip("textual_serve", reason="the extra `web` is not installed")


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """Where a served app is, as the command tells it."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "topoplan", "explore", "specs/shop", "--no-history", "--serve"),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    yield (await asyncio.wait_for(process.stdout.readline(), 20)).decode().strip()
    process.send_signal(signal.SIGINT)
    assert await asyncio.wait_for(process.wait(), 20) == 0


@pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine")
async def test_a_page_shows_the_app_and_asks_nobody_else(address: str, tmp_path: Path) -> None:
    async with browser(tmp_path / "profile") as page:
        await page.call("Page.navigate", url=address)
        await page.until("order-service")
        assert await page.read("document.body.className.includes('-first-byte')")
        assert await page.read("document.querySelectorAll('.xterm-screen canvas').length") > 0
        fonts = await page.read("[...document.fonts].map(font => font.family + ' ' + font.status).join()")
        assert "loaded" in fonts
        page.received.clear()
        for text in ("char", "keyUp"):
            await page.call("Input.dispatchKeyEvent", type=text, text="3", key="3")
        await page.until("Matrix")
        picture = base64.b64decode((await page.call("Page.captureScreenshot"))["data"])
    assert len(picture) > 10_000
    assert {urlsplit(url).hostname for url in page.requests if urlsplit(url).scheme != "data"} == {"127.0.0.1"}
    assert len(page.requests) > 3
    if os.environ.get("TOPOPLAN_KEEP_PICTURE"):
        Path(os.environ["TOPOPLAN_KEEP_PICTURE"]).write_bytes(picture)


async def test_other_names_other_sites_and_guesses_are_refused(address: str) -> None:
    from aiohttp import ClientSession

    origin = f"http://{urlsplit(address).netloc}"
    async with ClientSession() as session:

        async def status(url: str, **headers: str) -> int:
            async with session.get(url, headers=headers) as answer:
                return answer.status

        assert await status(address) == 200
        assert await status(address, Origin=origin) == 200
        assert await status(address, Host="evil.example") == 403
        assert await status(address, Origin="http://evil.example") == 403
        assert await status(f"{address}ws", Origin="http://evil.example") == 403
        assert await status(f"{origin}/") == 404
        assert await status(f"{origin}/{'x' * 22}/ws") == 404
        async with session.get(address) as answer:
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert "googleapis" not in await answer.text()
