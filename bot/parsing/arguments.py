"""Pure: a command's arguments, and the plain kinds of them: numbers and ids."""

import re
from typing import Final

from forecasting.errors import InputError

_WHOLE_NUMBER: Final = re.compile(r"[0-9]{1,18}", re.ASCII)


class UsageError(InputError):
    """The text is not the command it starts with; the next step is what to type instead."""

    def __init__(self, what: str, *examples: str) -> None:
        """Each example is shown, to be typed as it is."""
        super().__init__(what, f"Try {' or '.join(examples)}.")


def arguments(text: str) -> list[str]:
    """Split a text at white space, without its leading /command or /command@bot."""
    words = text.split()
    return words[1:] if words and words[0].startswith("/") else words


def whole_number(word: str) -> int | None:
    """Read a whole number that is not negative."""
    return int(word) if _WHOLE_NUMBER.fullmatch(word) else None


def parse_chat_id(text: str, command: str) -> int:
    """Read the chat's id of `/allow 123456789`; groups have negative ids.

    Raises:
        UsageError: there is none, or something else.
    """
    match arguments(text):
        case [word] if number := whole_number(word.removeprefix("-")):
            return -number if word.startswith("-") else number
        case _:
            raise UsageError("Which chat? I need its id.", f"{command} 123456789")
