"""Price files in the layout of Yahoo's downloads."""

from forecasting.types.bars import PriceHistory

HEADER = "Date,Open,High,Low,Close,Adj Close,Volume"


def csv_text(history: PriceHistory, *, split_row: int | None = None) -> str:
    """The history in Yahoo's layout: raw before a 2-for-1 split at a row, with an Adj Close that knows it."""
    lines = [HEADER]
    for row in range(len(history)):
        factor = 2.0 if split_row is not None and row < split_row else 1.0
        raw = [column[row] * factor for column in (history.open, history.high, history.low, history.close)]
        numbers = [*raw, history.close[row], history.volume[row]]
        lines.append(",".join([str(history.sessions[row]), *(repr(float(number)) for number in numbers)]))
    return "\n".join(lines) + "\n"
