"""What a network looks like: the part of a model that a search may vary."""

from dataclasses import dataclass
from typing import Final, Literal

Normalisation = Literal["none", "layer", "batch"]
KNOTS: Final = (1, 2, 4, 7, 12, 20)
"""Horizons whose parameters the network gives; those between are interpolated in the logarithm of the horizon."""


@dataclass(frozen=True, slots=True)
class ModelSpec:
    """Shape of the network and how it is trained."""

    layers: int = 1
    units: int = 40
    hidden: int = 48  # width of the layer between LSTM and parameters
    dropout: float = 0.0
    normalisation: Normalisation = "none"
    lookback: int = 320  # sessions of a training sequence
    members: int = 4  # networks from different seeds whose quantiles are averaged
    learning_rate: float = 2e-3
