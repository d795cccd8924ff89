"""Every error of Fanchart, in one tree.

FanchartError                     what happened, and what to do next on any face
├── InputError                    what was typed makes no sense
│   └── UnknownSymbol             no source knows the symbol (may carry near matches)
├── PriceError                    prices could not be had, or cannot be used
│   ├── RateLimited               the source limits us (carries when it is tried again)
│   ├── SourceUnreachable         no answer, or none that makes sense
│   ├── SearchUnavailable         names cannot be looked up (carries when they can be)
│   ├── TooLittleHistory          fewer sessions than a forecast needs
│   ├── StalePrices               the newest session is too old: the day that was asked for has passed
│   ├── NoLongerTraded            the prices ended long ago: any forecast on them would be of the past
│   └── BadPrices                 what came is not a price history
│       └── BadPriceFile          a file of prices cannot be read (carries file and line)
├── ModelError                    a model cannot answer
│   ├── NoModel                   there is none
│   └── BrokenArtefact            its bytes are not what was stored
├── JobError                      a training job failed, or cannot be had
│   ├── JobFailed                 training raised
│   │   └── WorkerLost            its process died (out of memory, killed)
│   ├── JobTimedOut               it took longer than its deadline
│   ├── JobCancelled              somebody stopped it
│   ├── JobNotOpen                it has ended, or there never was one
│   └── QueueFull                 too many jobs are open
├── AccessDenied                  who asks may not
│   └── NotYourJob                the job was asked for by others
├── LimitReached                  a quota is used up for now
├── StorageError                  the database failed
└── SettingsError                 a setting is missing or wrong
"""

from collections.abc import Callable
from datetime import datetime

from forecasting.types.bars import PriceHistory, PriceTrouble, SymbolMatch


