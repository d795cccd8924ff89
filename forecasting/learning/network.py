"""The network: an LSTM over the sessions and, from each, parameters that bend a fixed quantile curve per horizon."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # the same sums in the same order on every machine

import keras
import tensorflow as tf

from forecasting.model.artefact import KNOTS, ModelSpec
from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import MAX_HORIZON

__all__ = ["Tensor", "keras", "tf"]  # for the rest of the package, which imports TensorFlow from here alone

keras.config.disable_traceback_filtering()

Tensor = Any
"""A TensorFlow tensor; the library publishes no types that a checker could use."""
BENDS: Final = 4
"""Parameters per knot: location, log-scale, tail and skew."""
GAINS: Final = (0.2, 0.5, 0.3, 0.2)
"""How far one unit of the network's output moves each parameter."""


@dataclass(frozen=True, slots=True)
class Scaling:
    """The fixed numbers around the network."""

    mean: FloatArray  # of each feature, shape (features,)
    spread: FloatArray
    curve: FloatArray  # quantiles of the return over its expected spread, shape (20, 21), 0 at the median


class QuantileNetwork(keras.Model):
    """Maps features (batch, sessions, features) to quantiles (batch, sessions, 20, 21) in units of volatility.

    A fresh network returns the fixed curve whatever it is shown: the EWMA-scaled historical band.
    """

    def __init__(self, spec: ModelSpec, scaling: Scaling) -> None:
        super().__init__()
        self.scaling = scaling
        self.recurrent = [keras.layers.LSTM(spec.units, return_sequences=True) for _ in range(spec.layers)]
        self.normal = _normalisation(spec.normalisation)
        self.drop = keras.layers.Dropout(spec.dropout)
        self.hidden = keras.layers.Dense(spec.hidden, activation="tanh")
        self.bends = keras.layers.Dense(BENDS * len(KNOTS), kernel_initializer="zeros")
        self.curve = np.arcsinh(scaling.curve).astype(np.float32)
        self.between = _between_knots()

    def normalised(self, features: Tensor) -> Tensor:
        """Features with mean 0 and spread 1 on simulated markets."""
        return (features - self.scaling.mean.astype(np.float32)) / self.scaling.spread.astype(np.float32)

    def call(self, features: Tensor, training: bool = False) -> Tensor:  # noqa: FBT001, FBT002 (Keras' signature)
        """Quantiles of every session of every sequence."""
        return self.at(features, tf.range(tf.shape(features)[1]), training=training)

    def at(self, features: Tensor, sessions: Tensor, *, training: bool = False) -> Tensor:
        """Quantiles (batch, chosen, 20, 21) of some sessions of every sequence; all sessions pass the LSTM."""
        inputs = self.normalised(features)
        state = inputs
        for layer in self.recurrent:
            state = layer(state, training=training)
        return self.quantiles(
            tf.gather(state, sessions, axis=1), tf.gather(inputs, sessions, axis=1), training=training
        )

    def quantiles(self, state: Tensor, inputs: Tensor, *, training: bool = False) -> Tensor:
        """Quantiles from the LSTM's output and the session's own features, both (..., width).

        Sinh-arcsinh transformation of the fixed curve (Jones and Pewsey 2009): increasing whatever the parameters are.
        """
        state = self.drop(self.normal(state, training=training), training=training)
        bends = self.bends(self.hidden(tf.concat([state, inputs], -1)))
        shape = tf.concat([tf.shape(bends)[:-1], [BENDS, len(KNOTS)]], 0)
        location, log_scale, tail, skew = tf.unstack(tf.reshape(bends, shape) @ self.between, axis=-2)
        return bent(self.curve, GAINS[0] * location, GAINS[1] * log_scale, GAINS[2] * tail, GAINS[3] * skew)


def bent(curve: NDArray[np.float32], location: Tensor, log_scale: Tensor, tail: Tensor, skew: Tensor) -> Tensor:
    """Bend arcsinh quantiles (20, 21) by parameters of shape (..., 20); parameters of 0 leave them as they are."""
    weight, shift = tf.exp(tail)[..., None], skew[..., None]
    unit = _sinh(weight * float(np.arcsinh(1.0)))
    shape = (_sinh(weight * curve + shift) - _sinh(shift)) / unit
    return location[..., None] + tf.exp(log_scale)[..., None] * shape


def build_members(spec: ModelSpec, scaling: Scaling, seeds: Sequence[int]) -> list[QuantileNetwork]:
    """One fresh network a seed, with its weights made."""
    networks = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        network = QuantileNetwork(spec, scaling)
        network(np.zeros((1, 2, len(scaling.mean)), np.float32))
        networks.append(network)
    return networks


def _sinh(value: Tensor) -> Tensor:
    """Hyperbolic sine in operations that LiteRT has."""
    return (tf.exp(value) - tf.exp(-value)) / 2


def _normalisation(kind: str) -> Tensor:
    """The layer between LSTM and head."""
    if kind == "layer":
        return keras.layers.LayerNormalization()
    if kind == "batch":
        return keras.layers.BatchNormalization()
    return keras.layers.Identity()


def _between_knots() -> FloatArray:
    """Weights (knots, 20) that interpolate parameters linearly in the logarithm of the horizon."""
    horizons = np.log(np.arange(1, MAX_HORIZON + 1))
    return np.stack([np.interp(horizons, np.log(KNOTS), row) for row in np.eye(len(KNOTS))]).astype(np.float32)
