"""A place as a person picks it, for its timezone."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A city or zone."""

    label: str  # "Munich, DE"
    timezone: str  # an IANA name
