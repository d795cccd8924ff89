"""Columns of a price file as they are written, and refusals that name file, line and value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from forecasting.errors import BadPriceFile

Role = Literal["date", "time", "symbol", "open", "high", "low", "close", "adjusted", "volume"]
MAX_QUOTED: Final = 40
"""Characters of a value that a refusal shows."""
MISSING: Final = frozenset(
    (
        *("", "-", "--", "\N{EN DASH}", "\N{EM DASH}", ".", "null", "nan", "na", "n/a", "n.a.", "n/d", "k.a.", "none"),
        *("nil", "nat", "<na>", "\\n", "#n/a", "#n/a n/a", "#na", "#nv"),
    )
)
"""How tools write that there is no value, in small letters (`#NV` is German Excel's)."""


def quoted(text: str) -> str:
    """A value of a file on one line, in quotation marks: enough to find it by."""
    if not text.strip():
        return "an empty cell"
    line = "".join(character if character.isprintable() else " " for character in text.strip()[: MAX_QUOTED + 1])
    return f"“{line}”" if len(line) <= MAX_QUOTED else f"“{line[:MAX_QUOTED]}…”"


def is_missing(text: str) -> bool:
    """Whether a cell says that there is no value."""
    return text.strip().lower() in MISSING


@dataclass(frozen=True, slots=True)
class Column:
    """One column's cells, stripped, with the line that each is on."""

    file: str
    texts: Sequence[str]
    lines: Sequence[int]  # as an editor counts: the first is 1

    def fault(self, row: int, why: str, next_step: str) -> BadPriceFile:
        """The error that tells what is wrong with a row's cell."""
        return BadPriceFile(self.file, self.lines[row], f"{quoted(self.texts[row])} {why}", next_step)


@dataclass(frozen=True, slots=True)
class PriceTable:
    """The cells of a price file that are needed, by what they mean; every column has a cell for each row."""

    file: str
    delimiter: str
    lines: tuple[int, ...]
    cells: Mapping[Role, tuple[str, ...]]

    def column(self, role: Role) -> Column:
        """The cells of one meaning."""
        return Column(self.file, self.cells[role], self.lines)
