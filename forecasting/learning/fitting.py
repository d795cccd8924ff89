"""Training: mean pinball loss over horizons and levels, Adam with a cosine decay."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

import numpy as np

from forecasting.learning.network import QuantileNetwork, Tensor, keras, tf
from forecasting.learning.sequences import Batch
from forecasting.types.quantile_forecast import LEVELS, MAX_HORIZON

CLIP: Final = 1.0
"""Largest norm of a gradient."""
_SHAPES: Final = [
    tf.TensorSpec((None, None, None), tf.float32),
    tf.TensorSpec((None,), tf.int32),
    tf.TensorSpec((None, None, MAX_HORIZON), tf.float32),
    tf.TensorSpec((None, None), tf.float32),
]
OnStep = Callable[[int, float], None]
"""Takes the number of a step and its loss."""


def pinball(quantiles: Tensor, outcomes: Tensor) -> Tensor:
    """Twice the mean pinball loss over levels: (..., 20, 21) and (..., 20) -> (..., 20); 0 where the outcome is NaN.

    It approximates the CRPS (Gneiting and Ranjan 2011).
    """
    levels = np.array(LEVELS, np.float32)
    known = tf.math.is_finite(outcomes)
    error = tf.where(known, outcomes, 0.0)[..., None] - quantiles
    return tf.where(known, 2 * tf.reduce_mean(tf.maximum(levels * error, (levels - 1) * error), -1), 0.0)


def mean_loss(quantiles: Tensor, outcomes: Tensor, weights: Tensor) -> Tensor:
    """Weighted mean of the pinball loss over the outcomes that are known; `weights` lacks the last two axes."""
    known = tf.cast(tf.math.is_finite(outcomes), tf.float32) * weights[..., None]
    return tf.reduce_sum(pinball(quantiles, outcomes) * weights[..., None]) / (tf.reduce_sum(known) + 1e-6)


def fit(
    members: Sequence[QuantileNetwork],
    data: Iterator[Batch],
    steps: int,
    rate: float,
    on_step: OnStep | None = None,
    *,
    head_only: bool = False,
) -> list[float]:
    """Train every member on the same batches; returns the members' mean loss of every step.

    Args:
        members: the networks, changed in place.
        data: as many batches as there are steps, or more.
        steps: number of batches.
        rate: the learning rate, after a short rise and before its decay.
        on_step: called after every step.
        head_only: train the last layer only, which is all that one symbol's history suffices for.
    """
    schedule = keras.optimizers.schedules.CosineDecay(
        rate * 0.1, steps, alpha=0.01, warmup_target=rate, warmup_steps=max(steps // 20, 1)
    )
    step = _step(members, schedule, head_only=head_only)
    losses = []
    for number, batch in zip(range(steps), data, strict=False):
        losses.append(float(step(batch.features, batch.scored, batch.outcomes, batch.weights)))
        if on_step:
            on_step(number + 1, losses[-1])
    return losses


def _step(members: Sequence[QuantileNetwork], schedule: Tensor, *, head_only: bool) -> Tensor:
    chosen = [member.bends.trainable_variables if head_only else member.trainable_variables for member in members]
    optimizers = [keras.optimizers.Adam(schedule, global_clipnorm=CLIP) for _ in members]
    for optimizer, variables in zip(optimizers, chosen, strict=True):
        optimizer.build(variables)

    def step(features: Tensor, scored: Tensor, outcomes: Tensor, weights: Tensor) -> Tensor:
        """One step of the optimiser; returns the loss."""
        total = 0.0
        for member, optimizer, variables in zip(members, optimizers, chosen, strict=True):
            with tf.GradientTape() as tape:
                loss = mean_loss(member.at(features, scored, training=True), outcomes, weights)
            optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
            total += loss
        return total / len(members)

    return tf.function(step, input_signature=_SHAPES, autograph=False)  # traced once, whatever the batch's size
