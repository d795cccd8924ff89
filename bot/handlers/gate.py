"""The gate: every update passes here first; a stranger's ends here, answered with one sentence or not at all."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Final, cast

from telegram import Chat as TelegramChat
from telegram import Update
from telegram.ext import ApplicationHandlerStop, TypeHandler

from bot.access.policy import Visitor, refusal
from bot.chats.types import Chat, ChatKind, ChatProfile, Member
from bot.handlers.requests import visitor_of
from bot.services import Context, Services

GROUP: Final = -1
"""Handler groups run in ascending order; every other handler is in group 0 or above."""


def handlers() -> tuple[TypeHandler[Update, Context, None], ...]:
    """The one handler that sees everything first."""
    return (TypeHandler(Update, check),)


async def check(update: Update, context: Context) -> None:
    """Let an allowed visitor pass, with the chat's profile on the context; refuse everybody else.

    Raises:
        ApplicationHandlerStop: the update goes no further.
    """
    profile = None
    async with reporting_errors(update, context):
        profile = await _admitted(update, context)
    if profile is None:
        raise ApplicationHandlerStop
    context.profile = profile


@asynccontextmanager
async def reporting_errors(update: Update, context: Context) -> AsyncIterator[None]:
    """Report an error of the block and go on after it; python-telegram-bot would go on to every other handler."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - whatever it is, the block's own handler decides what comes next
        await context.application.process_error(update, error)


async def _admitted(update: Update, context: Context) -> ChatProfile | None:
    """The profile of a chat that is served; anybody else gets the refusal, and None is returned."""
    services, visitor = context.services, visitor_of(update)
    if visitor is None:
        return None
    sender = _sender(services, update)
    profile = await asyncio.to_thread(_profile, services, visitor, sender)
    if profile is None:
        await _refuse(update, refusal(visitor, services.settings.admins), context.bot.username)
    return profile


def _profile(services: Services, visitor: Visitor, sender: tuple[Chat, Member] | None) -> ChatProfile | None:
    """The use case: all that is stored of a served chat, read once, and what has changed of it stored; else None."""
    profile = services.chats.profile(visitor.chat_id, visitor.user_id)
    if not services.access.may_talk(visitor, profile.access):
        return None
    if sender is None:
        return profile
    chat, member = sender
    current = replace(profile.chat, kind=chat.kind, title=chat.title) if profile.chat else chat
    if (current, member) != (profile.chat, profile.member):
        services.chats.upsert(chat, member)
    return replace(profile, chat=current, member=member)


async def _refuse(update: Update, sentence: str, bot_name: str) -> None:
    """Answer a command, a press, an inline query or a private message; a group's chatter gets no answer."""
    if update.callback_query:
        await update.callback_query.answer("This bot is private: you may not use it here.", show_alert=True)
    elif update.inline_query:
        await update.inline_query.answer([], cache_time=0, is_personal=True)
    elif (message := update.effective_message) and (
        message.chat.type == TelegramChat.PRIVATE or _is_command(message.text or "", bot_name)
    ):
        await message.reply_text(sentence)


def _is_command(text: str, bot_name: str) -> bool:
    """Whether a text is a command, and not one for another bot (`/weather@other_bot`)."""
    command = text.split(maxsplit=1)[0] if text.strip() else ""
    _, named, name = command.partition("@")
    return command.startswith("/") and (not named or name.lower() == bot_name.lower())


def _sender(services: Services, update: Update) -> tuple[Chat, Member] | None:
    """The chat and the person as the update names them; None for an inline query, which comes from no chat."""
    chat, user = update.effective_chat, update.effective_user
    if chat is None or user is None:
        return None
    title = chat.title or chat.full_name or ""
    kind = cast("ChatKind", str(chat.type))  # the same four values; python-telegram-bot's enumeration is a str
    member = Member(user.id, user.full_name)
    return Chat(chat.id, kind, title, services.home_timezone, "active", services.clock()), member
