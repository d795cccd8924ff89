"""What a button carries: a versioned action with its arguments, within the 64 bytes that Telegram allows."""

import re
from dataclasses import dataclass
from typing import Final, Self

from telegram import InlineKeyboardButton

VERSION: Final = "1"
MAX_DATA_BYTES: Final = 64
"""Bot API, InlineKeyboardButton.callback_data: 1-64 bytes."""
_SEPARATOR: Final = "|"
_REPEATED: Final = {
    **{command: command for command in ("evaluate", "record", "compare", "alert", "train", "tune", "model")},
    "predict": "show",
    "subscribe": "when",
}
"""The press that does what a command does; where there is none, the forecast is shown."""


@dataclass(frozen=True, slots=True)
class Press:
    """A press on a button: what to do, and with what; written as `1|predict|AAPL|10`."""

    action: str
    arguments: tuple[str, ...] = ()

    def data(self) -> str:
        """The text that the button carries.

        Raises:
            ValueError: it is too long for a button, or an argument holds the separator.
        """
        parts = (VERSION, self.action, *self.arguments)
        text = _SEPARATOR.join(parts)
        if len(text.encode()) > MAX_DATA_BYTES or any(_SEPARATOR in part for part in parts):
            message = f"A button cannot carry {text!r}."
            raise ValueError(message)
        return text

    @property
    def text(self) -> str:
        """The arguments as a person would type them, to be parsed and checked like a command's."""
        return " ".join(self.arguments)

    @classmethod
    def read(cls, data: str | None) -> Self | None:
        """The press behind a button's text, or None for a button of another version."""
        version, *parts = (data or "").split(_SEPARATOR)
        return cls(parts[0], tuple(parts[1:])) if version == VERSION and parts else None


def asking_again(text: str, typed: str, symbol: str) -> Press:
    """The press that asks the same with a symbol in place of what was typed; where it fits no button, the forecast.

    Where what was typed is not in the text, which named its symbol otherwise, the symbol is all that is asked.
    `/subscribe boeing 08:00` becomes `1|when|BA|08:00`.
    """
    command, _, rest = text.strip().partition(" ")
    name = command.removeprefix("/").partition("@")[0].lower() if command.startswith("/") else ""
    whole = " ".join((rest if name else text).split())
    named = rf"(?<![^\s,$]){re.escape(' '.join(typed.split()))}(?![^\s,])"
    other, found = re.subn(named, lambda _: symbol, whole, count=1, flags=re.IGNORECASE)
    words = other.split() if found else [symbol]
    try:
        press = Press(_REPEATED.get(name, "show"), tuple(words) if name in _REPEATED or not name else (symbol,))
        press.data()
    except ValueError:
        return Press("show", (symbol,))
    return press


def button(label: str, action: str, *arguments: str) -> InlineKeyboardButton:
    """A button that carries an action."""
    return InlineKeyboardButton(label, callback_data=Press(action, arguments).data())


def pattern(action: str) -> str:
    """The regular expression that `CallbackQueryHandler` finds an action's buttons by."""
    return rf"^{VERSION}\|{action}(\||$)"
