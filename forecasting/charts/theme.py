"""How charts look: size, colours that colour-blind readers tell apart, and type sizes for a phone."""

from dataclasses import dataclass
from typing import Final

DPI: Final = 100
WIDTH_IN: Final = 10.8
HEIGHT_IN: Final = 10.8
"""1080 x 1080 pixels: the width of a phone, and less than the 1280 that messengers shrink to."""

PAPER: Final = "#ffffff"
AHEAD: Final = "#eff3f9"  # behind the sessions that have not come yet
INK: Final = "#16213a"
MUTED: Final = "#5c6780"
GRID: Final = "#e3e8f0"
BAND_95: Final = "#d5e5f7"
BAND_80: Final = "#a5c8ec"
BAND_50: Final = "#6aa3dc"
MEDIAN: Final = "#0a4a94"
NO_CHANGE: Final = "#c8501e"
WATERMARK: Final = "#8a94a8"
LINES: Final = ("#0a4a94", "#c8501e", "#11805a", "#8a5bb5", "#9a7400", "#5c6780")
"""For several forecasters: blue, vermilion, green, purple, ochre, grey."""

BAND_COLOURS: Final = ((0.95, BAND_95), (0.8, BAND_80), (0.5, BAND_50))
"""Widest first, so that the narrower ones are drawn on top."""


@dataclass(frozen=True, slots=True)
class TypeSizes:
    """Type sizes in points at 100 dpi; 24 points are about 11 pixels on a phone."""

    title: float = 40
    subtitle: float = 26
    label: float = 25
    tick: float = 23
    footer: float = 20


SIZES: Final = TypeSizes()
