"""The names that people read: of sources, models, forecasters and symbols."""

from html import escape
from types import MappingProxyType
from typing import Final

from forecasting.types.bars import SymbolMatch
from forecasting.types.quantile_forecast import Forecast, ModelKind

_SOURCES: Final = MappingProxyType(
    {"yahoo": "Yahoo", "csv": "CSV files", "tiingo": "Tiingo", "simulated": "simulated market"}
)
_MODELS: Final = MappingProxyType(
    {"base": "the base model", "pool": "the model of all symbols here", "symbol": "its own model"}
)
_FORECASTERS: Final = MappingProxyType(
    {
        "naive": "no change",
        "volatility band": "20-day band",
        "historical quantiles": "history",
        "ewma band": "EWMA band",
        "gjr-garch-t": "GJR-GARCH-t",
    }
)
_MAX_NAME_LENGTH: Final = 60


def source_name(source: str) -> str:
    """A price source's name in texts."""
    return _SOURCES.get(source, source)


def model_name(kind: ModelKind) -> str:
    """A kind of model, as it reads behind "answered by"."""
    return _MODELS[kind]


def forecaster_name(forecaster: str) -> str:
    """A forecaster's name in a narrow table."""
    return _FORECASTERS.get(forecaster, forecaster)


def company(forecast: Forecast) -> str:
    """HTML of a symbol and, where it says more, its company: `<b>AAPL</b> · Apple Inc.`."""
    name = forecast.name.strip()[:_MAX_NAME_LENGTH]
    symbol = f"<b>{escape(forecast.symbol)}</b>"
    return symbol if name.upper() in {"", forecast.symbol} else f"{symbol} · {escape(name)}"


def read_as(typed: str, match: SymbolMatch | None) -> str:
    """HTML that says which listing a typed name was read as; nothing where its symbol was typed."""
    if match is None:
        return ""
    name = match.name.strip()[:_MAX_NAME_LENGTH]
    return f"“{escape(typed)}”: {escape(name)} (<b>{escape(match.symbol)}</b>)"


def below(line: str, text: str) -> str:
    """A text below a line, or by itself where the line is empty."""
    return f"{line}\n\n{text}" if line else text
