"""Texts on alerts: their names, their messages, their list."""

from collections.abc import Sequence
from html import escape

from bot.push.types import Alert, AlertFact
from bot.view.text.numbers import bare_price, chance, day, price


def alert_name(alert: Alert) -> str:
    """What an alert waits for, in plain words: "AAPL: close outside the 80% band"."""
    if alert.kind == "band":
        return f"{alert.symbol}: close outside the {alert.level:.0%} band"
    if alert.kind == "chance":
        return f"{alert.symbol}: chance of rising crosses {alert.level:.0%}"
    return f"{alert.symbol}: close crosses {price(alert.level, '')}"


def alert_line(fact: AlertFact) -> str:
    """What happened, in HTML: one line."""
    close = escape(price(fact.close, fact.currency))
    symbol = f"<b>{escape(fact.symbol)}</b>"
    if fact.kind == "gone":
        return f"{symbol} is no longer traded; its last close was {close}. Its alerts here are paused"
    if fact.kind == "chance":
        rising = f"chance of a higher close in 5 sessions is {chance(fact.chance_of_rising)}"
        return f"{symbol} {rising} (level {fact.level:.0%})"
    if fact.kind == "price":
        side = "above" if fact.close >= fact.level else "below"
        return f"{symbol} closed at {close}, now {side} {escape(price(fact.level, fact.currency))}"
    return f"{symbol} closed at {close}, outside the {fact.level:.0%} band of the forecast made the session before"


def alert_message(facts: Sequence[AlertFact]) -> str:
    """The whole message, in HTML."""
    lines = dict.fromkeys(f"🔔 {alert_line(fact)}" for fact in facts)  # several alerts of one symbol end together
    return "\n".join((*lines, "<i>/alerts lists and removes them · not advice</i>"))


def alert_question(symbol: str, close: float) -> str:
    """HTML above the buttons of what a symbol can be watched for."""
    example = f"/alert {escape(symbol)} {bare_price(close, '').replace(',', '')}"
    return f"What should I watch <b>{escape(symbol)}</b> for? A price can be typed: <code>{example}</code>"


def alert_list(alerts: Sequence[Alert]) -> str:
    """Every alert of a chat, in HTML."""
    if not alerts:
        return "No alerts here. Set one with /alert AAPL."
    lines = [f"• {escape(alert_name(alert))}{_cooldown(alert)}" for alert in alerts]
    return "\n".join(("<b>Alerts of this chat</b>, checked after each close", *lines, "Tap one to remove it."))


def _cooldown(alert: Alert) -> str:
    """Until when an alert that was triggered is silent, or that it is paused."""
    if alert.paused:
        return " (paused: no longer traded)"
    until = alert.cooldown_until
    return f" (silent until {day(until)})" if until and until > alert.last_session else ""
