"""The typing indicator, shown while an answer takes its time."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Final

from telegram import Message
from telegram.constants import ChatAction
from telegram.error import TelegramError

_QUICK_S: Final = 0.4
"""An answer within this time needs no typing indicator."""
_TYPING_LASTS_S: Final = 4.5
"""Telegram shows the indicator for 5 seconds (Bot API, sendChatAction)."""


@asynccontextmanager
async def typing(message: Message) -> AsyncIterator[None]:
    """Show in the chat that work goes on, for as long as the block runs."""
    showing = asyncio.create_task(_show_typing(message))
    try:
        yield
    finally:
        showing.cancel()


async def _show_typing(message: Message) -> None:
    await asyncio.sleep(_QUICK_S)
    thread = message.message_thread_id if message.is_topic_message else None
    with suppress(TelegramError):  # an indicator that cannot be shown is no reason not to answer
        while True:
            await message.get_bot().send_chat_action(message.chat_id, ChatAction.TYPING, message_thread_id=thread)
            await asyncio.sleep(_TYPING_LASTS_S)
