"""From the words of a command line to a command value."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from forecasting.evaluation.walkforward import DEFAULT_SCHEDULE, Schedule
from forecasting.types.quantile_forecast import MAX_HORIZON

DEFAULT_HORIZON = 5


@dataclass(frozen=True, slots=True)
class Predict:
    """Forecast one symbol."""

    symbol: str
    source: str | None  # None: PRICE_SOURCES
    market: str | None  # where the index is from; None: where the prices are from
    as_of: date | None  # None: the newest session
    horizon: int  # sessions
    model: str
    database: Path | None  # None: DATABASE
    json: bool


@dataclass(frozen=True, slots=True)
class Evaluate:
    """Score a model on past origins of many symbols."""

    source: str | None  # None: PRICE_SOURCES
    market: str | None  # where the index is from; None: where the prices are from
    symbols: tuple[str, ...]  # empty: all of a folder
    schedule: Schedule
    model: str
    database: Path | None  # None: DATABASE
    garch: bool
    export: Path | None
    json: bool


@dataclass(frozen=True, slots=True)
class Learn:
    """Run a long training in this process: it is the learning package that reads these words."""

    task: str  # "pretrain" or "tune"
    words: tuple[str, ...]


Command = Predict | Evaluate | Learn


def parse(words: Sequence[str]) -> Command:
    """The command that the words mean; ends the process with usage and exit code 2 where they mean none."""
    if words and words[0] in ("pretrain", "tune"):
        return Learn(words[0], tuple(words[1:]))
    found = _parser().parse_args(words)
    given = vars(found)
    command = given.pop("command")
    if command == "predict":
        return Predict(**given)
    schedule = Schedule(*(given.pop(name) for name in ("origins", "step", "horizons")))
    return Evaluate(schedule=schedule, **given)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m forecasting", description="Forecasts and their evaluation.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_predict(commands.add_parser("predict", help="forecast one symbol"))
    _add_evaluate(commands.add_parser("evaluate", help="score a model on past origins, beside the baselines"))
    commands.add_parser("pretrain", help="train the base model on simulated markets")
    commands.add_parser("tune", help="search for a better model specification")
    return parser


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("symbol", metavar="SYMBOL")
    parser.add_argument("--as-of", type=_day, metavar="DATE", help="forecast as on a past day (2024-03-28)")
    parser.add_argument(
        "--horizon", type=_horizon, default=DEFAULT_HORIZON, metavar="N", help="sessions ahead, 1 to 20 (default 5)"
    )
    _add_shared(parser)


def _add_evaluate(parser: argparse.ArgumentParser) -> None:
    schedule = DEFAULT_SCHEDULE
    parser.add_argument(
        "--symbols", type=_symbols, default=(), metavar="A,B", help="some symbols, or all of the folder (default)"
    )
    parser.add_argument("--origins", type=_count, default=schedule.origins, metavar="N", help="past origins a symbol")
    parser.add_argument("--step", type=_count, default=schedule.step, metavar="N", help="sessions between two origins")
    parser.add_argument(
        "--horizons",
        type=_horizons,
        default=schedule.horizons,
        metavar="1,5,10,20",
        help="sessions ahead, each 1 to 20",
    )
    parser.add_argument(
        "--garch", action=argparse.BooleanOptionalAction, default=True, help="include GJR-GARCH-t (a second a symbol)"
    )
    parser.add_argument("--export", type=Path, metavar="FILE.csv", help="write every forecast, to be scored elsewhere")
    _add_shared(parser)


def _add_shared(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--source", metavar="SOURCE", help="csv:FOLDER, simulated, yahoo … (default PRICE_SOURCES)")
    parser.add_argument("--market", metavar="SOURCE", help="where ^GSPC is from, if not from the same source")
    parser.add_argument(
        "--model", default="base", metavar="base|active|FILE", help="which model answers (default base)"
    )
    parser.add_argument("--database", type=Path, metavar="PATH", help="where --model active looks (default DATABASE)")
    parser.add_argument("--json", action="store_true", help="print everything as JSON")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2024-03-28") from None


def _count(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 100_000:  # noqa: PLR2004 - more is a slip of the hand
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to 100000")


def _horizon(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= MAX_HORIZON:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number of sessions from 1 to {MAX_HORIZON}")


def _horizons(text: str) -> tuple[int, ...]:
    return tuple(sorted({_horizon(word.strip()) for word in text.split(",")}))


def _symbols(text: str) -> tuple[str, ...]:
    words = tuple(dict.fromkeys(word.strip() for word in text.split(",") if word.strip()))
    return () if [word.lower() for word in words] == ["all"] else words
