"""Values of the house as JSON: dates as text, arrays as lists, NaN as null."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np


def as_json(value: object) -> str:
    """The value as an indented JSON document."""
    return json.dumps(_plain(value), indent=2, ensure_ascii=False, allow_nan=False)


def _plain(value: object) -> Any:  # noqa: ANN401 - what JSON knows: dict, list, str, numbers, None
    """The value in JSON's own types.

    Raises:
        TypeError: it is of a type that no answer holds.
    """
    match value:
        case None | bool() | int() | str():
            plain: Any = value
        case float():
            plain = float(value) if isfinite(value) else None
        case date() | Path():
            plain = value.isoformat() if isinstance(value, date) else str(value)
        case np.ndarray() | np.generic():
            plain = _plain(value.tolist())
        case Mapping():
            plain = {str(key): _plain(each) for key, each in value.items()}
        case Sequence():
            plain = [_plain(each) for each in value]
        case _ if is_dataclass(value):
            plain = {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            raise TypeError(type(value).__name__)
    return plain
