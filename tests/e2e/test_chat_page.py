"""The local chat's page in a real browser, with a small echo bot behind it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, Page, expect

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS, LocalChat
from tests.e2e.echo_bot import echo_bot
from tests.waiting import PATIENCE_S

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest_asyncio.fixture(loop_scope="session")
async def chat() -> AsyncIterator[LocalChat]:
    async with LocalChat() as started, echo_bot(started):
        yield started


@pytest_asyncio.fixture(loop_scope="session", autouse=True)
async def pages_closed(browser: Browser) -> AsyncIterator[None]:
    yield
    for context in browser.contexts:
        await context.close()


async def opened(
    browser: Browser, chat: LocalChat, *, phone: bool = False, scheme: Literal["light", "dark"] = "light"
) -> Page:
    """Open the page in a fresh context; anything that the browser complains of fails the test at once."""
    size = {"width": 390, "height": 844} if phone else {"width": 1280, "height": 800}
    context = await browser.new_context(viewport=size, color_scheme=scheme)  # type: ignore[arg-type]
    page = await context.new_page()
    page.set_default_timeout(PATIENCE_S * 1000)
    await page.goto(chat.url)
    await expect(page.get_by_role("heading", name="Fanchart").first).to_be_visible()
    return page


def log(page: Page) -> Locator:
    """Return the messages of the open chat."""
    return page.get_by_role("log")


async def send(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Message").fill(text)
    await page.get_by_role("button", name="Send", exact=True).click()


async def test_a_command_is_chosen_from_the_menu_and_answered(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    box = page.get_by_role("textbox", name="Message")
    await box.press_sequentially("/")
    await expect(page.get_by_role("option")).to_have_count(5)
    await box.press_sequentially("ch")
    await expect(page.get_by_role("option")).to_have_count(1)
    await box.press("Enter")
    await expect(box).to_have_value("/chart ")
    await box.press_sequentially("MSFT")
    await box.press("Enter")
    await expect(log(page).get_by_text("Trained in 9 s.")).to_be_visible()  # the edited text, without a reload
    await expect(log(page).get_by_text("edited")).to_be_visible()
    await expect(log(page).get_by_text("Training: epoch")).to_have_count(0)
    await expect(log(page).locator("strong", has_text="$MSFT")).to_be_visible()


async def test_a_photo_opens_large_and_closes_by_escape(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await send(page, "/chart AAPL")
    photo = page.get_by_role("button", name="Open the photo")
    await expect(photo.locator("img")).to_be_visible()
    assert await photo.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") == 900
    await photo.click()
    await expect(page.get_by_role("dialog")).to_contain_text("Median 231.40")
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_an_album_is_stepped_through(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await send(page, "/album")
    await page.get_by_role("button", name="Open the photo").nth(2).click()
    await expect(page.get_by_role("dialog")).to_contain_text("3 of 3")
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("dialog")).to_contain_text("1 of 3")


async def test_buttons_edit_in_place_and_answers_show_as_a_toast(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await send(page, "/start")
    await page.get_by_role("button", name="Tell me").click()
    await expect(page.get_by_text("The middle half of the outcomes")).to_be_visible()
    await page.get_by_role("button", name="20 sessions").click()
    await expect(log(page).get_by_text("You chose 20 sessions")).to_be_visible()
    source = page.get_by_role("link", name="Source")
    assert await source.get_attribute("rel") == "noopener noreferrer"
    assert len(chat.bot_messages(ADA)) == 1


async def test_people_and_groups_are_switched_and_keep_apart(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await send(page, "from Ada")
    await expect(log(page).get_by_text("You said: from Ada")).to_be_visible()
    await page.get_by_role("radio", name="Ben").click()
    await expect(log(page).get_by_text("from Ada")).to_have_count(0)
    await page.get_by_role("button", name="Sunday investors").click()
    await send(page, "/chart TSLA")
    await expect(page.get_by_role("button", name="Open the photo")).to_be_visible()
    assert chat.messages(SUNDAY_INVESTORS)[0].sender == BEN
    await page.get_by_role("radio", name="Ada").click()
    await expect(log(page).locator(".author").first).to_have_text("Ben")


async def test_what_others_write_arrives_and_counts_as_unread(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    chat.write(SUNDAY_INVESTORS, BEN, "Anyone here?")
    await expect(page.get_by_label("1 unread")).to_be_visible()
    await page.get_by_role("button", name="Sunday investors").click()
    await expect(log(page)).to_contain_text("Anyone here?")
    await expect(page.get_by_label("1 unread")).to_have_count(0)


async def test_text_from_people_is_never_markup(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    hostile = '<img src=x onerror="document.title=1"><b>bold</b>'
    await send(page, hostile)
    await expect(log(page).get_by_text(f"You said: {hostile}")).to_be_visible()
    assert await page.locator("#thread img").count() == 0
    assert await page.title() == "Fanchart · Local chat"


async def test_a_reply_quotes_what_it_answers(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await send(page, "/start")
    await log(page).get_by_text("Hello! I answer").dblclick()
    await send(page, "thanks")
    await expect(log(page).get_by_text("You said: thanks")).to_be_visible()
    assert next(m for m in chat.messages(ADA) if m.text == "thanks").reply_to == 2


async def test_inline_results_are_offered_and_sent(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await page.get_by_role("button", name="Sunday investors").click()
    await page.get_by_role("textbox", name="Message").fill(f"@{DEMO_BOT.username} NVDA")
    await page.get_by_role("option", name="Forecast for NVDA").click()
    await expect(log(page)).to_contain_text(f"via @{DEMO_BOT.username}")
    assert chat.messages(SUNDAY_INVESTORS)[0].text == "Forecast for NVDA"


async def test_the_bots_keyboard_sends_a_location(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await send(page, "/where")
    await page.get_by_role("button", name="Share my location").click()
    await page.get_by_role("dialog").get_by_role("button", name="Tokyo").click()
    [place] = await chat.wait_for(lambda: [m.location for m in chat.messages(ADA) if m.location])
    assert round(place.latitude) == 36


async def test_blocking_and_unblocking(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await send(page, "hello")
    await page.get_by_role("button", name="Block the bot").click()
    await expect(page.get_by_role("textbox", name="Message")).to_be_hidden()
    await page.get_by_role("button", name="Unblock").click()
    await expect(page.get_by_role("textbox", name="Message")).to_be_visible()


async def test_typing_and_the_banner_show(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    chat.set_banner("simulated prices")
    await expect(page.get_by_text("simulated prices")).to_be_visible()
    await page.clock.install()
    await page.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))  # it shows for some seconds
    await send(page, "/typing")
    await expect(page.locator("#chat-status")).to_have_text("sending a photo…")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_phone_never_scrolls_sideways(
    browser: Browser, chat: LocalChat, scheme: Literal["light", "dark"]
) -> None:
    page = await opened(browser, chat, phone=True, scheme=scheme)
    for command in ("/start", "/table", "/album", "/chart AAPL"):
        await send(page, command)
    await expect(log(page).locator("strong", has_text="$AAPL")).to_be_visible()
    wide = await page.evaluate("[document.documentElement, document.getElementById('thread')].map(e => e.scrollWidth)")
    assert max(wide) <= 390
    table = page.get_by_label("Table")
    assert await table.evaluate("box => getComputedStyle(box).overflowX") == "auto"
    await page.get_by_role("button", name="People and chats").click()
    await page.get_by_role("radio", name="Ben").click()
    await page.get_by_role("button", name="Sunday investors").click()
    await expect(page.get_by_role("heading", name="Sunday investors")).to_be_visible()
    await expect(page.get_by_role("radio", name="Ben")).to_be_hidden()  # the drawer closed


async def test_the_page_works_by_keyboard_alone(browser: Browser, chat: LocalChat) -> None:
    page = await opened(browser, chat)
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    await page.keyboard.type("/st")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Tell me")).to_be_visible()
    await page.get_by_role("radio", name="Ada").focus()
    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("radio", name="Ben")).to_have_attribute("aria-checked", "true")


async def test_a_lost_connection_is_shown_and_mended(browser: Browser) -> None:
    chat = LocalChat()
    await chat.start()
    page = await opened(browser, chat)
    await chat.stop()
    await expect(page.get_by_text("Connection lost")).to_be_visible()
    again = LocalChat(port=int(chat.url.rpartition(":")[2]))
    async with again:
        await expect(page.get_by_text("Connection lost")).to_be_hidden()
        again.write(ADA, ADA, "still here")
        await expect(log(page)).to_contain_text("still here")


async def test_nothing_is_refused_by_the_policy_or_fails_in_a_script(browser: Browser, chat: LocalChat) -> None:
    context = await browser.new_context()
    page = await context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    await page.goto(chat.url)
    for command in ("/start", "/table", "/album", "/where", "/chart AAPL"):
        await send(page, command)
    await expect(log(page).locator("strong", has_text="$AAPL")).to_be_visible()
    await page.get_by_role("button", name="Open the photo").last.click()
    assert complaints == []