class FanchartError(Exception):
    """A sentence of what happened, and one of what to do next that holds for every face.

    A face puts a command of its own in place of `next_step` where it has one. Instances cross processes intact:
    pickling rebuilds them from their attributes, whatever the constructor takes.
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(what, next_step)
        self.what = what
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.what} {self.next_step}".strip()

    def __reduce__(self) -> tuple[Callable[..., "FanchartError"], tuple[type["FanchartError"], dict[str, object]]]:
        return _rebuild, (type(self), dict(self.__dict__))


def _rebuild(kind: type[FanchartError], attributes: dict[str, object]) -> FanchartError:
    error = kind.__new__(kind, attributes["what"], attributes["next_step"])
    error.__dict__.update(attributes)
    return error


class InputError(FanchartError):
    """What was typed makes no sense."""


class UnknownSymbol(InputError):
    """No source knows the symbol; `matches` holds what may have been meant."""

    def __init__(self, symbol: str, matches: tuple[SymbolMatch, ...] = ()) -> None:
        super().__init__(f"No price source knows {symbol}.", "Check the spelling, or type a company's name.")
        self.symbol = symbol
        self.matches = matches


class PriceError(FanchartError):
    """Prices could not be had, or cannot be used."""

    retry_at: datetime | None = None
    """When the source is tried again (UTC), where that is known."""


class RateLimited(PriceError):
    """A source limits us; it is tried again at `retry_at` (UTC)."""

    retry_at: datetime

    def __init__(self, source: str, retry_at: datetime) -> None:
        super().__init__(f"{source} is limiting us.", f"Try again at {retry_at:%H:%M} UTC.")
        self.source = source
        self.retry_at = retry_at


class SourceUnreachable(PriceError):
    """A source gave no answer, or none that makes sense; it is tried again at `retry_at` (UTC) if that is known."""

    def __init__(self, source: str, reason: str, retry_at: datetime | None = None) -> None:
        again = f"Try again at {retry_at:%H:%M} UTC." if retry_at else "Try again in a few minutes."
        super().__init__(f"{source} cannot be reached ({reason}).", again)
        self.source = source
        self.reason = reason
        self.retry_at = retry_at


class SearchUnavailable(PriceError):
    """A source cannot look names up for now, so nobody knows whether it has the symbol; charts may be well.

    `matches` holds similar names that are known already, `retry_at` (UTC) when names can be looked up again.
    """

    def __init__(self, text: str, retry_at: datetime | None = None, matches: tuple[SymbolMatch, ...] = ()) -> None:
        again = f"names can be looked up again at {retry_at:%H:%M} UTC" if retry_at else "try again in a few minutes"
        super().__init__(
            f"{text} is no symbol that is known, and names cannot be looked up right now.",
            f"Type the exact symbol, such as AAPL; {again}.",
        )
        self.symbol = text
        self.retry_at = retry_at
        self.matches = matches


class TooLittleHistory(PriceError):
    """A symbol has fewer sessions than a forecast needs."""

    def __init__(self, symbol: str, sessions: int, needed: int) -> None:
        super().__init__(
            f"{symbol} has {sessions} sessions of prices; a forecast needs {needed}.",
            "Try a symbol that has traded for at least a year.",
        )
        self.symbol = symbol
        self.sessions = sessions
        self.needed = needed


class StalePrices(PriceError):
    """The day `horizon` sessions after a symbol's newest price has passed, and nothing newer came.

    `reason` says why in a sentence, where that is known; `sessions_behind` counts the sessions that have closed since;
    `matches` holds what the symbol may be called now, where its source has forgotten it.
    """

    def __init__(
        self,
        history: PriceHistory,
        horizon: int,
        sessions_behind: int,
        trouble: PriceTrouble | None = None,
        matches: tuple[SymbolMatch, ...] = (),
    ) -> None:
        reason = trouble.sentence if trouble and trouble.cause != "old" else ""
        passed = "the session" if horizon == 1 else f"the day {horizon} sessions"
        super().__init__(
            f"{reason} The newest price of {history.symbol} ({history.name}) is {_last_price(history)}, nothing newer "
            f"came from {history.source}, and {passed} after it has passed.".lstrip(),
            "It may have another symbol now." if matches else "Ask for more sessions ahead, or again later.",
        )
        self.symbol = history.symbol
        self.name = history.name
        self.source = history.source
        self.close = float(history.close[-1])
        self.currency = history.currency
        self.last_session = history.last_session
        self.horizon = horizon
        self.sessions_behind = sessions_behind
        self.reason = reason
        self.retry_at = trouble.retry_at if trouble else None
        self.matches = matches


def _last_price(history: PriceHistory) -> str:
    return f"{history.close[-1]:g} {history.currency}".strip() + f" of {history.last_session:%-d %b %Y}"


class NoLongerTraded(PriceError):
    """A symbol's prices ended, and too many sessions have passed since for a forecast.

    `matches` holds what it may be called now.
    """

    def __init__(self, history: PriceHistory, matches: tuple[SymbolMatch, ...] = ()) -> None:
        super().__init__(
            f"{history.symbol} ({history.name}) is no longer traded at {history.source}: "
            f"its last price is {_last_price(history)}.",
            "It may have another symbol now.",
        )
        self.symbol = history.symbol
        self.name = history.name
        self.source = history.source
        self.close = float(history.close[-1])
        self.currency = history.currency
        self.last_session = history.last_session
        self.matches = matches


class BadPrices(PriceError):
    """What a source sent is not a price history."""


class BadPriceFile(BadPrices):
    """A file of prices cannot be read; `line` is where, as an editor counts, None where it is the file as a whole."""

    def __init__(self, file: str, line: int | None, why: str, next_step: str) -> None:
        super().__init__(f"{file} {why}" if line is None else f"{file}, line {line}: {why}", next_step)
        self.file = file
        self.line = line


class ModelError(FanchartError):
    """A model cannot answer."""


class NoModel(ModelError):
    """There is no such model; `symbol` is whose it would be, "" where that is not known."""

    def __init__(self, what: str, next_step: str = "Use the base model, or train one.", *, symbol: str = "") -> None:
        super().__init__(what, next_step)
        self.symbol = symbol


class BrokenArtefact(ModelError):
    """A stored model's bytes are not what was stored."""

    def __init__(self, what: str, next_step: str = "Train the model again.") -> None:
        super().__init__(what, next_step)


class JobError(FanchartError):
    """A training job failed, or cannot be had."""


class JobFailed(JobError):
    """Training raised an error in the worker."""


class WorkerLost(JobFailed):
    """The worker process died under the job: out of memory, or killed."""


class JobTimedOut(JobError):
    """A job took longer than its deadline and was stopped."""


class JobCancelled(JobError):
    """Somebody stopped the job."""


class JobNotOpen(JobError):
    """The job has ended, or there never was one of this number."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"There is no open job {job_id}.", "Look at the open ones first.")
        self.job_id = job_id


class QueueFull(JobError):
    """Too many jobs are open: `own` says whether of the person who asks, or in all."""

    def __init__(self, open_jobs: int, *, own: bool) -> None:
        whose = "jobs of yours" if own else "jobs"
        super().__init__(f"{open_jobs} {whose} wait or run already.", "Try again when one has ended.")
        self.open_jobs = open_jobs
        self.own = own


class AccessDenied(FanchartError):
    """Who asks may not."""


class NotYourJob(AccessDenied):
    """Only those who asked for a job, and admins, may stop it."""

    def __init__(self, job_id: int) -> None:
        super().__init__(f"Job {job_id} is somebody else's.", "You can stop your own jobs only.")
        self.job_id = job_id


class LimitReached(FanchartError):
    """A quota is used up for now."""


class StorageError(FanchartError):
    """The database failed."""


class SettingsError(FanchartError):
    """A setting is missing or wrong."""
