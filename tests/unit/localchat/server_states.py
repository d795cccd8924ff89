"""A small server state, and requests to it, for the tests of the local chat."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import UTC, datetime

import pytest
from PIL import Image

from bot.localchat import ADA, BEN, DEMO_BOT, SUNDAY_INVESTORS
from bot.localchat.api.bot_api import METHODS
from bot.localchat.api.request_parameters import Json, Parameters
from bot.localchat.state.error_responses import ApiError
from bot.localchat.state.files import Upload
from bot.localchat.state.server_state import ServerState, new_state
from bot.localchat.state.users import Group, Person, Topic

NOON = datetime(2026, 3, 2, 12, 0, 0, 250_000, tzinfo=UTC)
FORUM = Group(-1_002_000_000_001, "Forum", (ADA, BEN), (BEN,), (Topic(7, "Prices"),), bot_is_admin=True)
STRANGER = Person(404, "Stranger")


def new_server_state() -> ServerState:
    """Return a state with the demo's people, its group and a forum."""
    return new_state(DEMO_BOT, (ADA, BEN), (SUNDAY_INVESTORS, FORUM), lambda: NOON)


def call(of: ServerState, method: str, values: Mapping[str, Json]) -> Json:
    """Return what a method that needs no waiting answers."""
    return METHODS[method.lower()](of, Parameters(values))


def pending_updates(of: ServerState) -> list[Json]:
    """Return the updates that wait for the bot."""
    return list(of.updates.first(1000))


def png(width: int = 30, height: int = 20, colour: str = "teal") -> bytes:
    """Return a one-coloured PNG."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, "PNG")
    return written.getvalue()


def error_of(state: ServerState, method: str, **values: Json) -> str:
    """Return how a method refuses, without "Bad Request"."""
    with pytest.raises(ApiError) as refused:
        call(state, method, values)
    return refused.value.description.removeprefix("Bad Request: ")


def with_photo(state: ServerState, image: bytes | None = None, **values: Json) -> Json:
    """Return what sending a photo to Ada answers; any small one where none is given."""
    image = png() if image is None else image
    uploads = {"photo": Upload("x.png", "image/png", image)}
    return METHODS["sendphoto"](state, Parameters({"chat_id": ADA.id} | values, uploads))
