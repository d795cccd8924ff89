"""What is in an update: the message or press, and who sent it."""

from contextlib import suppress

from telegram import CallbackQuery, Message, Update
from telegram.error import BadRequest

from bot.access.policy import Visitor
from bot.view.buttons import Press


def visitor_of(update: Update) -> Visitor | None:
    """Who sent an update and where; an inline query comes from a person alone. None where no person sent it."""
    user, chat = update.effective_user, update.effective_chat
    if user is None:
        return None
    return Visitor(chat.id if chat else user.id, user.id)


def message_of(update: Update) -> tuple[Message, Visitor]:
    """The message that a command came in, new or edited, and who sent it.

    Raises:
        LookupError: the update is no message of a person; the handlers' filters let none such through.
    """
    message, visitor = update.effective_message, visitor_of(update)
    if message is None or visitor is None:
        raise LookupError(update.update_id)
    return message, visitor


def text_of(message: Message) -> str:
    """A message's text, empty for a photo and the like."""
    return message.text or ""


def press_of(update: Update) -> tuple[CallbackQuery, Press]:
    """The press on one of our buttons; the handlers' patterns let no other through.

    Raises:
        LookupError: there is none.
    """
    query = update.callback_query
    press = Press.read(query.data) if query else None
    if query is None or press is None:
        raise LookupError(update.update_id)
    return query, press


async def acknowledge(query: CallbackQuery, text: str = "") -> None:
    """Answer a press, with a short text or none; too late an answer is refused, and that is no matter.

    An empty text is not sent: where python-telegram-bot has defaults, it makes "[]" of one.
    """
    with suppress(BadRequest):
        await query.answer(text or None)
