"""A request's parameters, read with types; they may have come as a query, a form, JSON or multipart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.localchat.api_error import bad_request
from bot.localchat.files import Upload
from bot.localchat.updates import Json

_TRUE = frozenset({"true", "1", "yes"})


@dataclass(frozen=True, slots=True)
class Parameters:
    """Values by name (strings from forms, any JSON value from a JSON body) and uploads by name."""

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
        """Return a whole number, or `default` where it is missing.

        Raises:
            ApiError: it is not a number.
        """
        written = self.text(name)
        if not written:
            return default
        try:
            return int(written)
        except ValueError as error:
            raise bad_request(f"invalid {name} specified") from error

    def optional_integer(self, name: str) -> int | None:
        """Return a whole number, or None where it is missing or 0."""
        return self.integer(name) or None

    def required_integer(self, name: str) -> int:
        """Return a whole number.

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

    def record(self, name: str) -> Parameters:
        """Return a JSON object as parameters of their own, beside the same uploads; empty where it is missing.

        Raises:
            ApiError: it is not a JSON object.
        """
        return self.nested(self.json(name) or {}, name)

    def records(self, name: str) -> tuple[Parameters, ...]:
        """Return a JSON array of objects, each as parameters of its own.

        Raises:
            ApiError: it is not an array of objects.
        """
        values = self.json(name) or []
        if not isinstance(values, list):
            raise bad_request(f"can't parse {name}: expected an Array")
        return tuple(self.nested(value, name) for value in values)

    def nested(self, value: Json, name: str) -> Parameters:
        """Return an object found inside these parameters as parameters of its own.

        Raises:
            ApiError: it is not a JSON object.
        """
        if not isinstance(value, dict):
            raise bad_request(f"can't parse {name}: expected an Object")
        return Parameters(value, self.uploads)

    def upload(self, name: str) -> Upload | None:
        """Return the upload of a parameter: of its own name, or the one that `attach://<name>` points to.

        Raises:
            ApiError: it points to an upload that did not come.
        """
        written = self.text(name)
        if not written.startswith("attach://"):
            return self.uploads.get(name)
        if attached := self.uploads.get(written.removeprefix("attach://")):
            return attached
        raise bad_request("file is not found in the request: can't find attached file")
