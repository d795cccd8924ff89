"""Which model answers for a symbol: its own, else the pool's, else the base that comes with the package."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from threading import Lock
from typing import Final

from forecasting.model.artefact import load, sha256
from forecasting.model.forecaster import ModelForecaster
from forecasting.ports import Forecaster, ModelStore
from forecasting.types.quantile_forecast import ModelKind

MODELS_IN_MEMORY: Final = 8


@dataclass(frozen=True, slots=True)
class ActiveModel:
    """The model that answers for a symbol."""

    sha256: str
    kind: ModelKind
    forecaster: Forecaster
    trained_to: date | None  # the last real session its training saw; None for simulated markets only


def forecaster_of(artefact: bytes) -> Forecaster:
    """An artefact's forecaster.

    Raises:
        BrokenArtefact: it cannot be read, or was trained with other features than these.
    """
    return ModelForecaster(load(artefact))


class ActiveModels:
    """The active models of a store; those asked for last stay in memory. Blocking; any thread may call it."""

    def __init__(
        self, store: ModelStore, base: bytes, forecaster_of: Callable[[bytes], Forecaster] = forecaster_of
    ) -> None:
        self._store = store
        self._base = base
        self._base_sha256 = sha256(base)
        self._forecaster_of = forecaster_of
        self._loading = Lock()
        self._cached: Callable[[str], Forecaster] = lru_cache(MODELS_IN_MEMORY)(self._load)

    def of(self, symbol: str) -> ActiveModel:
        """The model that answers for a symbol.

        Raises:
            ModelError: it cannot be read.
        """
        record = self._store.active(symbol)
        if record is None:
            return ActiveModel(self._base_sha256, "base", self._loaded(self._base_sha256), None)
        return ActiveModel(record.sha256, record.kind, self._loaded(record.sha256), record.trained_to)

    def artefact(self, symbol: str) -> bytes:
        """The bytes of the model that answers for a symbol.

        Raises:
            ModelError: it cannot be read.
        """
        record = self._store.active(symbol)
        return self._store.artefact(record.sha256) if record else self._base

    def last_trained(self, symbol: str) -> datetime | None:
        """When the symbol was last trained for on the present adjustment of its prices (UTC), or None."""
        past = [record for record in self._store.past(symbol) if not record.older_adjustment]
        return past[0].created_at if past else None

    def _loaded(self, digest: str) -> Forecaster:
        with self._loading:  # two threads that ask for the same model load it once
            return self._cached(digest)

    def _load(self, digest: str) -> Forecaster:
        return self._forecaster_of(self._base if digest == self._base_sha256 else self._store.artefact(digest))
