"""Work beside the UI: in a thread that leaving the app does not wait for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import TypeVar

T = TypeVar("T")


async def in_thread(action: Callable[[], T], name: str) -> T:
    """The result of `action`, or what it raises."""
    loop = asyncio.get_running_loop()
    waiting: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if waiting.done():
            return
        if error is not None:
            waiting.set_exception(error)
        else:
            waiting.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, failure = None, None
        try:
            result = action()
        except BaseException as error:  # noqa: BLE001 - handed over to whoever waits
            failure = error
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    # Executors join their threads when the process ends; a daemon lets a person leave in the middle of an analysis.
    Thread(target=run, name=name, daemon=True).start()
    return await waiting
