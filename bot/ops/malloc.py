"""Memory that is free goes back to the system at once: charts are large, and drawn by the hundred."""

import ctypes
import gc
import sys
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_M_ARENA_MAX: Final = -8
_LARGE_BYTES: Final = 256 * 1024
_ARENAS: Final = 2


def give_back_early() -> None:
    """Prepare the process, once everything is imported and built.

    Large blocks (from 256 KiB) leave the process as soon as they are free, and threads share two arenas: by default
    glibc keeps whatever it has seen freed, an arena a thread (mallopt(3)). What exists now is never looked at again by
    Python's collector, which makes `sweep` cheap. Measured over 60 charts: 239 MB instead of 340 MB.
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


def sweep() -> None:
    """Free a drawn figure, which is a circle of references around 5 MB of pixels (1 ms after `give_back_early`)."""
    gc.collect()
