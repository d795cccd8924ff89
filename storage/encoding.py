"""How values become columns and come back: UTC times, arrays of numbers, dataclasses as JSON."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Generic, TypeVar

import numpy as np
from pydantic import TypeAdapter, ValidationError

from forecasting.errors import StorageError
from forecasting.types.bars import FloatArray

T = TypeVar("T")


def to_text(moment: datetime) -> str:
    """A moment as UTC ISO 8601 text of one length, so that the order of texts is the order of moments.

    Raises:
        StorageError: the moment has no timezone, so nobody knows when it was.
    """
    if moment.tzinfo is None:
        what = f"The time {moment} has no timezone."
        raise StorageError(what, "Please report this.")
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def to_moment(text: str) -> datetime:
    """The moment of such a text, in UTC."""
    return datetime.fromisoformat(text)


def to_blob(numbers: FloatArray | Sequence[float]) -> bytes:
    """An array as raw little-endian float64 in C order; its shape is a matter of the columns beside it."""
    return np.ascontiguousarray(numbers, dtype="<f8").tobytes()


def to_array(blob: bytes, *shape: int) -> FloatArray:
    """The float64 array of such bytes, in the given shape (one dimension may be -1), writable.

    Raises:
        StorageError: the bytes do not fill the shape.
    """
    try:
        return np.frombuffer(blob, dtype="<f8").astype(np.float64).reshape(shape)
    except ValueError as error:
        what = f"Stored numbers are damaged ({error})."
        raise StorageError(what, "Stop the bot and restore a backup.") from error


class Json(Generic[T]):
    """Writes values of one type as JSON and reads them back; NaN and infinities are written as such."""

    def __init__(self, kind: type[T]) -> None:
        """Make the codec of a dataclass, or of a tuple or mapping of plain values."""
        self._kind = kind
        self._adapter = TypeAdapter(kind)

    def dump(self, value: T) -> str:
        """The value as JSON, the same text for equal values."""
        return json.dumps(self._adapter.dump_python(value, mode="json"), separators=(",", ":"), sort_keys=True)

    def load(self, text: str) -> T:
        """The value of such JSON, checked field by field: none missing, none unknown, each of its type.

        Raises:
            StorageError: the text is not such a value.
        """
        try:
            return self._adapter.validate_json(text, extra="forbid")
        except ValidationError as error:
            name = getattr(self._kind, "__name__", "value")
            what = f"A stored {name} cannot be read ({error.error_count()} errors)."
            raise StorageError(what, "Stop the bot and restore a backup.") from error
