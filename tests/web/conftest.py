"""One browser for all tests of pages, which also watch what a page asks for and complains of."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from browser import CHROMIUM, Page, browser
from page_reading import Reader
from running import SHOP

from topoplan.analysis import Request, analyse
from topoplan.model.report import Report


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test here needs a browser, and shares the loop that it lives in."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
            item.add_marker(pytest.mark.skipif(not CHROMIUM, reason="no Chromium on this machine"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Page]:
    async with browser(tmp_path_factory.mktemp("profile")) as page:
        yield page


@pytest.fixture(scope="session")
def files(chromium: Page, tmp_path_factory: pytest.TempPathFactory) -> Reader:
    return Reader(chromium, tmp_path_factory.mktemp("pages"))


@pytest.fixture(scope="session")
def shop() -> Report:
    """The report on the bundled system."""
    return analyse(Request((str(SHOP),)))


@pytest_asyncio.fixture(loop_scope="session")
async def reader(files: Reader) -> AsyncIterator[Reader]:
    yield files
    assert files.page.errors == []
    assert [url for url in files.page.requests if not url.startswith(("data:", "blob:", "file:", "about:"))] == []
    assert len({url.partition("#")[0] for url in files.page.requests if url.startswith("file:")}) <= 1
