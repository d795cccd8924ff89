"""The shape of a Bot API method."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from bot.localchat.parameters import Parameters
from bot.localchat.updates import Json
from bot.localchat.world import World

Method = Callable[[World, Parameters], Json | Awaitable[Json]]
