"""Texts on subscriptions, timezones, quiet hours and pauses."""

from collections.abc import Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from typing import Final
from zoneinfo import ZoneInfo

from bot.chats.types import QuietHours
from bot.push.types import Subscription, When
from bot.view.text.numbers import moment

_PAUSED: Final = "<b>Paused</b>: nothing is sent to this chat until /resume."


def when_words(when: When) -> str:
    """When forecasts come, as it reads in a sentence."""
    if when == "close":
        return "after every close"
    return "before every open" if when == "open" else f"at {when:%H:%M} after every session"


def when_question(symbol: str) -> str:
    """HTML above the buttons of when a symbol's forecast may come."""
    return f"When should the forecast of <b>{escape(symbol)}</b> come?"


def subscribed_text(made: Sequence[Subscription], zone: ZoneInfo, *, paused: bool) -> str:
    """HTML that confirms new subscriptions."""
    symbols = ", ".join(f"<b>{escape(one.symbol)}</b>" for one in made)
    when, soonest = made[0].when, min(one.next_due_at for one in made)
    text = f"{symbols}: a forecast {when_words(when)}, first on {moment(soonest, zone)}."
    return f"{text}\n{_PAUSED}" if paused else text


def subscription_list(own: Sequence[Subscription], zone: ZoneInfo, quiet: QuietHours | None, *, paused: bool) -> str:
    """HTML of everything that is sent to a chat, and when next."""
    if not own:
        return "Nothing is sent to this chat. Begin with /subscribe AAPL."
    by_time = sorted(
        (one for one in own if not one.paused), key=lambda one: (one.next_due_at, when_words(one.when), one.symbol)
    )
    groups = groupby(by_time, key=lambda one: (one.next_due_at, when_words(one.when)))
    lines = [
        f"• {', '.join(f'<b>{escape(one.symbol)}</b>' for one in same)} {when}; next {moment(at, zone)}"
        for (at, when), same in groups
    ]
    lines += [f"• <b>{escape(one.symbol)}</b> paused: no longer traded" for one in own if one.paused]
    notes = [f"Timezone {escape(zone.key)} (/timezone), {quiet_words(quiet)} (/quiet)."]
    if paused:
        notes.insert(0, _PAUSED)
    return "\n".join(("<b>Sent to this chat</b>", *lines, "", *notes))


def quiet_words(quiet: QuietHours | None) -> str:
    """A chat's quiet hours as they read in a sentence."""
    return f"quiet hours from {quiet.starts:%H:%M} to {quiet.ends:%H:%M}" if quiet else "no quiet hours"


def timezone_text(zone: ZoneInfo, now: datetime) -> str:
    """HTML of a chat's timezone and its local time; `now` is UTC."""
    return f"Timezone: <b>{escape(zone.key)}</b>. It is {now.astimezone(zone):%H:%M} there."


def timezone_question(zone: ZoneInfo, now: datetime) -> str:
    """HTML that shows the timezone and how to change it."""
    return f"{timezone_text(zone, now)}\nTap another one, type <code>/timezone Munich</code>, or share your location."


def places_text(place: str, *, found: bool) -> str:
    """HTML above the places that were found, or where none was."""
    if found:
        return "Which one?"
    return f"I do not know {escape(place)}. Try a larger city nearby, or share your location."
