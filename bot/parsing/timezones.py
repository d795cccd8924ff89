"""Finds a timezone: by a city's name (cities with an airport), by a zone's own name, or by a place on the map."""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Final
from zoneinfo import available_timezones

import airportsdata
import tzfpy

MAX_RESULTS: Final = 6


@dataclass(frozen=True, slots=True)
class Place:
    """A city or zone."""

    label: str  # "Munich, DE"
    timezone: str  # an IANA name


POPULAR: Final = tuple(
    Place(zone.rpartition("/")[2].replace("_", " "), zone)
    for zone in (
        "America/New_York",
        "America/Los_Angeles",
        "Europe/London",
        "Europe/Berlin",
        "Asia/Kolkata",
        "Asia/Tokyo",
    )
)


def search(text: str) -> tuple[Place, ...]:
    """Up to 6 places whose name is, or else begins with, the text; accents and case do not matter."""
    wanted = _folded(text)
    if not wanted:
        return ()
    found = [place for name, place in _places() if name == wanted]
    if not found:
        found = [place for name, place in _places() if name.startswith(wanted)]
    return tuple(dict.fromkeys(found))[:MAX_RESULTS]


def at(latitude: float, longitude: float) -> str:
    """The timezone of a place on the map (degrees), as an IANA name."""
    return str(tzfpy.get_tz(longitude, latitude))


def is_timezone(text: str) -> bool:
    """Whether the text is the IANA name of a timezone that this machine has."""
    return text in available_timezones()


@cache
def _places() -> tuple[tuple[str, Place], ...]:
    """Every known place under its folded name: zones, then cities by alphabet, then zones by their last name."""
    known = available_timezones()
    zones = sorted(zone for zone in known if zone == "UTC" or _is_place(zone))
    airports = airportsdata.load("IATA").values()
    cities = sorted({(port["city"], port["country"], port["tz"]) for port in airports if port["tz"] in known})
    places = [(_folded(zone), Place(zone, zone)) for zone in zones]
    places += [(_folded(city), Place(f"{city}, {country}", zone)) for city, country, zone in cities if city]
    named = {name for name, _place in places}
    by_last_name = ((_folded(zone.rpartition("/")[2]), Place(zone, zone)) for zone in zones)
    return (*places, *(place for place in by_last_name if place[0] not in named))


def _is_place(zone: str) -> bool:
    """Whether a zone is named by a place, as "Europe/Berlin" is and "Etc/GMT+2" or "EST" is not."""
    return "/" in zone and not zone.startswith("Etc/")


def _folded(text: str) -> str:
    """The text in small letters without accents, as people type it."""
    letters = unicodedata.normalize("NFKD", text.replace("_", " ").casefold())
    return " ".join("".join(letter for letter in letters if not unicodedata.combining(letter)).split())
