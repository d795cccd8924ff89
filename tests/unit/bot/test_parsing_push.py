"""What people type about pushes, and the cities they name."""

from contextlib import suppress
from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chats.types import QuietHours
from bot.parsing import timezones
from bot.parsing.arguments import UsageError
from bot.parsing.listing_names import parse_names
from bot.parsing.push import (
    AlertRequest,
    Subscribe,
    parse_alert,
    parse_alert_id,
    parse_place,
    parse_quiet,
    parse_subscribe,
    parse_when,
)
from forecasting.errors import InputError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/subscribe AAPL", Subscribe(("AAPL",), "close")),
        ("/subscribe@bot $AAPL, msft  8:05", Subscribe(("$AAPL", "msft"), time(8, 5))),
        ("/subscribe boeing 08:00", Subscribe(("boeing",), time(8))),
        ("/subscribe bank of america open", Subscribe(("bank of america",), "open")),
        ("/subscribe s&p 500", Subscribe(("s&p 500",), "close")),
        ("/subscribe NOSUCH AAPL", Subscribe(("NOSUCH", "AAPL"), "close")),
        ("/subscribe apple, bank of america", Subscribe(("apple", "bank of america"), "close")),
        ("/subscribe AAPL open", Subscribe(("AAPL",), "open")),
        ("/subscribe AAPL aapl 22.30", Subscribe(("AAPL",), time(22, 30))),
    ],
)
def test_subscribe(text: str, expected: Subscribe) -> None:
    assert parse_subscribe(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        *("/subscribe", "/subscribe 08:30", "/subscribe" + " A1" * 4 + " B C D E F G H I J K"),
        *("/subscribe AAPL 830", "/subscribe AAPL 8am", "/subscribe AAPL 25:00", "/subscribe AAPL 8:3"),
    ],
)
def test_what_is_no_subscription_says_what_to_type(text: str) -> None:
    with pytest.raises(UsageError, match="/subscribe AAPL"):
        parse_subscribe(text)


def test_quiet_hours() -> None:
    assert parse_quiet("/quiet 22:00-07:00") == QuietHours(time(22), time(7))
    assert parse_quiet("/quiet 22:00 to 7:00") == QuietHours(time(22), time(7))
    assert parse_quiet("/quiet OFF") is None


@pytest.mark.parametrize("text", ["/quiet", "/quiet 22:00", "/quiet 22:00-22:00", "/quiet 24:00-07:00", "/quiet a-b"])
def test_what_are_no_quiet_hours(text: str) -> None:
    with pytest.raises(UsageError, match="22:00-07:00"):
        parse_quiet(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/alert AAPL", "AAPL"),
        ("/alert AAPL 80%", AlertRequest("AAPL", "band", 0.8)),
        ("/alert aapl 95 %", AlertRequest("aapl", "band", 0.95)),
        ("/alert bank of america chance 60", AlertRequest("bank of america", "chance", 0.6)),
        ("/alert s&p 500", "s&p 500"),
        ("/alert s&p 500 6000", AlertRequest("s&p 500", "price", 6000.0)),
        ("/alert AAPL chance 60", AlertRequest("AAPL", "chance", 0.6)),
        ("/alert AAPL chance 5%", AlertRequest("AAPL", "chance", 0.05)),
        ("/alert AAPL $1,250.50", AlertRequest("AAPL", "price", 1250.5)),
    ],
)
def test_alert(text: str, expected: AlertRequest | str) -> None:
    assert parse_alert(text) == expected


@pytest.mark.parametrize(
    "text", ["/alert", "/alert AAPL 0", "/alert AAPL chance 0", "/alert AAPL 60%", "/alert AAPL nan", "/alert A -3"]
)
def test_what_is_no_alert(text: str) -> None:
    with pytest.raises(UsageError, match="/alert AAPL"):
        parse_alert(text)


@given(st.text(max_size=300))
def test_whatever_is_typed_is_read_or_answered(text: str) -> None:
    for command in (parse_subscribe, parse_quiet, parse_alert, parse_alert_id, parse_place, parse_names):
        with suppress(InputError):  # any other error would be ours
            command(f"/x {text}")


@given(st.times())
def test_every_time_of_day_is_read_as_it_is_written(clock: time) -> None:
    assert parse_when(f"{clock:%H:%M}") == clock.replace(second=0, microsecond=0)


@pytest.mark.parametrize(
    ("typed", "zone"),
    [
        ("Munich", "Europe/Berlin"),
        ("zürich", "Europe/Zurich"),
        ("NEW YORK", "America/New_York"),
        ("asia/kolkata", "Asia/Kolkata"),
        ("ho chi minh", "Asia/Ho_Chi_Minh"),
        ("mumbai", "Asia/Kolkata"),
        ("utc", "UTC"),
    ],
)
def test_cities_are_found_however_they_are_typed(typed: str, zone: str) -> None:
    assert zone in {place.timezone for place in timezones.search(typed)}


def test_what_is_no_city_finds_nothing_and_a_part_of_many_finds_few() -> None:
    assert timezones.search("xyzzy") == timezones.search(" ") == ()
    assert 1 < len(timezones.search("san")) <= timezones.MAX_RESULTS


@pytest.mark.parametrize(
    ("latitude", "longitude", "zone"),
    [(52.5, 13.4, "Europe/Berlin"), (40.7, -74.0, "America/New_York"), (30.0, -30.0, "Etc/GMT+2")],
)
def test_a_place_on_the_map_has_a_timezone(latitude: float, longitude: float, zone: str) -> None:
    assert timezones.at(latitude, longitude) == zone
