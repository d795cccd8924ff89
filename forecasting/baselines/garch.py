"""GJR-GARCH(1,1) with Student's t: the baseline that is fitted, and takes about a second a symbol."""

from dataclasses import dataclass
from functools import partial
from itertools import groupby
from typing import Final

import numpy as np
from arch import arch_model
from arch.univariate.base import ARCHModel

from forecasting.baselines.history import log_returns
from forecasting.types.bars import FloatArray, IndexArray, MarketContext, PriceHistory
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON

_TYPICAL: Final = np.array([0.0, 0.02, 0.03, 0.1, 0.9, 6.0])
"""Mean, omega, alpha, gamma, beta and degrees of freedom of a typical stock in units of its standard deviation."""
_MIN_MOVES: Final = 100
"""Fewer returns than this, not counting zeros, are too few to fit six parameters; the typical ones are used."""
_MIN_MOVING_SHARE: Final = 0.5
"""So they are where a smaller share of returns moves: the likelihood of a price of few ticks has no smooth maximum."""
_DECIMALS: Final = 4
"""Of a return in standard deviations. Ticks are coarser: a cent of 100 dollars is 0.01 of a daily move of 1 %."""

_SEARCH: Final = {"ftol": 1e-9, "eps": 1e-7, "maxiter": 500}
"""The optimiser's own stops early, where it depends on the processor's rounding."""
_CONVERGED: Final = {0, 8}
"""SciPy's SLSQP: within the tolerance, or so near to the optimum that rounding hides the way down."""


@dataclass(frozen=True, slots=True)
class GjrGarch:
    """Simulated h-session returns of a GJR-GARCH(1,1)-t that is fitted anew every `refit_every` sessions.

    About a second a symbol for 100 origins. Where the fit does not converge, or explains the past worse than typical
    parameters do, those are taken, scaled to the symbol's variance. Source: Glosten, Jagannathan and Runkle (1993), as
    implemented by `arch`.
    """

    name: str = "gjr-garch-t"
    window: int = 1000  # sessions of each fit
    refit_every: int = 50  # sessions
    paths: int = 2000  # simulated per origin
    seed: int = 0

    def quantiles(self, history: PriceHistory, origins: IndexArray, context: MarketContext | None = None) -> FloatArray:
        """Prices, shape (origins, 20, 21); an origin's forecast is the same whichever others are asked for."""
        del context
        returns = log_returns(history.close)
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
        recent, _ = self._standardised(returns)
        if np.count_nonzero(recent) < max(_MIN_MOVES, _MIN_MOVING_SHARE * len(recent)):
            return _TYPICAL
        model = _model(recent)
        fit = model.fit(disp="off", show_warning=False, options=dict(_SEARCH))
        found = fit.convergence_flag in _CONVERGED and fit.loglikelihood >= model.fix(_TYPICAL).loglikelihood
        return np.asarray(fit.params) if found else _TYPICAL

    def _band(self, returns: FloatArray, parameters: FloatArray, origin: int) -> FloatArray:
        """Quantiles of the summed log returns after the last of `returns`, shape (20, 21)."""
        recent, scale = self._standardised(returns)
        if not recent.any():
            return np.zeros((MAX_HORIZON, len(LEVELS)))
        draw = partial(standard_student, np.random.default_rng((self.seed, origin)), parameters[-1])
        forecast = _model(recent).forecast(
            parameters, horizon=MAX_HORIZON, method="simulation", simulations=self.paths, rng=draw
        )
        paths = scale * np.cumsum(np.asarray(forecast.simulations.values)[-1], axis=1)
        return np.quantile(paths, LEVELS, axis=0).T

    def _standardised(self, returns: FloatArray) -> tuple[FloatArray, float]:
        """The last `window` returns in units of their standard deviation, and that deviation.

        They are rounded, so that prices which differ in their last bit are fitted and simulated alike.
        """
        recent = returns[-self.window :]
        scale = float(recent.std()) if len(recent) else 0.0
        return (np.round(recent / scale, _DECIMALS) if scale > 0 else np.zeros(len(recent))), scale


def _model(returns: FloatArray) -> ARCHModel:
    """The model over returns of about unit variance."""
    return arch_model(returns, mean="Constant", vol="GARCH", p=1, o=1, q=1, dist="t", rescale=False)


def standard_student(random: np.random.Generator, freedom: float, size: tuple[int, ...]) -> FloatArray:
    """Student's t of unit variance, continuous in `freedom`.

    The usual rejection sampling is not: a rejected draw shifts all that follow. Source: Bailey (1994), "Polar
    generation of random variates with the t-distribution".
    """
    radius, angle = random.random((2, *size))
    square = (freedom - 2) * np.expm1(-2 / freedom * np.log1p(-radius))
    return np.asarray(np.sqrt(square) * np.cos(2 * np.pi * angle))
