"""A picture that Telegram takes."""

from io import BytesIO

from PIL import Image


def sample_photo(width: int = 90, height: int = 60) -> bytes:
    """A plain PNG of that many pixels."""
    encoded = BytesIO()
    Image.new("RGB", (width, height), "white").save(encoded, "PNG")
    return encoded.getvalue()
