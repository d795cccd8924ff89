"""A small bot that uses a bit of everything, so that the page can be looked at without the product's bot."""

from __future__ import annotations

import html
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from PIL import Image, ImageDraw
from telegram import (
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InlineQueryResultArticle,
    InputMediaPhoto,
    InputTextMessageContent,
    KeyboardButton,
    Message,
    ReplyKeyboardMarkup,
    Update,
)
from telegram.ext import (
    Application,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    InlineQueryHandler,
    MessageHandler,
    filters,
)

from bot.localchat import LocalChat

TABLE = "model      1 d    5 d   20 d\nLSTM     0.981  0.976  0.963\nno change 1.000  1.000  1.000  <- what one beats"
BUTTONS = InlineKeyboardMarkup(
    [
        [InlineKeyboardButton(f"{n} sessions", callback_data=f"show:{n}") for n in (5, 10, 20)],
        [
            InlineKeyboardButton("Tell me", callback_data="toast"),
            InlineKeyboardButton("Source", url="https://example.org"),
        ],
    ]
)


def picture(width: int = 900, height: int = 600, colour: str = "#f4f8fb") -> bytes:
    """Return a PNG with something like a chart on it."""
    image = Image.new("RGB", (width, height), colour)
    draw = ImageDraw.Draw(image)
    middle, half = height // 2, width // 2
    draw.polygon([(half, middle), (width - 40, 80), (width - 40, height - 80)], fill="#bcd8f2")
    draw.polygon([(half, middle), (width - 40, 180), (width - 40, height - 180)], fill="#7fb2e5")
    draw.line([(40, middle + 60), (half // 2, middle - 40), (half, middle), (width - 40, middle - 30)], "#17527f", 6)
    written = io.BytesIO()
    image.save(written, "PNG")
    return written.getvalue()


def _message(update: Update) -> Message:
    if update.effective_message is None:
        raise LookupError("an update without a message")
    return update.effective_message


async def _start(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    formats = "<b>bold</b>, <i>italics</i>, <code>code</code> and <a href='https://example.org'>links</a>"
    text = f"Hello! I answer with {formats}. Try /chart or /table."
    await _message(update).reply_html(text, reply_markup=BUTTONS)


async def _chart(update: Update, context: ContextTypes.DEFAULT_TYPE) -> None:
    waiting = await _message(update).reply_html(
        "Training: epoch <b>3</b> of 12", reply_to_message_id=_message(update).message_id
    )
    await waiting.edit_text("Trained in 9 s. Here is the chart:", parse_mode="HTML")
    symbol = (context.args or ["AAPL"])[0]
    caption = (
        f"<b>${symbol}</b>, 5 sessions\nMedian 231.40, 80 % between 224.10 and 238.90\n"
        "<i>Data of 20 November 2026. Not advice.</i>"
    )
    await _message(update).reply_photo(picture(), caption=caption, parse_mode="HTML", reply_markup=BUTTONS)


async def _table(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    text = (
        f"Walk-forward, CRPS ratio:\n<pre>{html.escape(TABLE)}</pre>Smaller is better. "
        "<tg-spoiler>Nothing beats patience.</tg-spoiler>\n"
        "<blockquote expandable>One\nTwo\nThree\nFour\nFive</blockquote>"
    )
    await _message(update).reply_html(text)


async def _album(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    shades = ("#f4f8fb", "#fbf4f4", "#f4fbf5")
    await _message(update).reply_media_group(
        [InputMediaPhoto(picture(colour=shade)) for shade in shades], caption="Three fans"
    )


async def _where(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    keys = ReplyKeyboardMarkup([[KeyboardButton("Share my location", request_location=True)], ["Skip"]])
    await _message(update).reply_text("Where are you?", reply_markup=keys)


async def _typing(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    await _message(update).reply_chat_action("upload_photo")


async def _pressed(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.callback_query
    if query is None or query.data is None:
        return
    if query.data == "toast":
        await query.answer("The middle half of the outcomes lies in the dark band.")
        return
    await query.answer()
    sessions = query.data.removeprefix("show:")
    if isinstance(query.message, Message) and query.message.photo:
        await query.edit_message_caption(f"Now for {sessions} sessions", reply_markup=BUTTONS)
    else:
        await query.edit_message_text(f"You chose {sessions} sessions", reply_markup=BUTTONS)


async def _inline(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    query = update.inline_query
    if query is None:
        return
    content = InputTextMessageContent(f"Forecast for {query.query}")
    await query.answer(
        [InlineQueryResultArticle(str(uuid4()), f"Forecast for {query.query}", content, description="5 sessions")]
    )


async def _echo(update: Update, _: ContextTypes.DEFAULT_TYPE) -> None:
    await _message(update).reply_text(f"You said: {_message(update).text}")


@asynccontextmanager
async def echo_bot(chat: LocalChat) -> AsyncIterator[None]:
    """Run the bot by polling until the block ends."""
    builder = Application.builder().token(chat.token).base_url(f"{chat.url}/bot").base_file_url(f"{chat.url}/file/bot")
    application = builder.build()
    commands = {"start": _start, "chart": _chart, "table": _table, "album": _album, "where": _where}
    application.add_handlers([CommandHandler(name, handler) for name, handler in commands.items()])
    application.add_handler(CommandHandler("typing", _typing))
    application.add_handlers([CallbackQueryHandler(_pressed), InlineQueryHandler(_inline)])
    application.add_handler(MessageHandler(filters.TEXT & filters.ChatType.PRIVATE, _echo))
    about = ("Say hello", "A chart of a symbol", "A table in monospace", "Three photos", "Ask for a place")
    async with application:
        await application.bot.set_my_commands([BotCommand(*pair) for pair in zip(commands, about, strict=True)])
        await application.bot.set_my_description("I answer /chart AAPL with a fan chart.\nPress Start to begin.")
        await application.start()
        if application.updater:
            await application.updater.start_polling()
        try:
            yield
        finally:
            if application.updater:
                await application.updater.stop()
            await application.stop()
