"""What an update asks: the message or press in it, and who sent it."""

from contextlib import suppress

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest

from bot.access.policy import Visitor
from bot.view.buttons import Press


def visitor_of(update: Update) -> Visitor | None:
    """Who speaks and where; an inline question comes from a person alone; None for what nobody in person sent."""
    user, chat = update.effective_user, update.effective_chat
    if user is None:
        return None
    return Visitor(chat.id if chat else user.id, user.id)


def asked(update: Update) -> tuple[Message, Visitor]:
    """The message that a command came in, new or edited, and who sent it.

    Raises:
        LookupError: the update is no message of a person; the handlers' filters let none such through.
    """
    message, visitor = update.effective_message, visitor_of(update)
    if message is None or visitor is None:
        raise LookupError(update.update_id)
    return message, visitor


def text_of(message: Message) -> str:
    """What was written."""
    return message.text or ""


def pressed(update: Update) -> tuple[CallbackQuery, Press]:
    """The press on one of our buttons; the handlers' patterns let no other through.

    Raises:
        LookupError: there is none.
    """
    query = update.callback_query
    press = Press.read(query.data) if query else None
    if query is None or press is None:
        raise LookupError(update.update_id)
    return query, press


async def acknowledge(query: CallbackQuery, words: str = "") -> None:
    """End the waiting sign on a pressed button, which is worth nothing any more when it took too long.

    Without words none are sent: where python-telegram-bot has defaults, it makes "[]" of an empty text.
    """
    with suppress(BadRequest):
        await query.answer(words or None)
