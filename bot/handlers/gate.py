"""The gate: every update passes here first; strangers get one sentence, or nothing, and go no further."""

import asyncio
from typing import Final, cast

from telegram import Chat as TelegramChat
from telegram import Update, User
from telegram.ext import ApplicationHandlerStop, TypeHandler

from bot.access import Visitor, refusal
from bot.context import Context, Services
from storage.chats import Chat, ChatKind, Member

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
    services = context.services
    visitor = visitor_of(update)
    if visitor is None:
        raise ApplicationHandlerStop
    standing = await asyncio.to_thread(services.chats.standing, visitor.chat_id)
    if services.access.may_talk(visitor, standing):
        if update.effective_chat and update.effective_user:
            await asyncio.to_thread(_remember, services, update.effective_chat, update.effective_user)
        return
    await _refuse(update, refusal(visitor, services.settings.admins), context.bot.username)
    raise ApplicationHandlerStop


def visitor_of(update: Update) -> Visitor | None:
    """Who speaks and where; an inline question comes from a person alone; None for what nobody in person sent."""
    user, chat = update.effective_user, update.effective_chat
    if user is None:
        return None
    return Visitor(chat.id if chat else user.id, user.id)


async def _refuse(update: Update, sentence: str, our_name: str) -> None:
    """Say it where it was asked: in answer to a command, a press or a private word, not to a group's chatter."""
    message = update.effective_message
    if update.callback_query:
        await update.callback_query.answer("This bot is private: you may not use it here.", show_alert=True)
    elif update.inline_query:
        await update.inline_query.answer([], cache_time=0, is_personal=True)
    elif message and (message.chat.type == TelegramChat.PRIVATE or _is_command(message.text or "", our_name)):
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
