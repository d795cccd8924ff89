"""SQLite: the only package that knows sqlite-utils; one file for each store."""

from storage.opening import Stores, open, open_models, sole_use  # noqa: A004 - `storage.open`, as `gzip.open`

__all__ = ["Stores", "open", "open_models", "sole_use"]
