"""The gate: every update passes here first; strangers get one sentence, or nothing, and go no further."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, cast

from telegram import Chat as TelegramChat
from telegram import Update, User
from telegram.ext import ApplicationHandlerStop, TypeHandler

from bot.access.policy import Visitor, refusal
from bot.chats.types import Chat, ChatKind, Member
from bot.services import Context, Services

GROUP: Final = -1
"""Handler groups run in ascending order; every other handler is in group 0 or above."""


def handlers() -> tuple[TypeHandler[Update, Context, None], ...]:
    """The one handler that sees everything first."""
    return (TypeHandler(Update, check),)


async def check(update: Update, context: Context) -> None:
    """Let a visitor pass whom somebody named, and remember the chat; refuse everybody else.

    Raises:
        ApplicationHandlerStop: the update goes no further.
    """
    passes = False
    async with reported(update, context):
        passes = await _passes(update, context)
    if not passes:
        raise ApplicationHandlerStop


@asynccontextmanager
async def reported(update: Update, context: Context) -> AsyncIterator[None]:
    """Report an error of the block, and go on: python-telegram-bot would go on to every other handler."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, the block's own handler decides what comes next
        await context.application.process_error(update, error)


async def _passes(update: Update, context: Context) -> bool:
    """Whether an update goes on to the handlers; who is refused is told."""
    services, visitor = context.services, visitor_of(update)
    if visitor is None:
        return False
    standing = await asyncio.to_thread(services.chats.standing, visitor.chat_id)
    if not services.access.may_talk(visitor, standing):
        await _refuse(update, refusal(visitor, services.settings.admins), context.bot.username)
        return False
    if update.effective_chat and update.effective_user:
        await asyncio.to_thread(_remember, services, update.effective_chat, update.effective_user)
    return True


def visitor_of(update: Update) -> Visitor | None:
    """Who speaks and where; an inline question comes from a person alone; None for what nobody in person sent."""
    user, chat = update.effective_user, update.effective_chat
    if user is None:
        return None
    return Visitor(chat.id if chat else user.id, user.id)


async def _refuse(update: Update, sentence: str, our_name: str) -> None:
    """Say it where it was asked: in answer to a command, a press or a private word, not to a group's chatter."""
    if update.callback_query:
        await update.callback_query.answer("This bot is private: you may not use it here.", show_alert=True)
    elif update.inline_query:
        await update.inline_query.answer([], cache_time=0, is_personal=True)
    elif (message := update.effective_message) and (
        message.chat.type == TelegramChat.PRIVATE or _is_command(message.text or "", our_name)
    ):
        await message.reply_text(sentence)


def _is_command(text: str, our_name: str) -> bool:
    """Whether a text is a command, and not one for another bot (`/weather@other_bot`)."""
    command = text.split(maxsplit=1)[0] if text.strip() else ""
    _, named, name = command.partition("@")
    return command.startswith("/") and (not named or name.lower() == our_name.lower())


def _remember(services: Services, chat: TelegramChat, user: User) -> None:
    title = chat.title or chat.full_name or ""
    now = services.clock()
    kind = cast("ChatKind", str(chat.type))  # the same four words; python-telegram-bot's enumeration is a str
    spoken = Chat(chat.id, kind, title, services.home_timezone, "active", now)
    services.chats.meet(spoken, Member(user.id, user.full_name))
