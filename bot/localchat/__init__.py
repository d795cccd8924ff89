"""A Bot API server on 127.0.0.1 with a web page, for the demo and the end-to-end tests.

    async with LocalChat(people=(ADA, BEN), groups=(SUNDAY_INVESTORS,)) as chat:
        bot = Bot(chat.token, base_url=f"{chat.url}/bot", base_file_url=f"{chat.url}/file/bot")
        chat.write(ADA, ADA, "/predict AAPL")          # a person's private chat, a group or a chat id
        answer = await chat.wait_for(lambda: chat.bot_messages(ADA))
        chat.press(answer[-1], "20 sessions")
        chat.faults.plan(flood(5), method="sendPhoto", times=3)
        chat.journal.refused(429)

`rate_limits=RateLimits()` enforces Telegram's limits; see `api/rate_limits.py` for the exact rule.
"""

from bot.localchat.api.faults import Break, Fault, GroupMoves, blocked, flood, server_error
from bot.localchat.api.journal import JournalEntry
from bot.localchat.api.rate_limits import Rate, RateLimits
from bot.localchat.driver import LocalChat
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.message import Button, InlineKeyboard, Message
from bot.localchat.state.users import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS, Group, Person, Topic

__all__ = [
    "ADA",
    "BEN",
    "DEMO_BOT",
    "SUNDAY_INVESTORS",
    "ApiError",
    "Break",
    "Button",
    "Fault",
    "Group",
    "GroupMoves",
    "InlineKeyboard",
    "JournalEntry",
    "LocalChat",
    "Message",
    "Person",
    "Rate",
    "RateLimits",
    "Topic",
    "blocked",
    "flood",
    "server_error",
]
