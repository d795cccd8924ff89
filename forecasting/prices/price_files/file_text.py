"""From a file's bytes to its text: compression and encoding, both bounded."""

import codecs
import zlib
from pathlib import Path
from typing import Final

from forecasting.errors import BadPriceFile

MAX_FILE_BYTES: Final = 20_000_000
"""Of a file, and of what it unpacks to."""
AS_TEXT: Final = "Save it as CSV, in UTF-8."
_GZIP: Final = b"\x1f\x8b"
_ARCHIVES: Final = (b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")
"""Zip archives, among them Excel's .xlsx, and Excel's older .xls."""
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNMARKED: Final = ("utf-8", "cp1252")
"""Windows' Western letters come last: nearly every byte means one there."""


def text_of(path: Path) -> str:
    r"""The text of a file, its lines ended by `\n`.

    Raises:
        BadPriceFile: it cannot be read, is too large, or is no text.
    """
    data = _bytes_of(path)
    if data.startswith(_GZIP):
        data = _unpacked(data, path.name)
    if data.startswith(_ARCHIVES):
        raise BadPriceFile(path.name, None, "is an Excel workbook or a zip archive.", AS_TEXT)
    text = _decoded(data, path.name)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _bytes_of(path: Path) -> bytes:
    try:
        if not path.is_file():  # a pipe would never end
            raise BadPriceFile(path.name, None, "is no file.", "Put a file in its place.")
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise BadPriceFile(path.name, None, "cannot be read.", "Allow it to be read.") from error
    _require_bounded(data, path.name)
    return data


def _unpacked(data: bytes, name: str) -> bytes:
    """What one or more gzip members hold, unpacked no further than is allowed."""
    found = b""
    try:
        while data.startswith(_GZIP):
            member = zlib.decompressobj(zlib.MAX_WBITS | 16)
            found += member.decompress(data, MAX_FILE_BYTES + 1 - len(found))
            _require_bounded(found, name)
            if not member.eof:
                raise BadPriceFile(name, None, "is cut off: its gzip data has no end.", "Copy it again.")
            data = member.unused_data
    except zlib.error as error:
        raise BadPriceFile(name, None, "is damaged: its gzip data cannot be unpacked.", "Copy it again.") from error
    return found


def _require_bounded(data: bytes, name: str) -> None:
    if len(data) > MAX_FILE_BYTES:
        what = f"is larger than {MAX_FILE_BYTES // 1_000_000} MB."
        raise BadPriceFile(name, None, what, "Keep daily prices in it only.")


def _decoded(data: bytes, name: str) -> str:
    for encoding in _encodings(data):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    raise BadPriceFile(name, None, "is no text.", AS_TEXT)


def _encodings(data: bytes) -> tuple[str, ...]:
    """What the bytes may be encoded in, the likeliest first."""
    marked = tuple(encoding for mark, encoding in _MARKS if data.startswith(mark))
    if marked:
        return marked
    head = data[:200]
    if b"\0" in head:  # UTF-16 without a mark: every other byte of its digits is zero
        return ("utf-16-le",) if b"\0" not in head[::2] else ("utf-16-be",)
    return _UNMARKED
