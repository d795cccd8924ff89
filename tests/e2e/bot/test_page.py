"""What a person sees: the page in a real browser, the real bot behind it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from tests.e2e.bot.stage import Stage, stage
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def shown(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def page(browser: Browser, shown: Stage) -> AsyncIterator[Page]:
    """The page on a phone."""
    context = await browser.new_context(viewport={"width": 390, "height": 844})
    opened = await context.new_page()
    opened.set_default_timeout(PATIENCE_S * 1000)
    await opened.goto(shown.chat.url)
    yield opened
    await context.close()


async def test_typing_predict_shows_the_chart_its_words_and_its_buttons(page: Page) -> None:
    await page.get_by_role("textbox", name="Message").fill("/predict AAPL")
    await page.get_by_role("button", name="Send", exact=True).click()
    thread = page.get_by_role("log")
    picture = thread.locator("img").last
    await expect(picture).to_be_visible()
    await page.wait_for_function("() => [...document.querySelectorAll('[role=log] img')].at(-1)?.naturalWidth === 1080")
    await expect(thread).to_contain_text("chance of closing higher")
    await expect(thread).to_contain_text("not advice")
    await thread.get_by_role("button", name="20 sessions").click()
    await expect(thread).to_contain_text("In 20 sessions")
