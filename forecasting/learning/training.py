"""Training: mean pinball loss over horizons and levels, Adam with a cosine decay."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from forecasting.learning.network import QuantileNetwork
from forecasting.learning.runtime import Tensor, keras, tf
from forecasting.learning.sequences import Batch
from forecasting.types import LEVELS

CLIP: Final = 1.0
"""Largest norm of a gradient."""
Watch = Callable[[int, float], None]
"""Takes the number of a step and its loss."""


def pinball(quantiles: Tensor, outcomes: Tensor) -> Tensor:
    """Twice the mean pinball loss over levels: (..., 20, 21) and (..., 20) -> (..., 20); 0 where the outcome is NaN.

    It approximates the CRPS (Laio and Tamea 2007).
    """
    known = tf.math.is_finite(outcomes)
    error = tf.where(known, outcomes, 0.0)[..., None] - quantiles
    loss = 2 * tf.reduce_mean(tf.maximum(LEVELS * error, (np.array(LEVELS, np.float32) - 1) * error), -1)
    return tf.where(known, loss, 0.0)


def mean_loss(quantiles: Tensor, batch_outcomes: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean of the pinball loss over the outcomes that are known."""
    known = tf.cast(tf.math.is_finite(batch_outcomes), tf.float32) * weights[..., None]
    return tf.reduce_sum(pinball(quantiles, batch_outcomes) * weights[..., None]) / (tf.reduce_sum(known) + 1e-6)


def fit(
    members: Sequence[QuantileNetwork], data: Iterator[Batch], steps: int, rate: float, watch: Watch | None = None
) -> list[float]:
    """Train every member on the same batches for some steps; returns the members' mean loss of every step."""
    schedule = keras.optimizers.schedules.CosineDecay(
        rate * 0.1, steps, alpha=0.01, warmup_target=rate, warmup_steps=max(steps // 20, 1)
    )
    pairs = [(member, keras.optimizers.Adam(schedule, global_clipnorm=CLIP)) for member in members]
    step = _step(pairs)
    losses = []
    for number, batch in zip(range(steps), data, strict=False):
        losses.append(float(step(batch.features, batch.scored, batch.outcomes, batch.weights)))
        if watch:
            watch(number + 1, losses[-1])
    return losses


def _step(pairs: Sequence[tuple[QuantileNetwork, Tensor]]) -> Tensor:
    """One compiled training step of all members."""
    for member, optimizer in pairs:
        optimizer.build(member.trainable_variables)

    @tf.function(reduce_retracing=True)
    def step(features: Tensor, scored: Tensor, outcomes: Tensor, weights: Tensor) -> Tensor:
        total = 0.0
        for member, optimizer in pairs:
            with tf.GradientTape() as tape:
                loss = mean_loss(member.at(features, scored, training=True), outcomes, weights)
            gradients = tape.gradient(loss, member.trainable_variables)
            optimizer.apply_gradients(zip(gradients, member.trainable_variables, strict=True))
            total += loss
        return total / len(pairs)

    return step
