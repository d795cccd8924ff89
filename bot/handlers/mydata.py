"""/mydata and /forget: everything that is stored of a chat and a person, shown and deleted."""

import asyncio
import json
from io import BytesIO

from telegram import Chat, InputFile, Update
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler

from bot.access.policy import Visitor
from bot.handlers.group_rights import require_settings_right
from bot.handlers.requests import acknowledge, message_of, press_of
from bot.services import Context, Services
from bot.view.buttons import pattern
from bot.view.keyboards import forget_keyboard


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Showing and deleting."""
    return (
        CommandHandler("mydata", mydata),
        CommandHandler("forget", forget),
        CallbackQueryHandler(confirm_forget, pattern("forget")),
        CallbackQueryHandler(keep, pattern("keep")),
    )


async def mydata(update: Update, context: Context) -> None:
    """Send everything as a JSON file; a person's own data in their private chat alone."""
    message, visitor = message_of(update)
    is_private = message.chat.type == Chat.PRIVATE
    stored = await asyncio.to_thread(_export, context.services, visitor, is_private=is_private)
    text = json.dumps(stored, indent=2, ensure_ascii=False, default=str)
    file = InputFile(BytesIO(text.encode()), filename="fanchart-mydata.json")
    whose = "this chat and you" if is_private else "this group"
    await message.reply_document(file, caption=f"Everything I keep about {whose}. /forget deletes it.")


async def forget(update: Update, _context: Context) -> None:
    """Ask before deleting."""
    message, _visitor = message_of(update)
    what = "this group's settings and subscriptions" if message.chat.type != Chat.PRIVATE else "everything about you"
    await message.reply_text(f"Delete {what}? This cannot be taken back.", reply_markup=forget_keyboard())


async def confirm_forget(update: Update, context: Context) -> None:
    """Delete everything of the chat, and of the person in a private one; a group's only for its admins."""
    query, _press = press_of(update)
    message, visitor = message_of(update)
    is_private = message.chat.type == Chat.PRIVATE
    if not is_private:
        await require_settings_right(message, visitor, context)
    await asyncio.to_thread(_forget, context.services, visitor, is_private=is_private)
    await acknowledge(query)
    await query.edit_message_text("Everything is deleted. If you write to me again, I start from nothing.")


async def keep(update: Update, _context: Context) -> None:
    """Leave everything as it is."""
    query, _press = press_of(update)
    await acknowledge(query)
    await query.edit_message_text("Nothing was deleted.")


def _export(services: Services, visitor: Visitor, *, is_private: bool) -> dict[str, object]:
    """The use case: everything that is stored of the chat, and of the person where nobody else reads it."""
    stored: dict[str, object] = {table.table: table.rows for table in services.chats.export(visitor.chat_id)}
    if is_private:
        jobs = services.job_store.export(visitor.user_id)
        stored["usage"] = services.usage.export(visitor.user_id)
        stored["used in chats"] = services.chats.memberships(visitor.user_id)
        stored["jobs"] = [f"{job.id} {job.kind} {job.symbol} {job.state}" for job in jobs]
    return stored


def _forget(services: Services, visitor: Visitor, *, is_private: bool) -> None:
    """The use case: delete everything of the chat, and of the person in a private one."""
    if is_private:
        services.jobs.forget(visitor.user_id)
        services.chats.forget_member(visitor.user_id)
        services.usage.forget(visitor.user_id)
        services.job_store.forget(visitor.user_id)
    services.chats.forget(visitor.chat_id)
