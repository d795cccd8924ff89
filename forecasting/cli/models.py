"""Which model answers: the base that comes with the package, a file, or what the bot's database calls active."""

from dataclasses import dataclass
from datetime import date
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from forecasting.cli.memory import MemoryModelStore
from forecasting.errors import InputError, NoModel, StorageError
from forecasting.model.artefact import LARGEST, base_artefact, load, sha256
from forecasting.model.forecaster import ModelForecaster
from forecasting.ports import Clock, ModelStore
from forecasting.trainings import ModelRecord
from forecasting.types import ModelKind

STORES: Final = "fanchart.model_store"
"""The entry points that open a database's models: a function from a path to a `ModelStore`."""


@dataclass(frozen=True, slots=True)
class Answering:
    """The model that answers for a symbol."""

    sha256: str
    kind: ModelKind
    forecaster: ModelForecaster
    trained_to: date | None  # None for simulated markets only


class Models:
    """The chosen models: those of a store, else the base."""

    def __init__(self, store: ModelStore, base: bytes) -> None:
        """Take the walls; `base` is the artefact that answers where the store has none."""
        self.store = store
        self.base = base
        self._loaded: dict[str, ModelForecaster] = {}

    def answering(self, symbol: str) -> Answering:
        """The model that answers for a symbol.

        Raises:
            ModelError: it cannot be read.
        """
        record = self.store.active(symbol)
        if record is None:
            return Answering(sha256(self.base), "base", self._forecaster(sha256(self.base), self.base), None)
        forecaster = self._forecaster(record.sha256, self.store.artefact(record.sha256))
        return Answering(record.sha256, record.kind, forecaster, record.trained_to)

    def _forecaster(self, digest: str, artefact: bytes) -> ModelForecaster:
        if digest not in self._loaded:
            self._loaded[digest] = ModelForecaster(load(artefact))
        return self._loaded[digest]


def chosen_models(choice: str, database: Path, clock: Clock) -> Models:
    """The models of `--model base|active|FILE`.

    Raises:
        InputError: there is no such file.
        ModelError: the file is no model.
        StorageError: the database cannot be opened, or nothing that could open it is installed.
    """
    if choice == "base":
        return Models(MemoryModelStore(), base_artefact())
    if choice == "active":
        return Models(_store(database), base_artefact())
    return Models(_store_of_file(Path(choice).expanduser(), clock), base_artefact())


def _store(database: Path) -> ModelStore:
    """The models of the bot's database."""
    found = next(iter(entry_points(group=STORES)), None)
    if found is None:
        raise StorageError(
            "Nothing is installed that reads a database of models.", "Install fanchart, or use --model base."
        )
    store: ModelStore = found.load()(str(database))
    return store


def _store_of_file(path: Path, clock: Clock) -> ModelStore:
    """A store that holds one artefact, which answers for every symbol."""
    content = _content(path)
    artefact = load(content)
    store = MemoryModelStore()
    record = ModelRecord(sha256(content), artefact.kind, "", "active", clock(), artefact.trained_to)
    store.add(record, content)
    return store


def _content(path: Path) -> bytes:
    """The bytes of an artefact's file."""
    if not path.is_file():
        raise InputError(f"There is no model file {path}.", "Use --model base, --model active, or a file of a model.")
    if path.stat().st_size > LARGEST:
        raise NoModel(f"{path} is too large for a model.", "Give a file that a training wrote.")
    return path.read_bytes()
