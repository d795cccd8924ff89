"""From Keras to LiteRT: one step of the recurrence, and the head for a fixed batch of sessions."""

from collections.abc import Sequence

import numpy as np

from forecasting.learning.network import QuantileNetwork, Tensor, tf
from forecasting.model.inference import HEAD_ROWS
from forecasting.types.bars import FloatArray


def export_step(members: Sequence[QuantileNetwork]) -> bytes:
    """LiteRT bytes of: features of one session (1, features), states (1, width) -> states after it.

    A member's states lie side by side: output and memory of each of its layers; members follow one another.
    """
    features = len(members[0].scaling.mean)
    width = sum(2 * layer.units for member in members for layer in member.recurrent)

    def step(row: Tensor, states: Tensor) -> Tensor:
        """One session: features and states in, states out."""
        moved, at = [], 0
        for member in members:
            value = member.normalised(row)
            for layer in member.recurrent:
                pair = [states[:, at : at + layer.units], states[:, at + layer.units : at + 2 * layer.units]]
                value, pair = layer.cell(value, pair)
                moved.extend(pair)
                at += 2 * layer.units
        return tf.concat(moved, -1)

    return _converted(step, [(1, features), (1, width)])


def export_head(members: Sequence[QuantileNetwork], weights: FloatArray) -> bytes:
    """LiteRT bytes of: features (rows, features), states (rows, width) -> quantiles (rows, 20, 21).

    Members' quantiles are averaged with `weights`, which sum to 1; the mean of increasing curves is increasing.
    """
    features = len(members[0].scaling.mean)
    width = sum(2 * layer.units for member in members for layer in member.recurrent)

    def head(rows: Tensor, states: Tensor) -> Tensor:
        """Quantiles of the last states and features."""
        total, at = 0.0, 0
        for member, weight in zip(members, weights, strict=True):
            *below, top = member.recurrent
            at += sum(2 * layer.units for layer in below)
            output = states[:, at : at + top.units]
            at += 2 * top.units
            total += np.float32(weight) * member.quantiles(output[None], member.normalised(rows)[None])[0]
        return total

    return _converted(head, [(HEAD_ROWS, features), (HEAD_ROWS, width)])


def _converted(function: Tensor, shapes: list[tuple[int, int]]) -> bytes:
    """Convert a function of float32 arrays of fixed shapes, with operations built into LiteRT only."""
    module = tf.Module()
    signature = [tf.TensorSpec(shape, tf.float32) for shape in shapes]
    module.run = tf.function(function, input_signature=signature, autograph=False)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([module.run.get_concrete_function()], module)
    return bytes(converter.convert())
