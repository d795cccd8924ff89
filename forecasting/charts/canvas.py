"""A sheet to draw on, and its PNG: matplotlib's object interface, which shares no state between threads."""

from io import BytesIO
from pathlib import Path
from typing import Any, Final

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from PIL import Image

from forecasting.charts import theme

_FONT_FILE: Final = Path(mpl.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
_GLYPHS: Final = frozenset(FT2Font(str(_FONT_FILE)).get_charmap())
REGULAR: Final = FontProperties(fname=_FONT_FILE)
BOLD: Final = FontProperties(fname=_FONT_FILE.with_name("DejaVuSans-Bold.ttf"))
_COLOURS: Final = 256
"""A chart of flat colours and smooth type loses nothing at 256 colours, and its PNG is a third of the size."""


class Sheet:
    """One picture, before it is encoded."""

    def __init__(self, height_in: float = theme.HEIGHT_IN) -> None:
        self.figure = Figure(figsize=(theme.WIDTH_IN, height_in), dpi=theme.DPI, facecolor=theme.PAPER)
        self._canvas = FigureCanvasAgg(self.figure)

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Axes at fractions of the sheet, with a quiet horizontal grid and no frame."""
        axes = self.figure.add_axes((left, bottom, width, height))
        for side in axes.spines.values():
            side.set_visible(False)
        axes.grid(axis="y", color=theme.GRID, linewidth=1.5)
        axes.set_axisbelow(True)
        axes.tick_params(length=0, pad=10)
        return axes

    def write(self, x: float, y: float, text: str, size: float, **style: Any) -> Text:  # noqa: ANN401 - matplotlib's own keywords
        """Write at fractions of the sheet."""
        return self.figure.text(x, y, plain(text), fontsize=size, **lettering(style))

    def patch(self, left: float, bottom: float, width: float, height: float, colour: str) -> None:
        """Fill a rectangle at fractions of the sheet."""
        area = Rectangle((left, bottom), width, height, color=colour, transform=self.figure.transFigure, linewidth=0)
        self.figure.add_artist(area)

    def png(self) -> bytes:
        """Draw and encode."""
        self._canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib types its figures, not its canvases
        pixels = self._canvas.buffer_rgba()  # type: ignore[no-untyped-call]  # as above
        picture = Image.frombuffer("RGBA", self._canvas.get_width_height(), pixels).convert("RGB")
        encoded = BytesIO()
        picture.quantize(_COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(encoded, "PNG")
        return encoded.getvalue()


def shrink(text: Text, max_share: float) -> None:
    """Make a text smaller where it is wider than a share of the sheet, so that all of it can be read."""
    figure = text.get_figure(root=True)
    width = text.get_window_extent().width / figure.bbox.width if figure else 0
    if width > max_share:
        text.set_fontsize(float(text.get_fontsize()) * max_share / width)


def lettering(style: dict[str, Any]) -> dict[str, Any]:
    """The keywords of every text: matplotlib's own font (never the host's), and no dollar sign read as a formula."""
    bold = style.pop("bold", False)
    return {"fontproperties": BOLD if bold else REGULAR, "parse_math": False, "color": theme.INK, **style}


def plain(text: str) -> str:
    """The text without characters that the font cannot show."""
    return "".join(letter for letter in text if ord(letter) in _GLYPHS).strip()
