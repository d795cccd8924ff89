"""How names with a typo are understood: answered at once and right, offered, not found, or answered wrong.

python benchmarks/names.py [SEED]
"""

import sys
from collections import Counter
from random import Random
from typing import Final

from forecasting.prices.names.known_names import FUND, Listed, known_names
from forecasting.prices.names.matching import name_matcher
from forecasting.prices.names.spelling import cores

OUTCOMES: Final = ("right at once", "offered", "not found", "wrong at once")


def main(seed: int) -> None:
    """Print a line each for companies, indices and coins, and for funds."""
    random = Random(seed)
    listings = list(known_names().by_symbol.values())
    named = list(zip(listings, map(" ".join, cores([one.name for one in listings])), strict=True))
    for title, wants_funds in (("companies, indices, coins", False), ("funds", True)):
        asked = [(one, _with_typo(name, random)) for one, name in named if (one.kind == FUND) == wants_funds]
        counts = Counter(_outcome(one, typed) for one, typed in asked)
        shares = " · ".join(f"{name} {counts[name]} ({counts[name] / len(asked):.1%})" for name in OUTCOMES)
        print(f"{title} ({len(asked)}): {shares}")


def _outcome(meant: Listed, typed: str) -> str:
    matcher = name_matcher()
    found = matcher.surely(typed)
    if found:
        if found.name == meant.name:
            return "right at once"
        print(f"  “{typed}” ({meant.name}) was read as {found.name}")
        return "wrong at once"
    return "offered" if meant in matcher.similar(typed) else "not found"


def _with_typo(name: str, random: Random) -> str:
    """The name with two letters in the wrong order, a letter too few, too many, or another one."""
    place = random.randrange(len(name))
    letter = random.choice("abcdefghijklmnopqrstuvwxyz")
    before, here, after = name[:place], name[place], name[place + 1 :]
    return random.choice(
        (before + after[:1] + here + after[1:], before + after, before + here + here + after, before + letter + after)
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
