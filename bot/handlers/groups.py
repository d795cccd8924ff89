"""What happens to a chat itself: a group becomes a supergroup, somebody blocks or removes the bot, or adds it again."""

import asyncio

from telegram import Update
from telegram.constants import ChatMemberStatus
from telegram.ext import ApplicationHandlerStop, BaseHandler, ChatMemberHandler, CommandHandler, MessageHandler, filters

from bot.access.chat_migration import move_chat
from bot.handlers.gate import reporting_errors
from bot.handlers.subscribe import reopen_blocked
from bot.services import Context

BEFORE_THE_GATE = -2
"""Telegram reports these things itself, so nobody has to be let in."""
AFTER_THE_OTHERS = 1


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """What Telegram reports about chats."""
    return (
        MessageHandler(filters.StatusUpdate.MIGRATE, moved),
        ChatMemberHandler(membership, ChatMemberHandler.MY_CHAT_MEMBER),
    )


def late_handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """What /start does besides greeting."""
    return (CommandHandler("start", restart),)


async def moved(update: Update, context: Context) -> None:
    """Move everything of a group to the supergroup that it became, which Telegram reports in both chats.

    Raises:
        ApplicationHandlerStop: always, since nobody has asked anything.
    """
    message, services = update.effective_message, context.services
    if message:
        old_id, new_id = message.migrate_from_chat_id or message.chat_id, message.migrate_to_chat_id or message.chat_id
        async with reporting_errors(update, context):
            await asyncio.to_thread(move_chat, services.chats, services.access, old_id, new_id, services.clock())
    raise ApplicationHandlerStop


async def membership(update: Update, context: Context) -> None:
    """Stop writing to a chat that blocked or removed the bot; begin again where it is added again."""
    change = update.my_chat_member
    if change is None:
        return
    if change.new_chat_member.status in (ChatMemberStatus.BANNED, ChatMemberStatus.LEFT):
        await asyncio.to_thread(context.services.chats.set_state, change.chat.id, "blocked")
    else:
        await asyncio.to_thread(reopen_blocked, context.services, change.chat.id)


async def restart(update: Update, context: Context) -> None:
    """Write again to a chat that had blocked the bot."""
    if update.effective_chat:
        await asyncio.to_thread(reopen_blocked, context.services, update.effective_chat.id)
