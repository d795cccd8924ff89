"""Builds `forecasting/prices/names/names.tsv` from a CSV of listings (symbol, name, exchange, kind, ...).

    python benchmarks/build_names.py ../shared/data/names/names.csv

Left out: rows of `by_hand.tsv`, which are read before these; preferred shares, notes, units and warrants; symbols that
cannot be typed; and all but the shortest symbol of one name at one exchange.
"""

import csv
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from forecasting.prices.names import known_names
from forecasting.prices.names.known_names import Listed
from forecasting.prices.names.spelling import cores
from forecasting.prices.symbols import is_symbol

_OLD: Final = "DAI.DE DPW.DE DPWA.DE FP.PA RNL.PA DWNI.DE CSGN.SW CSGNE.SW SEV.PA EDF.PA SWMA.ST TKWY.AS HEIO.AS 0Y5X.L"
OLD: Final = frozenset(_OLD.split()) | {"0KWZ.L"}
"""Renamed or gone since the list was made."""
_NO_SHARE: Final = re.compile(
    r"preferred|senior notes|equity units|corporate units|\bwarrants?\b|\bpref\b", re.IGNORECASE
)
_PREFERRED: Final = re.compile(r"-P[A-Z]{0,2}(?:\.TO)?|[A-Z0-9]{12}\.PA|.*-WT\.TO")


def main(path: Path) -> None:
    """Write the file and print its size."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [Listed(row["symbol"], row["name"], row["exchange"], row["kind"]) for row in csv.DictReader(file)]
    by_hand = list(known_names.read(known_names.BY_HAND))
    known = {row.symbol for row in by_hand} | OLD
    kept = list(_shortest([row for row in rows if row.symbol not in known and _is_usable(row)], by_hand))
    lines = ["symbol\tname\texchange\tkind"]
    lines += [f"{row.symbol}\t{row.name}\t{row.exchange}\t{row.kind}" for row in kept]
    written = known_names.NAMES.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(kept)} of {len(rows)} names, {written / 1000:.0f} kB")


def _is_usable(row: Listed) -> bool:
    """Whether it is a share, fund, index or coin whose symbol can be typed."""
    is_other = _NO_SHARE.search(row.name) or re.search(rf"(?:{_PREFERRED.pattern})$", row.symbol)
    return is_symbol(row.symbol) and not (row.kind == "equity" and is_other)


def _shortest(rows: Sequence[Listed], by_hand: Sequence[Listed]) -> Iterable[Listed]:
    """Of each name at an exchange that is not there by hand the row with the shortest symbol, in the rows' order."""
    taken = set(_places(by_hand))
    shortest: dict[tuple[str, ...], Listed] = {}
    for row, place in zip(rows, _places(rows), strict=True):
        if place not in taken and (place not in shortest or len(row.symbol) < len(shortest[place].symbol)):
            shortest[place] = row
    return shortest.values()


def _places(rows: Sequence[Listed]) -> list[tuple[str, ...]]:
    """What only the listings of one company at one exchange have in common; classes of a US share are told apart."""
    american = known_names.UNITED_STATES
    named = zip(rows, cores([row.name for row in rows]), strict=True)
    return [("".join(core), row.exchange, row.symbol if row.exchange == american else "") for row, core in named]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
