"""Texts without variables: what the bot is, what it can do, what it stores, and its commands."""

from typing import Final

from telegram import BotCommand

START: Final = (
    "<b>Fanchart</b> shows where a price will probably be in the next 1 to 20 sessions: a fan of ranges, "
    "not a promise.\n\n"
    "Every forecast comes with its past errors beside “no change”, and is scored again when its date has passed. "
    "A small neural network (an LSTM) makes it.\n\n"
    "Three things to tap:"
)

HELP: Final = (
    "<b>Ask</b>\n"
    "/predict AAPL · the next 5 sessions, or <code>/predict AAPL 20</code>, or just <code>$AAPL</code>\n"
    "/compare AAPL MSFT · the fans side by side\n"
    "<b>Check</b>\n"
    "/evaluate AAPL · past forecasts beside simple methods\n"
    "/record AAPL · how the published forecasts did\n"
    "/model AAPL · which model answers, and why\n"
    "<b>Every day</b>\n"
    "/subscribe AAPL · also <code>/subscribe AAPL 08:30</code>\n"
    "/subscriptions · /unsubscribe · /alert AAPL · /alerts · /pause · /resume\n"
    "/timezone · /quiet 22:00-07:00\n"
    "<b>Train</b>\n"
    "/train AAPL · /jobs · /cancel 12\n"
    "<b>About</b>\n"
    "/status · /privacy · /mydata · /forget\n\n"
    "<i>Ranges, not advice. Type a name (bank of america) or Yahoo's symbol: AAPL, BRK-B, 7203.T, ^GSPC, BTC-USD, "
    "EUR/USD.</i>"
)

ADMIN_HELP: Final = (
    "\n\n<b>Admins</b>\n/allow 123 · /deny 123 · /tune AAPL · <code>/train *</code> trains on all symbols here\n"
    "/refetch AAPL · its prices fetched anew"
)

PRIVACY: Final = (
    "<b>What is kept</b>, on the machine that runs this bot and nowhere else:\n"
    "• of a chat: its id, kind, title, timezone, subscriptions, what was sent to it, questions asked again later\n"
    "• of a person: id and name, how often you asked in the last 2 days, and the jobs you asked for\n"
    "Forecasts, prices and models belong to symbols, not to people. Your messages are not kept.\n\n"
    "/mydata shows all of it, /forget deletes it."
)

HINT: Final = "I answer to commands: try /predict AAPL, or just <code>$AAPL</code>. /help lists them all."
STALE_BUTTON: Final = "That button is from an older version of me. Please send the command again."
GONE_MESSAGE: Final = "I cannot change that message any more. Please send the command again."
MOVED_GROUP: Final = "This group has just become a supergroup, and everything came along. Please ask again."

COMMANDS: Final = (
    BotCommand("predict", "Fan chart of a symbol: /predict AAPL 10"),
    BotCommand("evaluate", "Past forecasts beside simple methods"),
    BotCommand("compare", "Two to four fans side by side"),
    BotCommand("subscribe", "A forecast every session: /subscribe AAPL"),
    BotCommand("subscriptions", "What is sent to this chat, and when"),
    BotCommand("unsubscribe", "Stop one"),
    BotCommand("alert", "Tell me when a price leaves its range"),
    BotCommand("alerts", "What I watch for here"),
    BotCommand("record", "How published forecasts did"),
    BotCommand("model", "Which model answers for a symbol"),
    BotCommand("train", "Train a symbol's own model"),
    BotCommand("jobs", "Trainings waiting and running"),
    BotCommand("cancel", "Stop one of your trainings"),
    BotCommand("timezone", "Set this chat's timezone"),
    BotCommand("quiet", "Hours without messages: /quiet 22:00-07:00"),
    BotCommand("pause", "Hold the daily forecasts back"),
    BotCommand("resume", "Send them again"),
    BotCommand("status", "Prices, queue, version"),
    BotCommand("privacy", "What is kept"),
    BotCommand("mydata", "Everything kept about this chat"),
    BotCommand("forget", "Delete it"),
    BotCommand("help", "Everything I can do"),
)
ADMIN_COMMANDS: Final = (
    *COMMANDS,
    BotCommand("tune", "Search for better settings of a symbol's model"),
    BotCommand("refetch", "Fetch a symbol's prices anew: /refetch AAPL"),
    BotCommand("allow", "Let a chat use me: /allow 123"),
    BotCommand("deny", "Stop serving a chat"),
)
GROUP_COMMANDS: Final = tuple(command for command in COMMANDS if command.command not in {"mydata", "forget"})
