"""Small worlds for the tests of the local chat's parts."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime

from PIL import Image

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.methods import METHODS
from bot.localchat.parameters import Parameters
from bot.localchat.people import Group, Person, Topic
from bot.localchat.updates import Json
from bot.localchat.world import World, new_world

NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
FORUM = Group(-1_002_000_000_001, "Forum", (ADA, BEN), (BEN,), (Topic(7, "Prices"),), bot_is_admin=True)
STRANGER = Person(404, "Stranger")


def world() -> World:
    """Return a world with the demo's people, its group and a forum."""
    return new_world(DEMO_BOT, (ADA, BEN), (SUNDAY_INVESTORS, FORUM), lambda: NOON)


def call(of: World, method: str, values: Mapping[str, Json]) -> Json:
    """Return what a method that needs no waiting answers."""
    return METHODS[method.lower()](of, Parameters(values))


def waiting(of: World) -> list[Json]:
    """Return the updates that wait for the bot."""
    return list(of.updates.first(1000))


def png(width: int = 30, height: int = 20, colour: str = "teal") -> bytes:
    """Return a one-coloured PNG."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, "PNG")
    return written.getvalue()
