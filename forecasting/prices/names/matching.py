"""Which listing a typed name means: surely enough to answer at once, or only to be offered.

The one file that knows rapidfuzz.
"""

from functools import cache
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from forecasting.prices.names.known_names import FUND, KnownNames, Listed, known_names
from forecasting.prices.names.spelling import all_words, cores, key, without_digraphs
from forecasting.types.bars import MAX_MATCHES

MAX_NAME_LENGTH: Final = 60
"""Of a text that is looked for among the names; nobody types a longer one."""
_MIN_BEGINNING: Final = 5
"""Letters of first words that stand for the whole name, where only one name begins with them."""
_MIN_TYPO: Final = 5
"""Letters of a name that may have a typo; with twice as many it may have two."""
_MAX_TYPOS: Final = 2
_MIN_SIMILAR: Final = 72.0
"""Of 100 by `fuzz.token_ratio`: less is not worth offering."""
_MIN_LETTERS: Final = 3
"""Of a text that anything is offered for."""
_TRIED: Final = 60


class NameMatcher:
    """Matches typed names with known ones."""

    def __init__(self, names: KnownNames) -> None:
        """Spell every name as people say it, and everything else that it is called."""
        self._names = names
        listings = list(names.by_symbol.values())
        called = [(name, listed) for listed in listings for name in listed.also_called]
        self._listings = listings + [listed for _, listed in called]
        said = cores([listed.name for listed in listings]) + all_words([name for name, _ in called])
        self._said = [" ".join(words) for words in said]

    def exactly(self, text: str) -> Listed | None:
        """The one listing with this name, however it is spelled."""
        line = _line(text)
        spellings = key(line), without_digraphs(key(line)), "".join(*cores([line]))
        return next(filter(None, map(self._names.exactly, spellings)), None)

    def surely(self, text: str) -> Listed | None:
        """The one listing that a name, its first words, or a name with a typo means; None where that is not sure."""
        return self.exactly(text) or self._by_first_words(_words(text)) or self._despite_typos(key(_line(text)))

    def similar(self, text: str) -> tuple[Listed, ...]:
        """Up to 5 listings that may have been meant, best first; companies, indices and coins before funds."""
        words = _words(text)
        if len(words) < _MIN_LETTERS:
            return ()
        found = process.extract(words, self._said, scorer=fuzz.token_ratio, score_cutoff=_MIN_SIMILAR, limit=_TRIED)
        hits = sorted((self._listings[place].kind == FUND, -score, place) for _, score, place in found)
        return tuple(dict.fromkeys(self._listings[place] for _, _, place in hits))[:MAX_MATCHES]

    def _by_first_words(self, words: str) -> Listed | None:
        """The one listing whose name begins with these words."""
        if len(words) < _MIN_BEGINNING:
            return None
        begun = zip(self._said, self._listings, strict=True)
        return _sole({listed for said, listed in begun if said.startswith(f"{words} ")})

    def _despite_typos(self, spelling: str) -> Listed | None:
        """The one listing whose name is a typo away, or two in a long name; digits have to be the very same."""
        allowed = min(len(spelling) // _MIN_TYPO, _MAX_TYPOS)
        known_keys = self._names.by_key.keys()
        near = process.extract(spelling, known_keys, scorer=OSA.distance, score_cutoff=allowed, limit=None)
        if not allowed or not all(_digits(known) == _digits(spelling) for known, _, _ in near):
            return None
        return _sole({one for known, _, _ in near for one in self._names.by_key[known]})


@cache
def name_matcher() -> NameMatcher:
    """The matcher of the names that ship with the package."""
    return NameMatcher(known_names())


def _sole(found: set[Listed]) -> Listed | None:
    return found.pop() if len(found) == 1 else None


def _line(text: str) -> str:
    return " ".join(text[:MAX_NAME_LENGTH].split())


def _words(text: str) -> str:
    return " ".join(*all_words([_line(text)]))


def _digits(spelling: str) -> str:
    return "".join(letter for letter in spelling if letter.isdigit())
