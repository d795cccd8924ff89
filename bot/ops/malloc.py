"""Returns freed memory to the system at once: charts are large, and drawn by the hundred."""

import ctypes
import gc
import sys
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
_LARGE_BYTES: Final = 256 * 1024
_ARENAS: Final = 2


def release_early() -> None:
    """Configure the allocator and the collector, once everything is imported and built.

    Blocks from 256 KiB are returned as soon as they are free, and threads share two arenas: by default glibc keeps what
    was freed, in an arena a thread (mallopt(3)). What exists now is frozen, so that Python's collector does not look at
    it again and `collect` is cheap. Measured over 60 charts: 239 MB instead of 340 MB.
    """
    gc.collect()
    gc.freeze()
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):  # another C library, such as musl
        return
    mallopt(_M_MMAP_THRESHOLD, _LARGE_BYTES)
    mallopt(_M_ARENA_MAX, _ARENAS)


def collect() -> None:
    """Free a drawn figure, which is a circle of references around 5 MB of pixels (1 ms after `release_early`)."""
    gc.collect()
