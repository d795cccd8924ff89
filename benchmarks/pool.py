"""Trains a pool model on a folder's symbols up to a date, and writes its artefact for `forecasting evaluate --model`.

Usage: python benchmarks/pool.py FOLDER --until 2012-12-31 --output pool.fanchart
"""

import argparse
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from forecasting.learning.tasks import run_task
from forecasting.model.artefact import base_artefact
from forecasting.prices.sources.csv_folder import CsvFolderSource
from forecasting.types.bars import PriceHistory
from forecasting.types.job_records import Progress, TrainingRequest

LEAST_SESSIONS = 1000


def main() -> None:
    """Train, print how the model compares with the base, and write the artefact."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--until", type=date.fromisoformat, required=True)
    parser.add_argument("--output", type=Path, required=True)
    asked = parser.parse_args()
    histories = known_by(asked.folder, asked.until)
    result = run_task(TrainingRequest("pool", histories, base_artefact()), print_progress)
    asked.output.write_bytes(result.artefact)
    print(
        f"{len(histories)} symbols, trained to {result.trained_to} in {result.seconds:.0f} s. {result.promotion.reason}"
    )


def known_by(folder: Path, until: date) -> tuple[PriceHistory, ...]:
    """The histories with at least 1,000 sessions up to a date, cut there."""
    source = CsvFolderSource(folder, lambda: datetime.now(UTC))
    whole = (source.history(symbol) for symbol in source.symbols())
    cut = (
        history.take(slice(int(np.searchsorted(history.sessions, np.datetime64(until), "right")))) for history in whole
    )
    return tuple(history for history in cut if len(history) >= LEAST_SESSIONS)


def print_progress(progress: Progress) -> None:
    """Show how far the training is."""
    print(f"\r{progress.stage} {progress.done}/{progress.total}", end="\n" if progress.done == progress.total else "")


if __name__ == "__main__":
    main()
