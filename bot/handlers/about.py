"""/start, /help, /privacy and /status, and the answers to what is no command and to buttons of older versions."""

from telegram import BotCommandScopeAllGroupChats, BotCommandScopeChat, BotCommandScopeDefault, Update
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.handlers.requests import message_of
from bot.services import Context
from bot.telegram.client import Bot
from bot.view.keyboards import start_keyboard
from bot.view.text import fixed_texts
from bot.view.text.status import status_text


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """Everything about the bot itself."""
    return (
        CommandHandler("start", start),
        CommandHandler("help", show_help),
        CommandHandler("privacy", privacy),
        CommandHandler("status", status),
    )


def last_handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """What answers whatever no other handler takes; to be added after all others."""
    return (
        MessageHandler(filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL & ~filters.VIA_BOT, hint),
        CallbackQueryHandler(stale_button),
    )


async def register_commands(bot: Bot, admins: frozenset[int]) -> None:
    """Register the commands that Telegram offers in private chats, in groups, and to admins.

    Raises:
        TelegramError: Telegram did not take them.
    """
    await bot.set_my_commands(fixed_texts.COMMANDS, BotCommandScopeDefault())
    await bot.set_my_commands(fixed_texts.GROUP_COMMANDS, BotCommandScopeAllGroupChats())
    for admin in admins:
        try:
            await bot.set_my_commands(fixed_texts.ADMIN_COMMANDS, BotCommandScopeChat(admin))
        except BadRequest:  # an admin who has never written to the bot has no chat with it yet
            continue


async def start(update: Update, _context: Context) -> None:
    """Introduce the bot, with three things to tap."""
    message, _visitor = message_of(update)
    await message.reply_text(fixed_texts.START, reply_markup=start_keyboard())


async def show_help(update: Update, context: Context) -> None:
    """List everything."""
    message, visitor = message_of(update)
    is_admin = context.services.access.is_admin(visitor.user_id)
    await message.reply_text(fixed_texts.HELP + (fixed_texts.ADMIN_HELP if is_admin else ""))


async def privacy(update: Update, _context: Context) -> None:
    """List what is stored."""
    message, _visitor = message_of(update)
    await message.reply_text(fixed_texts.PRIVACY)


async def status(update: Update, context: Context) -> None:
    """Report on the price sources, the queue, the uptime and the version; none of it is secret."""
    message, _visitor = message_of(update)
    services = context.services
    text = status_text(
        services.prices.status(), services.jobs.jobs(), services.started_at, services.clock(), context.zone
    )
    await message.reply_text(text)


async def hint(update: Update, _context: Context) -> None:
    """Answer what is no command with what to type."""
    message, _visitor = message_of(update)
    await message.reply_text(fixed_texts.HINT)


async def stale_button(update: Update, _context: Context) -> None:
    """Answer a press on a button of an older version."""
    if update.callback_query:
        await update.callback_query.answer(fixed_texts.STALE_BUTTON, show_alert=True)
