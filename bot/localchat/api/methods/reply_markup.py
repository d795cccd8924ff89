"""Keyboards read from a request (Bot API, "reply_markup")."""

from __future__ import annotations

from dataclasses import dataclass

from bot.localchat.api.request_parameters import Json, Parameters
from bot.localchat.state import limits
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.message import Button, InlineKeyboard, ReplyButton, ReplyKeyboard


@dataclass(frozen=True, slots=True)
class ReplyMarkup:
    """An inline keyboard, a custom one or neither."""

    inline: InlineKeyboard | None = None
    custom: ReplyKeyboard | None = None


def read_reply_markup(parameters: Parameters) -> ReplyMarkup:
    """Return the keyboard of `reply_markup`.

    Raises:
        ApiError: it is wrong or exceeds a limit.
    """
    markup = parameters.json_object("reply_markup")
    if "inline_keyboard" in markup.values:
        rows = _rows(markup, "inline_keyboard")
        keyboard = InlineKeyboard(tuple(tuple(map(_button, row)) for row in rows if row))
        limits.check_keyboard(keyboard)
        return ReplyMarkup(inline=keyboard if keyboard.rows else None)
    if "keyboard" in markup.values:
        keys = tuple(tuple(map(_reply_button, row)) for row in _rows(markup, "keyboard"))
        placeholder = markup.text("input_field_placeholder")
        return ReplyMarkup(custom=ReplyKeyboard(keys, markup.flag("one_time_keyboard"), placeholder))
    if markup.flag("remove_keyboard"):
        return ReplyMarkup(custom=ReplyKeyboard(()))
    return ReplyMarkup()


def _rows(markup: Parameters, name: str) -> list[list[Parameters]]:
    rows: Json = markup.values[name]
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad_request(f"object expected as reply markup: field {name} must be an Array of Arrays")
    return [[_button_object(markup, button) for button in row] for row in rows]


def _button_object(markup: Parameters, button: Json) -> Parameters:
    return markup.nested({"text": button} if isinstance(button, str) else button, "keyboard button")


def _button(button: Parameters) -> Button:
    switch, switch_here = (
        button.text(name) if name in button.values else None
        for name in ("switch_inline_query", "switch_inline_query_current_chat")
    )
    copied = button.json_object("copy_text").text("text")
    return Button(button.text("text"), button.text("callback_data"), button.text("url"), switch, switch_here, copied)


def _reply_button(button: Parameters) -> ReplyButton:
    return ReplyButton(button.text("text"), button.flag("request_location"))
