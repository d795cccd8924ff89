"""Every error of Fanchart, in one tree.

FanchartError                     what happened, and what to do next
├── InputError                    a person typed something that cannot be meant
│   └── UnknownSymbol             no source knows the symbol (may carry near matches)
├── PriceError                    prices could not be had, or cannot be used
│   ├── RateLimited               the source says "not now" (carries when to try again)
│   ├── SourceUnreachable         no answer, or none that makes sense
│   ├── TooLittleHistory          fewer sessions than a forecast needs
│   ├── StalePrices               the newest session is too old to stand on
│   └── BadPrices                 what came is not a price history
├── ModelError                    a model cannot answer
│   ├── NoModel                   there is none
│   └── BrokenArtefact            its bytes are not what was stored
├── JobError                      a training job did not end well
│   ├── JobFailed                 training raised
│   │   └── WorkerLost            its process died (out of memory, killed)
│   ├── JobTimedOut               it took longer than its deadline
│   ├── JobCancelled              somebody stopped it
│   └── QueueFull                 too many jobs wait already
├── AccessDenied                  who asks may not
├── LimitReached                  a quota is used up for now
├── StorageError                  the database said no
└── SettingsError                 a setting is missing or wrong
"""

from collections.abc import Callable
from datetime import date, datetime

from forecasting.types.bars import SymbolMatch


class FanchartError(Exception):
    """The root: a sentence of what happened and one of what to do next.

    Instances cross process walls intact: pickling rebuilds them from their attributes, whatever the
    constructor of the class looks like.
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        """Keep both sentences; `str()` joins them."""
        super().__init__(what, next_step)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        """Both sentences, joined by a space."""
        return f"{self.what} {self.next_step}".strip()

    def __reduce__(self) -> tuple[Callable[..., "FanchartError"], tuple[type["FanchartError"], dict[str, object]]]:
        """Rebuild from class and attributes, so that constructors may take what they like."""
        return _rebuild, (type(self), dict(self.__dict__))


def _rebuild(kind: type[FanchartError], attributes: dict[str, object]) -> FanchartError:
    """Make an instance without running its constructor, then give it back its attributes."""
    error = kind.__new__(kind, attributes["what"], attributes["next_step"])
    error.__dict__.update(attributes)
    return error


class InputError(FanchartError):
    """A person typed something that cannot be meant."""


class UnknownSymbol(InputError):
    """No source knows the symbol; `matches` holds what may have been meant."""

    def __init__(self, symbol: str, matches: tuple[SymbolMatch, ...] = ()) -> None:
        """Name the symbol and carry the near matches."""
        super().__init__(f"No price source knows {symbol}.", "Check the spelling, or type a company's name.")
        self.symbol = symbol
        self.matches = matches


class PriceError(FanchartError):
    """Prices could not be had, or cannot be used."""


class RateLimited(PriceError):
    """A source limits us; it is tried again at `retry_at` (UTC)."""

    def __init__(self, source: str, retry_at: datetime) -> None:
        """Name the source and when it is tried again."""
        super().__init__(f"{source} is limiting us.", f"Next try at {retry_at:%H:%M} UTC.")
        self.source = source
        self.retry_at = retry_at


class SourceUnreachable(PriceError):
    """A source gave no answer, or none that makes sense."""

    def __init__(self, source: str, reason: str, retry_at: datetime | None = None) -> None:
        """Name the source, the reason in a few words, and when it is tried again (UTC) if that is known."""
        again = f"Next try at {retry_at:%H:%M} UTC." if retry_at else "Try again in a few minutes."
        super().__init__(f"{source} cannot be reached ({reason}).", again)
        self.source = source
        self.reason = reason
        self.retry_at = retry_at


class TooLittleHistory(PriceError):
    """A symbol has fewer sessions than a forecast needs."""

    def __init__(self, symbol: str, sessions: int, needed: int) -> None:
        """Say how many there are and how many it takes."""
        super().__init__(
            f"{symbol} has {sessions} sessions of prices; a forecast needs {needed}.",
            "Try a symbol that has traded for at least a year.",
        )
        self.symbol = symbol
        self.sessions = sessions
        self.needed = needed


class StalePrices(PriceError):
    """The newest session is too old to stand on."""

    def __init__(self, symbol: str, last_session: date) -> None:
        """Name the newest session there is."""
        super().__init__(f"The newest price of {symbol} is of {last_session:%-d %b %Y}.", "It may no longer trade.")
        self.symbol = symbol
        self.last_session = last_session


class BadPrices(PriceError):
    """What a source sent is not a price history."""


class ModelError(FanchartError):
    """A model cannot answer."""


class NoModel(ModelError):
    """There is no model to answer with."""


class BrokenArtefact(ModelError):
    """A stored model's bytes are not what was stored."""


class JobError(FanchartError):
    """A training job did not end well."""


class JobFailed(JobError):
    """Training raised an error in the worker."""


class WorkerLost(JobFailed):
    """The worker process died under the job: out of memory, or killed."""


class JobTimedOut(JobError):
    """A job took longer than its deadline and was stopped."""


class JobCancelled(JobError):
    """Somebody stopped the job."""


class QueueFull(JobError):
    """Too many jobs wait already."""


class AccessDenied(FanchartError):
    """Who asks may not."""


class LimitReached(FanchartError):
    """A quota is used up for now."""


class StorageError(FanchartError):
    """The database said no."""


class SettingsError(FanchartError):
    """A setting is missing or wrong."""
