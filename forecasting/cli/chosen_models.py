"""Which model answers: the base that comes with the package, a file, or the active one of a database."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from importlib.metadata import entry_points
from pathlib import Path
from typing import Final

from forecasting.active_models import ActiveModels
from forecasting.errors import BrokenArtefact, InputError, StorageError
from forecasting.memory_stores import MemoryModelStore
from forecasting.model.artefact import MAX_BYTES, base_artefact, load, sha256
from forecasting.ports import Clock, ModelStore
from forecasting.types.job_records import ModelRecord

STORES: Final = "fanchart.model_store"
"""The entry points that open a database's models: a function from a path to a context manager of a `ModelStore`."""


@contextmanager
def chosen_models(choice: str, database: Path, clock: Clock) -> Iterator[ActiveModels]:
    """The models of `--model base|active|FILE`, for as long as the block runs.

    Raises:
        InputError: there is no such file.
        ModelError: the file is no model.
        StorageError: the database cannot be opened, or nothing that could open it is installed.
    """
    with _store(choice, database, clock) as store:
        yield ActiveModels(store, base_artefact())


def _store(choice: str, database: Path, clock: Clock) -> AbstractContextManager[ModelStore]:
    if choice == "active":
        return _store_of_database(database)
    if choice == "base":
        return nullcontext(MemoryModelStore())
    return nullcontext(_store_of_file(Path(choice).expanduser(), clock))


def _store_of_database(path: Path) -> AbstractContextManager[ModelStore]:
    found = next(iter(entry_points(group=STORES)), None)
    if found is None:
        raise StorageError(
            "Nothing is installed that reads a database of models.", "Install fanchart, or use --model base."
        )
    store: AbstractContextManager[ModelStore] = found.load()(str(path))
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
    if not path.is_file():
        raise InputError(f"There is no model file {path}.", "Use --model base, --model active, or a file of a model.")
    if path.stat().st_size > MAX_BYTES:
        raise BrokenArtefact(f"{path} is too large for a model.", "Give a file that a training wrote.")
    return path.read_bytes()
