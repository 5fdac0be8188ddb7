"""The pictures of the page in docs/gallery.md show what the page shows. TOPOPLAN_UPDATE_GOLDEN=1 takes them anew."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from browser import Page
from gallery import HEIGHT, VIEWS, WIDTH, photographed, text_of
from large_project import write_large_project
from page_reading import Reader
from running import ROOT
from small_png import shown, width

from topoplan.analysis import Request, analyse
from topoplan.model.report import Report

FOLDER = ROOT / "docs" / "gallery"


@pytest_asyncio.fixture(loop_scope="session")
async def camera(reader: Reader) -> AsyncIterator[Reader]:
    await reader.page.call(
        "Emulation.setDeviceMetricsOverride", width=WIDTH, height=HEIGHT, deviceScaleFactor=1, mobile=False
    )
    await reader.page.call("Emulation.setScrollbarsHidden", hidden=True)
    yield reader
    await reader.page.call("Emulation.setScrollbarsHidden", hidden=False)
    await reader.page.call("Emulation.clearDeviceMetricsOverride")
    await reader.page.call("Emulation.setEmulatedMedia", features=[])


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, Report]:
    """The shop as a command in the project's folder sees it, and a large system."""
    folder = tmp_path_factory.mktemp("gallery")
    write_large_project(folder / "large")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        shop = analyse(Request(("specs/shop",)))
        patch.chdir(folder)
        return shop, analyse(Request(("large",), history=False))


@pytest.mark.parametrize("name", VIEWS)
async def test_a_picture_is_true(camera: Reader, reports: tuple[Report, Report], name: str) -> None:
    """Fonts and browsers draw differently, so the text that a picture says it shows is compared."""
    view = VIEWS[name]
    theme = {"name": "prefers-color-scheme", "value": "dark" if view.dark else "light"}
    await camera.page.call("Emulation.setEmulatedMedia", features=[theme])
    page: Page = await camera.open(reports[view.large], view.place)
    text = await text_of(page)
    file = FOLDER / f"{name}.png"
    if os.environ.get("TOPOPLAN_UPDATE_GOLDEN") == "1":
        file.write_bytes(await photographed(page))
    assert file.exists(), f"{file} is missing; TOPOPLAN_UPDATE_GOLDEN=1 pytest {__file__}"
    picture = file.read_bytes()
    assert shown(picture) == text, f"{name} has changed; TOPOPLAN_UPDATE_GOLDEN=1 pytest {__file__}"
    assert width(picture) == WIDTH
