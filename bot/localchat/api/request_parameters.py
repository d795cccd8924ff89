"""A request's parameters, read with types, and the signature of a method that takes them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.files import Upload
from bot.localchat.state.server_state import ServerState

Json = Any  # a JSON value in the wire format; its shape is the Bot API's

_TRUE = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by name (strings from a query or form, any JSON value from a JSON body) and uploads by name."""

    values: Mapping[str, Json]
    uploads: Mapping[str, Upload] = field(default_factory=dict)

    def text(self, name: str, default: str = "") -> str:
        """Return a string, or `default` where the parameter is missing."""
        value = self.values.get(name)
        return default if value is None else str(value)

    def flag(self, name: str) -> bool:
        """Return a boolean; a missing one is false."""
        return self.text(name).lower() in _TRUE

    def integer(self, name: str, default: int = 0) -> int:
        """Return an integer, or `default` where it is missing.

        Raises:
            ApiError: it is not a number.
        """
        value = self.text(name)
        if not value:
            return default
        try:
            return int(value)
        except ValueError as error:
            raise bad_request(f"invalid {name} specified") from error

    def optional_integer(self, name: str) -> int | None:
        """Return an integer, or None where it is missing or 0."""
        return self.integer(name) or None

    def required_integer(self, name: str) -> int:
        """Return an integer.

        Raises:
            ApiError: it is missing or no number.
        """
        if not self.text(name):
            raise bad_request(f"{name} is empty")
        return self.integer(name)

    def number(self, name: str) -> float:
        """Return a number.

        Raises:
            ApiError: it is missing or no number.
        """
        try:
            return float(self.text(name))
        except ValueError as error:
            raise bad_request(f"{name} is empty") from error

    def json(self, name: str) -> Json:
        """Return a JSON value, or None where it is missing.

        Raises:
            ApiError: it is not JSON.
        """
        value = self.values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json.loads(value) if value else None
        except ValueError as error:
            raise bad_request(f"can't parse {name} JSON object") from error

    def json_object(self, name: str) -> Parameters:
        """Return a JSON object as parameters with the same uploads; empty where it is missing.

        Raises:
            ApiError: it is not a JSON object.
        """
        return self.nested(self.json(name) or {}, name)

    def json_objects(self, name: str) -> tuple[Parameters, ...]:
        """Return a JSON array of objects, each as parameters with the same uploads.

        Raises:
            ApiError: it is not an array of objects.
        """
        values = self.json(name) or []
        if not isinstance(values, list):
            raise bad_request(f"can't parse {name}: expected an Array")
        return tuple(self.nested(value, name) for value in values)

    def nested(self, value: Json, name: str) -> Parameters:
        """Return an object found inside these parameters as parameters with the same uploads.

        Raises:
            ApiError: it is not a JSON object.
        """
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: expected an Object")
        return Parameters(value, self.uploads)

    def upload(self, name: str) -> Upload | None:
        """Return the upload of a parameter: of its own name, or the one that `attach://<name>` points to.

        Raises:
            ApiError: the request holds no upload of that name.
        """
        value = self.text(name)
        if not value.startswith("attach://"):
            return self.uploads.get(name)
        if attached := self.uploads.get(value.removeprefix("attach://")):
            return attached
        raise bad_request("file is not found in the request: can't find attached file")


Method = Callable[[ServerState, Parameters], Json | Awaitable[Json]]
