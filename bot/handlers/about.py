"""/start, /help, /privacy and /status, and a kind word for what is no command and for buttons of older versions."""

from telegram import BotCommandScopeAllGroupChats, BotCommandScopeChat, BotCommandScopeDefault, Update
from telegram.error import BadRequest
from telegram.ext import BaseHandler, CallbackQueryHandler, CommandHandler, MessageHandler, filters

from bot.handlers.requests import asked
from bot.services import Context
from bot.telegram.client import Bot
from bot.view.keyboards import start_keyboard
from bot.view.text import fixed_texts
from bot.view.text.status import status_text


def handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """What the bot says about itself."""
    return (
        CommandHandler("start", start),
        CommandHandler("help", show_help),
        CommandHandler("privacy", privacy),
        CommandHandler("status", status),
    )


def last_handlers() -> tuple[BaseHandler[Update, Context, None], ...]:
    """For what no other handler knows; to be added after all others."""
    return (
        MessageHandler(filters.ChatType.PRIVATE & ~filters.StatusUpdate.ALL & ~filters.VIA_BOT, hint),
        CallbackQueryHandler(stale_button),
    )


async def register_commands(bot: Bot, admins: frozenset[int]) -> None:
    """Tell Telegram which commands to offer in private chats, in groups, and to admins.

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
    """Say what this is, with three things to tap."""
    message, _visitor = asked(update)
    await message.reply_text(fixed_texts.START, reply_markup=start_keyboard())


async def show_help(update: Update, context: Context) -> None:
    """List everything."""
    message, visitor = asked(update)
    is_admin = context.services.access.is_admin(visitor.user_id)
    await message.reply_text(fixed_texts.HELP + (fixed_texts.ADMIN_HELP if is_admin else ""))


async def privacy(update: Update, _context: Context) -> None:
    """Say what is kept."""
    message, _visitor = asked(update)
    await message.reply_text(fixed_texts.PRIVACY)


async def status(update: Update, context: Context) -> None:
    """How the price sources and the queue are doing, since when the bot runs, and which version; nothing is secret."""
    message, _visitor = asked(update)
    services = context.services
    text = status_text(
        services.prices.status(), services.jobs.jobs(), services.started_at, services.clock(), context.zone
    )
    await message.reply_text(text)


async def hint(update: Update, _context: Context) -> None:
    """Say what to type, to whoever writes something else."""
    message, _visitor = asked(update)
    await message.reply_text(fixed_texts.HINT)


async def stale_button(update: Update, _context: Context) -> None:
    """Say that a button is from an older version."""
    if update.callback_query:
        await update.callback_query.answer(fixed_texts.STALE_BUTTON, show_alert=True)
