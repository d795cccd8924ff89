"""Formatted texts and keyboards read out of a request."""

from __future__ import annotations

from dataclasses import dataclass

from bot.localchat import limits
from bot.localchat.api_error import bad_request
from bot.localchat.autolink import with_links
from bot.localchat.html_text import parse_html
from bot.localchat.message import Button, Entity, FormattedText, InlineKeyboard, ReplyButton, ReplyKeyboard
from bot.localchat.parameters import Parameters
from bot.localchat.updates import Json


@dataclass(frozen=True, slots=True)
class Markup:
    """The keyboard of a request: inline, custom or neither."""

    inline: InlineKeyboard | None = None
    custom: ReplyKeyboard | None = None


def read_text(parameters: Parameters, name: str = "text") -> FormattedText:
    """Return a message's text, checked for size.

    Raises:
        ApiError: it is empty, too long or its markup is wrong.
    """
    return with_links(limits.checked_text(_formatted(parameters, name, "entities")))


def read_caption(parameters: Parameters) -> FormattedText:
    """Return a caption, checked for size; empty where there is none.

    Raises:
        ApiError: it is too long or its markup is wrong.
    """
    return with_links(limits.checked_caption(_formatted(parameters, "caption", "caption_entities")))


def _formatted(parameters: Parameters, name: str, entities_name: str) -> FormattedText:
    written = parameters.text(name)
    mode = parameters.text("parse_mode").lower()
    if mode == "html":
        return parse_html(written)
    if mode:
        raise bad_request("unsupported parse_mode (the local chat reads HTML)")
    return FormattedText(written, tuple(map(_entity, parameters.records(entities_name))))


def _entity(written: Parameters) -> Entity:
    offset, length = written.integer("offset"), written.integer("length")
    return Entity(written.text("type"), offset, length, written.text("url"), written.text("language"))


def read_markup(parameters: Parameters) -> Markup:
    """Return the keyboard of `reply_markup`, checked.

    Raises:
        ApiError: it is none that Telegram takes.
    """
    written = parameters.record("reply_markup")
    if "inline_keyboard" in written.values:
        rows = _rows(written, "inline_keyboard")
        keyboard = InlineKeyboard(tuple(tuple(map(_button, row)) for row in rows if row))
        limits.check_keyboard(keyboard)
        return Markup(inline=keyboard if keyboard.rows else None)
    if "keyboard" in written.values:
        keys = tuple(tuple(map(_key, row)) for row in _rows(written, "keyboard"))
        placeholder = written.text("input_field_placeholder")
        return Markup(custom=ReplyKeyboard(keys, written.flag("one_time_keyboard"), placeholder))
    if written.flag("remove_keyboard"):
        return Markup(custom=ReplyKeyboard(()))
    return Markup()


def _rows(written: Parameters, name: str) -> list[list[Parameters]]:
    rows: Json = written.values[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f"object expected as reply markup: field {name} must be an Array of Arrays")
    return [[_button_object(written, button) for button in row] for row in rows]


def _button_object(written: Parameters, button: Json) -> Parameters:
    return written.nested({"text": button} if isinstance(button, str) else button, "keyboard button")


def _button(written: Parameters) -> Button:
    switch, here = (
        written.text(name) if name in written.values else None
        for name in ("switch_inline_query", "switch_inline_query_current_chat")
    )
    copied = written.record("copy_text").text("text")
    return Button(written.text("text"), written.text("callback_data"), written.text("url"), switch, here, copied)


def _key(written: Parameters) -> ReplyButton:
    return ReplyButton(written.text("text"), written.flag("request_location"))
