"""A real browser for the tests that look at the page: Chromium as the system has it, driven by Playwright."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, async_playwright, expect

from tests.waiting import PATIENCE_S

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_NO_BROWSER = "no browser was found"
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_unconfigure(config: pytest.Config) -> None:
    """Say as the last line what was not looked at, and how to have it looked at."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:
        return
    if count := sum(_NO_BROWSER in str(report.longrepr) for report in reporter.stats.get("skipped", ())):
        what = "1 test of the chat page was" if count == 1 else f"{count} tests of the chat page were"
        reporter.write_line(f"{what} skipped: {_NO_BROWSER}. To run them: apt-get install chromium, then make test")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The system's Chromium; without one the test is skipped with that reason."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"{_NO_BROWSER} (looked for {', '.join(_NAMES)})")
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    """One Chromium without a profile; the contexts that tests make from it are fresh, with their size and colours.

    It lives in the session's event loop: tests that use it are marked `pytest.mark.asyncio(loop_scope="session")`
    and their async fixtures `@pytest_asyncio.fixture(loop_scope="session")`.
    """
    expect.set_options(timeout=PATIENCE_S * 1000)
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(
            executable_path=chromium_path, args=_FLAGS, timeout=PATIENCE_S * 1000
        )
        yield launched
        await launched.close()
