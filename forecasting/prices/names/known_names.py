"""The names that ship with the package, read once when somebody first types a name."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from forecasting.prices.names.spelling import all_words, cores, key
from forecasting.types.bars import SymbolMatch

NAMES: Final = Path(__file__).with_name("names.tsv")
"""Made by `benchmarks/build_names.py`."""
BY_HAND: Final = Path(__file__).with_name("by_hand.tsv")
"""What people ask for most, with what else it is called; its rows come before those of `NAMES`."""
FUND: Final = "etf"
UNITED_STATES: Final = "US"


class Listed(NamedTuple):
    """A listing that is known by name."""

    symbol: str
    name: str
    exchange: str  # Yahoo's code, "US" for members of the S&P 500, or empty
    kind: str  # "equity", "etf", "index", "crypto" or "other"
    also_called: tuple[str, ...] = ()

    @property
    def match(self) -> SymbolMatch:
        """The listing as a search finds it."""
        return SymbolMatch(self.symbol, self.name, self.exchange)


class KnownNames:
    """Listings by their symbols, and by every key that their names have."""

    def __init__(self, listings: Iterable[Listed]) -> None:
        """Of two rows of one symbol, and of two claims to one key by hand, the first counts."""
        self.by_symbol: dict[str, Listed] = {}
        for listed in listings:
            self.by_symbol.setdefault(listed.symbol, listed)
        self.by_key: dict[str, tuple[Listed, ...]] = {
            key(called): (listed,) for listed in self.by_symbol.values() for called in listed.also_called
        }
        by_name: defaultdict[str, list[Listed]] = defaultdict(list)
        names = [listed.name for listed in self.by_symbol.values()]
        for listed, core, words in zip(self.by_symbol.values(), cores(names), all_words(names), strict=True):
            for spelling in {"".join(core), "".join(words)}:
                by_name[spelling].append(listed)
        for spelling, named in by_name.items():
            self.by_key.setdefault(spelling, _best(named))

    def exactly(self, spelling: str) -> Listed | None:
        """The one listing whose name has this key; None where there is none, or several companies have it."""
        found = self.by_key.get(spelling, ())
        return found[0] if len(found) == 1 else None


def _best(named: list[Listed]) -> tuple[Listed, ...]:
    """Who is meant by a name that several have: no fund, and a member of the S&P 500 rather than a namesake."""
    if len(named) == 1:
        return tuple(named)
    no_funds = [listed for listed in named if listed.kind != FUND] or named
    american = [listed for listed in no_funds if listed.exchange == UNITED_STATES]
    return tuple(american[:1] or no_funds)


@cache
def known_names() -> KnownNames:
    """All that ship with the package; takes some 20 ms at first."""
    return KnownNames([*read(BY_HAND), *read(NAMES)])


def read(path: Path) -> Iterator[Listed]:
    """The listings of a file."""
    _, *rows = path.read_text("utf-8").splitlines()
    for row in rows:
        symbol, name, exchange, kind, *also_called = row.split("\t")
        called = tuple(filter(None, also_called[0].split(";"))) if also_called else ()
        yield Listed(symbol, name, exchange, kind, called)
