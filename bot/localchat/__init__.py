"""A Bot API server on 127.0.0.1 with a web page: the demo's chat, and the stage of the end-to-end tests.

    async with LocalChat(people=(ADA, BEN), groups=(SUNDAY_INVESTORS,)) as chat:
        bot = Bot(chat.token, base_url=f"{chat.url}/bot", base_file_url=f"{chat.url}/file/bot")
        chat.say(ADA, ADA, "/predict AAPL")          # a person's private chat, or a group, or a chat id
        answer = await chat.wait_for(lambda: chat.bot_messages(ADA))
        chat.press(answer[-1], "20 sessions")
        chat.faults.plan(flood(5), method="sendPhoto", times=3)
        chat.journal.refused(429)

`rate_limits=RateLimits()` enforces Telegram's limits; see `rate_limits.py` for the exact rule.
"""

from bot.localchat.api_error import ApiError
from bot.localchat.driver import LocalChat
from bot.localchat.faults import Break, Fault, GroupMoves, blocked, flood, server_error
from bot.localchat.journal import JournalEntry
from bot.localchat.message import Button, Message
from bot.localchat.people import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS, Group, Person, Topic
from bot.localchat.rate_limits import Rate, RateLimits

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
