"""Small worlds for the tests of the local chat's parts."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from PIL import Image

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api_error import ApiError
from bot.localchat.files import Upload
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


def refusal(stage: World, method: str, **values: Json) -> str:
    """Return how a method refuses, without "Bad Request"."""
    with pytest.raises(ApiError) as refused:
        call(stage, method, values)
    return refused.value.description.removeprefix("Bad Request: ")


def with_photo(stage: World, image: bytes | None = None, **values: Json) -> Json:
    """Return what sending a photo to Ada answers; any small one where none is given."""
    image = png() if image is None else image
    uploads = {"photo": Upload("x.png", "image/png", image)}
    return METHODS["sendphoto"](stage, Parameters({"chat_id": ADA.id} | values, uploads))
