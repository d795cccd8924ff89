"""Our client of the Bot API: python-telegram-bot's, with our defaults and a repr without its token."""

from typing import Final

from telegram import LinkPreviewOptions
from telegram.constants import ParseMode
from telegram.ext import BaseRateLimiter, Defaults, ExtBot
from telegram.request import HTTPXRequest

from bot.settings import Settings

READ_TIMEOUT_S: Final = 20.0

Bot = ExtBot[int]
"""What everything that sends or edits is given; its rate limiter takes a priority."""


class QuietBot(ExtBot[int]):
    """A bot whose repr does not show its token, as python-telegram-bot's own does."""

    def __repr__(self) -> str:
        return "QuietBot"


def make_bot(settings: Settings, rate_limiter: BaseRateLimiter[int]) -> Bot:
    """The bot of the settings' token and Bot API server; it writes HTML and shows no link previews."""
    return QuietBot(
        settings.telegram_token.get_secret_value(),
        base_url=settings.telegram_base("bot"),
        base_file_url=settings.telegram_base("file/bot"),
        request=HTTPXRequest(read_timeout=READ_TIMEOUT_S),
        get_updates_request=HTTPXRequest(connection_pool_size=1, read_timeout=READ_TIMEOUT_S),
        defaults=Defaults(parse_mode=ParseMode.HTML, link_preview_options=LinkPreviewOptions(is_disabled=True)),
        rate_limiter=rate_limiter,
    )
