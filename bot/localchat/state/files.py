"""Photos, checked by decoding them, and documents."""

from __future__ import annotations

import hashlib
import io
import mimetypes
from dataclasses import dataclass, field

from PIL import Image, UnidentifiedImageError

from bot.localchat.state import limits
from bot.localchat.state.error_responses import bad_request
from bot.localchat.state.message import StoredFile

MAX_TOTAL_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as a request carried it."""

    name: str
    mime_type: str
    content: bytes


@dataclass(slots=True)
class Files:
    """Files by id; the same bytes sent twice are stored once, and beyond `max_bytes` the oldest are dropped."""

    max_bytes: int = MAX_TOTAL_BYTES
    _files: dict[str, StoredFile] = field(default_factory=dict)
    _contents: dict[str, bytes] = field(default_factory=dict)

    def add_photo(self, upload: Upload) -> StoredFile:
        """Decode and store a photo.

        Raises:
            ApiError: it is empty, larger than 10 MB, no image, or its sides exceed the limits.
        """
        limits.check_size(len(upload.content), limits.PHOTO_BYTES)
        unique_id = _digest(upload.content)
        if known := self._files.get(f"AgAC{unique_id}"):
            return known
        kind, width, height = _decoded(upload.content)
        path = f"photos/{unique_id}.{kind}"
        stored = StoredFile(
            f"AgAC{unique_id}", unique_id, path, "", f"image/{kind}", len(upload.content), width, height
        )
        return self._store(stored, upload.content)

    def add_document(self, upload: Upload) -> StoredFile:
        """Store any other file.

        Raises:
            ApiError: it is empty or larger than 50 MB.
        """
        limits.check_size(len(upload.content), limits.DOCUMENT_BYTES)
        unique_id = _digest(upload.name.encode() + b"\0" + upload.content)
        mime_type = mimetypes.guess_type(upload.name)[0] or "application/octet-stream"
        path = f"documents/{unique_id}"
        stored = StoredFile(f"BQAC{unique_id}", unique_id, path, upload.name, mime_type, len(upload.content))
        return self._store(stored, upload.content)

    def get(self, file_id: str) -> StoredFile:
        """Return the file of an id.

        Raises:
            ApiError: there is none.
        """
        if stored := self._files.get(file_id):
            return stored
        raise bad_request("wrong file identifier/HTTP URL specified")

    def content(self, file_id: str) -> bytes:
        """Return the bytes of a file that `get` knows."""
        return self._contents[file_id]

    def by_path(self, path: str) -> StoredFile | None:
        """Return the file of a path that `getFile` returned."""
        return next((stored for stored in self._files.values() if stored.path == path), None)

    def _store(self, stored: StoredFile, content: bytes) -> StoredFile:
        self._files[stored.file_id] = stored
        self._contents[stored.file_id] = content
        while sum(map(len, self._contents.values())) > self.max_bytes:
            oldest = next(iter(self._files))
            del self._files[oldest], self._contents[oldest]
        return stored


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:32]


def _decoded(content: bytes) -> tuple[str, int, int]:
    """Return the image's format and its width and height in pixels; every pixel is decoded."""
    try:
        with Image.open(io.BytesIO(content)) as image:
            limits.check_photo_sides(image.width, image.height)
            image.load()
            return (image.format or "").lower(), image.width, image.height
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise bad_request("IMAGE_PROCESS_FAILED") from error
