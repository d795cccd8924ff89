"""The costly baseline: GJR-GARCH(1,1) with Student's t, the econometricians' volatility model."""

from dataclasses import dataclass
from itertools import groupby
from typing import Final

import numpy as np
from arch import arch_model
from arch.univariate import StudentsT
from arch.univariate.base import ARCHModel

from forecasting.types import LEVELS, MAX_HORIZON, FloatArray, IndexArray, MarketContext, PriceHistory

_TYPICAL: Final = np.array([0.0, 0.02, 0.03, 0.1, 0.9, 6.0])
"""Mean, omega, alpha, gamma, beta and degrees of freedom of a typical stock in units of its standard deviation."""
_LEAST_RETURNS: Final = 100
"""Fewer returns than this are too few to fit six parameters; the typical ones are used."""


@dataclass(frozen=True, slots=True)
class GjrGarch:
    """Simulated h-session returns of a GJR-GARCH(1,1)-t that is fitted anew every `refit_every` sessions.

    About a second a symbol for 100 origins. Where the fit does not converge, typical parameters are taken, scaled to
    the symbol's variance. Source: Glosten, Jagannathan and Runkle (1993), as implemented by `arch`.
    """

    name: str = "gjr-garch-t"
    window: int = 1000  # sessions of each fit
    refit_every: int = 50  # sessions
    paths: int = 2000  # simulated per origin
    seed: int = 0

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21); an origin's forecast is the same whichever others are asked for."""
        del context
        returns = np.diff(np.log(history.close))
        bands = [
            self._band(returns[:origin], parameters, origin)
            for fitted, group in groupby(origins.tolist(), key=self._fit_row)
            for parameters in (self._fit(returns[:fitted]),)
            for origin in group
        ]
        prices: FloatArray = history.close[origins][:, None, None] * np.exp(np.stack(bands))
        return prices

    def _fit_row(self, origin: int) -> int:
        """The row whose past the parameters come from: the last multiple of `refit_every`."""
        return origin - origin % self.refit_every

    def _fit(self, returns: FloatArray) -> FloatArray:
        """Parameters in units of the standard deviation of the last `window` returns, shape (6,)."""
        recent = returns[-self.window :]
        if len(recent) < _LEAST_RETURNS or not recent.std() > 0:
            return _TYPICAL
        fit = self._model(recent / recent.std()).fit(disp="off", show_warning=False)
        return np.asarray(fit.params) if fit.convergence_flag == 0 else _TYPICAL

    def _band(self, returns: FloatArray, parameters: FloatArray, origin: int) -> FloatArray:
        """Quantiles of the summed log returns after the last of `returns`, shape (20, 21)."""
        recent = returns[-self.window :]
        scale = recent.std() if len(recent) else 0.0
        if not scale > 0:
            return np.zeros((MAX_HORIZON, len(LEVELS)))
        model = self._model(recent / scale)
        model.distribution = StudentsT(seed=np.random.default_rng((self.seed, origin)))
        forecast = model.forecast(parameters, horizon=MAX_HORIZON, method="simulation", simulations=self.paths)
        paths = scale * np.cumsum(np.asarray(forecast.simulations.values)[-1], axis=1)
        return np.quantile(paths, LEVELS, axis=0).T

    def _model(self, returns: FloatArray) -> ARCHModel:
        """The model over returns of about unit variance."""
        return arch_model(returns, mean="Constant", vol="GARCH", p=1, o=1, q=1, dist="t", rescale=False)
