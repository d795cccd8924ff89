"""What is said about subscriptions, hours and alerts, to the letter; and that what is suggested can be typed."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from html import unescape
from re import sub
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chats.types import QuietHours
from bot.parsing.push import AlertRequest, parse_alert, parse_when
from bot.parsing.timezones import POPULAR, Place, search
from bot.push.types import Alert, AlertFact, Subscription, When
from bot.view import keyboards
from bot.view.buttons import MAX_DATA_BYTES, Press
from bot.view.text.alerts import alert_line, alert_list, alert_message, alert_name, alert_question
from bot.view.text.subscriptions import (
    places_text,
    quiet_words,
    subscribed_text,
    subscription_list,
    timezone_question,
    when_words,
)
from forecasting.prices.symbols import MAX_LENGTH
from tests.factories import NOW

NEW_YORK, KOLKATA = ZoneInfo("America/New_York"), ZoneInfo("Asia/Kolkata")
LONGEST = "X" * MAX_LENGTH
ALERT = Alert(7, "AAPL", "XNYS", "price", 250.0, NOW, date(2024, 7, 3), 227.5)
QUIET = QuietHours(time(22), time(7))


def subscription(symbol: str, when: When = "close", due: datetime = NOW) -> Subscription:
    return Subscription(7, symbol, "XNYS", when, due)


def visible(html: str) -> str:
    return unescape(sub(r"<[^>]*>", "", html))


@pytest.mark.parametrize(
    ("when", "words"),
    [("close", "after every close"), ("open", "before every open"), (time(8, 5), "at 08:05 after every session")],
)
def test_times_read_in_a_sentence(when: When, words: str) -> None:
    assert when_words(when) == words


def test_a_confirmation_names_every_symbol_and_the_soonest_time() -> None:
    made = [subscription("A<B", due=NOW + timedelta(days=1)), subscription("MSFT")]
    told = subscribed_text(made, NEW_YORK, paused=False)
    assert told == "<b>A&lt;B</b>, <b>MSFT</b>: a forecast after every close, first on 3 Jul 17:30 EDT."
    assert subscribed_text(made, NEW_YORK, paused=True).splitlines()[1].startswith("<b>Paused</b>")


def test_a_list_puts_together_what_comes_together_soonest_first() -> None:
    later = NOW + timedelta(hours=12)
    own = [subscription("KO", time(8), later), subscription("MSFT"), subscription("AAPL"), subscription("BTC", "open")]
    assert visible(subscription_list(own, KOLKATA, QUIET, paused=False)).splitlines() == [
        "Sent to this chat",
        "• AAPL, MSFT after every close; next 4 Jul 03:00 IST",
        "• BTC before every open; next 4 Jul 03:00 IST",
        "• KO at 08:00 after every session; next 4 Jul 15:00 IST",
        "",
        "Timezone Asia/Kolkata (/timezone), quiet hours from 22:00 to 07:00 (/quiet).",
    ]


def test_a_pause_stands_before_the_notes_and_nothing_says_how_to_begin() -> None:
    paused = visible(subscription_list([subscription("AAPL")], NEW_YORK, None, paused=True)).splitlines()
    assert paused[-2:] == [
        "Paused: nothing is sent to this chat until /resume.",
        "Timezone America/New_York (/timezone), no quiet hours (/quiet).",
    ]
    assert subscription_list([], NEW_YORK, None, paused=True).endswith("Begin with /subscribe AAPL.")
    assert quiet_words(None) == "no quiet hours"


def test_a_timezone_is_shown_with_what_its_clocks_show() -> None:
    told = visible(timezone_question(KOLKATA, datetime(2024, 7, 3, 20, 31, tzinfo=UTC)))
    assert told.startswith("Timezone: Asia/Kolkata. It is 02:01 there.\n")
    assert places_text("<Atlantis>", found=False).startswith("I do not know &lt;Atlantis&gt;.")
    assert places_text("Paris", found=True) == "Which one?"


@pytest.mark.parametrize(
    ("alert", "name"),
    [
        (ALERT, "AAPL: close crosses 250.00"),
        (replace(ALERT, kind="band", level=0.95), "AAPL: close outside the 95% band"),
        (replace(ALERT, kind="chance", level=0.6), "AAPL: chance of rising crosses 60%"),
    ],
)
def test_alerts_have_names(alert: Alert, name: str) -> None:
    assert alert_name(alert) == name


def test_what_happened_is_told_in_one_line_a_kind() -> None:
    price = AlertFact("A&B", "price", level=250.0, close=227.5, currency="USD", chance_of_rising=0.614)
    band, chance = replace(price, kind="band", level=0.8), replace(price, kind="chance", level=0.6)
    assert alert_line(price) == "<b>A&amp;B</b> closed at $227.50, now below $250.00"
    assert alert_line(replace(price, level=227.5)).endswith("now above $227.50")
    assert alert_line(band).startswith("<b>A&amp;B</b> closed at $227.50, outside the 80% band")
    assert alert_line(chance) == "<b>A&amp;B</b> chance of a higher close in 5 sessions is 61% (level 60%)"
    assert alert_message([price, band]).splitlines() == [
        f"🔔 {alert_line(price)}",
        f"🔔 {alert_line(band)}",
        "<i>/alerts lists and removes them · not advice</i>",
    ]


def test_a_list_of_alerts_says_which_ones_rest() -> None:
    resting = replace(ALERT, cooldown_until=date(2024, 7, 9))
    over = replace(ALERT, symbol="KO", cooldown_until=ALERT.last_session)
    lines = visible(alert_list([resting, over])).splitlines()
    assert lines[1:3] == ["• AAPL: close crosses 250.00 (silent until 9 Jul 2024)", "• KO: close crosses 250.00"]
    assert "/alert AAPL" in alert_list([])


@given(close=st.floats(1e-6, 9e6))
def test_the_example_below_a_question_can_be_typed_as_it_is(close: float) -> None:
    shown = sub(r".*<code>(.*)</code>.*", r"\1", alert_question("BTC-USD", close))
    wanted = parse_alert(unescape(shown))
    assert isinstance(wanted, AlertRequest)
    assert (wanted.name, wanted.kind) == ("BTC-USD", "price")
    assert wanted.level == pytest.approx(close, rel=0.01)


def test_every_button_of_the_push_fits_the_longest_symbol_and_timezone() -> None:
    zone = max(available_timezones(), key=len)
    own = [subscription(LONGEST)] * 4
    many = [replace(ALERT, symbol=LONGEST, id=2**53)] * 2
    shown = (
        keyboards.digest_keyboard([LONGEST] * 4),
        keyboards.when_keyboard(LONGEST),
        keyboards.subscribed_keyboard(LONGEST),
        keyboards.unsubscribe_keyboard(own),
        keyboards.places_keyboard([Place("L" * 80, zone)]),
        keyboards.alert_keyboard(LONGEST),
        keyboards.alerts_keyboard(many),
    )
    for keyboard in shown:
        assert keyboard is not None
        for row in keyboard.inline_keyboard:
            assert len(row) <= 4
            for button in row:
                assert len(str(button.callback_data).encode()) <= MAX_DATA_BYTES
                assert 0 < len(button.text) <= 60
    assert keyboards.unsubscribe_keyboard([]) is None
    assert keyboards.alerts_keyboard([]) is None


def test_buttons_carry_what_the_commands_read() -> None:
    offered = [button for row in keyboards.when_keyboard("AAPL").inline_keyboard for button in row]
    times = [Press.read(str(button.callback_data)) for button in offered]
    assert [parse_when(press.arguments[1]) for press in times if press] == [
        "close",
        "open",
        *(time(hour) for hour in (7, 8, 18, 22)),
    ]
    watched = [button for row in keyboards.alert_keyboard("AAPL").inline_keyboard for button in row]
    assert [button.text for button in watched] == [
        "Leaves the 80% band",
        "Leaves the 95% band",
        "Chance crosses 40%",
        "Chance crosses 60%",
    ]
    pressed = [press.text for button in watched if (press := Press.read(str(button.callback_data)))]
    assert [parse_alert(text) for text in pressed] == [
        AlertRequest("AAPL", "band", 0.8),
        AlertRequest("AAPL", "band", 0.95),
        AlertRequest("AAPL", "chance", 0.4),
        AlertRequest("AAPL", "chance", 0.6),
    ]


def test_buttons_stand_three_in_a_row_and_the_way_to_the_settings_below() -> None:
    rows = keyboards.digest_keyboard(["A", "B", "C", "D"]).inline_keyboard
    assert [[button.text for button in row] for row in rows] == [["A", "B", "C"], ["D"], ["My subscriptions"]]


@pytest.mark.parametrize(
    ("place", "label"),
    [
        (Place("Europe/Berlin", "Europe/Berlin"), "Europe/Berlin"),
        (Place("New York", "America/New_York"), "America/New_York"),
        (Place("Munich, DE", "Europe/Berlin"), "Munich, DE · Europe/Berlin"),
    ],
)
def test_a_place_is_labelled_with_its_zone_once(place: Place, label: str) -> None:
    [[button]] = keyboards.places_keyboard([place]).inline_keyboard
    assert button.text == label
    assert Press.read(str(button.callback_data)) == Press("timezone", (place.timezone,))


def test_popular_places_are_found_by_their_own_names() -> None:
    for place in POPULAR:
        assert place.timezone in {found.timezone for found in search(place.label)}
