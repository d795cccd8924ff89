"""The model as a forecaster: features, network and calibration in the calling process, by LiteRT alone."""

import numpy as np

from forecasting.errors import BrokenArtefact
from forecasting.known_past import as_known
from forecasting.model.artefact import Artefact
from forecasting.model.calibration import calibrated, calibration_factors
from forecasting.model.features import VERSION, FeatureTable, feature_table
from forecasting.model.inference import LiteNetwork
from forecasting.model.market_features import aligned
from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory
from forecasting.types.quantile_forecast import MAX_HORIZON


class ModelForecaster:
    """Answers with the quantiles of one artefact; implements the port `Forecaster` and may be shared by threads."""

    name = "model"

    def __init__(self, artefact: Artefact) -> None:
        """Load the artefact's network.

        Raises:
            BrokenArtefact: it cannot be read, or was trained with other features than these.
        """
        if artefact.features != VERSION:
            raise BrokenArtefact("The model was trained with features of another version.")
        self.artefact = artefact
        self._network = LiteNetwork(artefact.step, artefact.head)

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Price quantiles, float64 of shape (origins, 20, 21), ascending over the last axis.

        `origins` are ascending row numbers of `history`; what is returned for a row depends on that row and the
        earlier ones that `as_known` gives it.
        """
        return as_known(lambda past, rows: self._read(past, rows, context), history, origins)

    def _read(self, past: PriceHistory, origins: IndexArray, context: MarketContext | None) -> FloatArray:
        """Price quantiles at some rows of a history that ends with the last of them."""
        table = feature_table(past, aligned(context, past.sessions))
        raw = self._network.quantiles(table.values).astype(np.float64)
        adjusted = calibrated(raw[origins], calibration_factors(raw, outcomes(past.close, table))[origins])
        unit = table.volatility[origins, None] * np.sqrt(np.arange(1, MAX_HORIZON + 1))
        return np.asarray(past.close[origins, None, None] * np.exp(adjusted * unit[..., None]))


def outcomes(close: FloatArray, table: FeatureTable) -> FloatArray:
    """What came of every session in units of its volatility, shape (..., T, 20); NaN where it has not come yet.

    The unit at horizon h is the daily volatility times the root of h.
    """
    logs = np.log(np.maximum(close, 1e-12))
    result = np.full((*logs.shape, MAX_HORIZON), np.nan)
    for horizon in range(1, MAX_HORIZON + 1):
        change = logs[..., horizon:] - logs[..., :-horizon]
        result[..., :-horizon, horizon - 1] = change / (table.volatility[..., :-horizon] * np.sqrt(horizon))
    return result
