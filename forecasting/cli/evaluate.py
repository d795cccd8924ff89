"""`evaluate`: a model on past origins of many symbols, beside the baselines."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from rich.console import Console
from rich.markup import escape
from rich.progress import track

from forecasting.active_models import ActiveModels
from forecasting.cli.arguments import Evaluate
from forecasting.cli.chosen_models import chosen_models
from forecasting.cli.export import WriteWalk, as_json, exporting
from forecasting.cli.local_prices import LocalPrices, local_market
from forecasting.cli.tables import coverage_table, crps_table, rmse_table, score_table, significance_table
from forecasting.errors import FanchartError, InputError, PriceError, TooLittleHistory
from forecasting.evaluation.pooled import PooledScore, pool
from forecasting.evaluation.scorecard import baselines, scorecard
from forecasting.evaluation.verdict import verdict
from forecasting.evaluation.walkforward import Schedule, WalkForward, min_sessions, scored_rows, walk_forward
from forecasting.ports import Clock, Market
from forecasting.settings import EngineSettings
from forecasting.types.scorecards import Scorecard

MIN_SESSIONS_OF_ALL: Final = 1000
"""Sessions that a symbol needs to be among "all"; named symbols are scored on what they have."""
SHOWN_IN_FULL: Final = 3
"""Up to so many symbols, each is shown by itself."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a symbol: why it was skipped, or what the checks dropped from its prices."""

    symbol: str
    text: str


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result of an evaluation."""

    source: str
    model: str  # what was asked for: "base", "active" or a file
    schedule: Schedule
    scorecards: tuple[Scorecard, ...]
    pooled: tuple[PooledScore, ...]
    skipped: tuple[Remark, ...]
    notes: tuple[Remark, ...]


def evaluate(command: Evaluate, settings: EngineSettings, console: Console, progress: Console, clock: Clock) -> None:
    """Evaluate, print the result on `console`, and show the progress on `progress`.

    Raises:
        FanchartError: an `InputError`, `PriceError`, `ModelError` or `StorageError`.
    """
    with (
        chosen_models(command.model, settings.database, clock) as models,
        exporting(command.export) as write,
    ):
        market = local_market(command.market or settings.price_sources, settings, clock)
        evaluator = _Evaluator(command, models, LocalPrices(settings, clock), market)
        found = _evaluated(command, settings.price_sources, evaluator, write, progress)
    if command.json:
        console.out(as_json(found), highlight=False)
    else:
        _print(found, console)


def _evaluated(
    command: Evaluate, source: str, evaluator: "_Evaluator", write: WriteWalk, progress: Console
) -> Evaluation:
    """Evaluate every symbol; one that cannot be is skipped, unless nothing else is left."""
    cards: list[Scorecard] = []
    skipped: list[Remark] = []
    first_error: FanchartError | None = None
    for symbol in track(evaluator.symbols(), "Evaluating", console=progress, transient=True):
        try:
            walk = evaluator.walk(symbol)
        except (InputError, PriceError) as error:
            skipped.append(Remark(symbol, str(error)))
            first_error = first_error or error
            continue
        write(walk)
        cards.append(evaluator.card(walk))
    if first_error and not cards:
        raise first_error
    found = (tuple(cards), pool(cards), tuple(skipped), evaluator.notes(card.symbol for card in cards))
    return Evaluation(source, command.model, command.schedule, *found)


class _Evaluator:
    """Walks over one symbol after another with the same model, market and baselines."""

    def __init__(self, command: Evaluate, models: ActiveModels, prices: LocalPrices, market: Market) -> None:
        self._command = command
        self._models = models
        self._prices = prices
        self._market = market
        self._baselines = baselines(with_garch=command.garch)

    def symbols(self) -> tuple[str, ...]:
        """Those that were named, else all of the folder."""
        return self._command.symbols or self._prices.symbols()

    def walk(self, symbol: str) -> WalkForward:
        """The model and the baselines at the symbol's past origins.

        Raises:
            InputError: no source knows the symbol, or the model's training saw every origin there is.
            PriceError: it has no usable prices, or too few.
        """
        history, schedule = self._prices.latest(symbol).history, self._command.schedule
        model = self._models.of(history.symbol)
        rows = scored_rows(history, model.trained_to, schedule)
        needed = min_sessions(schedule) if self._command.symbols else MIN_SESSIONS_OF_ALL
        if len(history) < needed:
            raise TooLittleHistory(history.symbol, len(history), needed)
        if not len(rows):
            what = f"The model was trained on {history.symbol} up to {model.trained_to}: nothing new is left to score."
            raise InputError(what, "Give newer prices, or use --model base.")
        context = self._market.context(history)
        return walk_forward(history, (model.forecaster, *self._baselines), rows, schedule, context)

    def card(self, walk: WalkForward) -> Scorecard:
        """The scores of a walk."""
        return scorecard(walk, self._models.of(walk.symbol).sha256)

    def notes(self, symbols: Iterable[str]) -> tuple[Remark, ...]:
        """What the checks found in the symbols' prices."""
        histories = (self._prices.latest(symbol).history for symbol in symbols)
        return tuple(Remark(history.symbol, note) for history in histories for note in history.notes)


def _print(found: Evaluation, console: Console) -> None:
    """Tables: pooled ones for many symbols, full ones for few, and the verdicts."""
    for card in found.scorecards if len(found.scorecards) <= SHOWN_IN_FULL else ():
        for horizon in found.schedule.horizons:
            console.print(score_table(card, horizon), highlight=False)
            console.print(f"{escape(card.symbol)}: {verdict(card, horizon)}\n", highlight=False)
    if len(found.scorecards) > 1:
        for table in (crps_table(found.pooled), rmse_table(found.pooled), coverage_table(found.pooled)):
            console.print(table, highlight=False)
        console.print(significance_table(found.scorecards), highlight=False)
    origins = sum(card.scores[0].origins for card in found.scorecards)
    symbols = f"{len(found.scorecards)} symbol{'s' if len(found.scorecards) > 1 else ''}"
    console.print(f"{symbols}, {origins} origins, model: {escape(found.model)}.", highlight=False)
    for each in found.skipped:
        console.print(f"Skipped {escape(each.symbol)}: {escape(each.text)}", highlight=False)
    for each in found.notes:
        console.print(f"Checks of {escape(each.symbol)}: {escape(each.text)}.", highlight=False)
