"""Inference without TensorFlow: LiteRT runs the recurrence session by session, then the head in batches."""

from typing import Any, Final

import numpy as np
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from numpy.typing import NDArray

from forecasting.errors import BrokenArtefact

HEAD_ROWS: Final = 128
"""Sessions that the head takes at once; a last incomplete batch is filled up."""

Float32Array = NDArray[np.float32]


class LiteNetwork:
    """A network as LiteRT bytes, safe to share between threads: each call has interpreters of its own."""

    def __init__(self, step: bytes, head: bytes) -> None:
        """Load both parts.

        Raises:
            BrokenArtefact: LiteRT cannot read them.
        """
        self._step, self._head = step, head
        self._idle = [_Interpreters(step, head)]  # as many as were ever needed at once

    def quantiles(self, features: Float32Array) -> Float32Array:
        """Quantiles in units of volatility, shape (sessions, 20, 21), from features (sessions, features)."""
        try:
            interpreters = self._idle.pop()
        except IndexError:
            interpreters = _Interpreters(self._step, self._head)
        try:
            return interpreters.quantiles(features)
        finally:
            self._idle.append(interpreters)


class _Interpreters:
    """Both parts of a network, ready to run for one thread at a time."""

    def __init__(self, step: bytes, head: bytes) -> None:
        self._step, self._head = _interpreter(step), _interpreter(head)
        self._width = int(self._step.get_output_details()[0]["shape"][1])

    def quantiles(self, features: Float32Array) -> Float32Array:
        """Quantiles in units of volatility, shape (sessions, 20, 21)."""
        return self._through_head(features, self._states(features))

    def _states(self, features: Float32Array) -> Float32Array:
        """The recurrence from the first session to the last."""
        row_at, state_at = _by_width(self._step, features.shape[1])
        out_at = self._step.get_output_details()[0]["index"]
        states = np.zeros((len(features), self._width), np.float32)
        state = np.zeros((1, self._width), np.float32)
        for at in range(len(features)):
            self._step.set_tensor(row_at, features[at : at + 1])
            self._step.set_tensor(state_at, state)
            self._step.invoke()
            state = self._step.get_tensor(out_at)
            states[at] = state[0]
        return states

    def _through_head(self, features: Float32Array, states: Float32Array) -> Float32Array:
        """Quantiles of every session, in batches of `HEAD_ROWS`."""
        row_at, state_at = _by_width(self._head, features.shape[1])
        out_at = self._head.get_output_details()[0]["index"]
        batches = []
        for first in range(0, len(features), HEAD_ROWS):
            part = slice(first, first + HEAD_ROWS)
            self._head.set_tensor(row_at, _filled(features[part]))
            self._head.set_tensor(state_at, _filled(states[part]))
            self._head.invoke()
            batches.append(self._head.get_tensor(out_at))
        return np.concatenate(batches)[: len(features)]


def _interpreter(model: bytes) -> Any:  # noqa: ANN401 (LiteRT publishes no types)
    """An interpreter on one thread, ready to run.

    LiteRT's plain kernels run here: for steps this small they are as fast as its delegate.
    """
    try:
        interpreter = Interpreter(
            model_content=model,
            num_threads=1,
            experimental_op_resolver_type=OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
        )
        interpreter.allocate_tensors()
    except (ValueError, RuntimeError) as error:
        raise BrokenArtefact("The model's network cannot be read.") from error
    return interpreter


def _by_width(interpreter: Any, features: int) -> tuple[int, int]:  # noqa: ANN401 (LiteRT publishes no types)
    """Indices of the inputs for features and states.

    Raises:
        BrokenArtefact: the network takes another number of features.
    """
    first, second = sorted(interpreter.get_input_details(), key=lambda detail: str(detail["name"]))
    if int(first["shape"][1]) != features:
        raise BrokenArtefact("The model was trained with other features.")
    return int(first["index"]), int(second["index"])


def _filled(rows: Float32Array) -> Float32Array:
    """Values brought to the head's batch size with zeros."""
    return np.concatenate([rows, np.zeros((HEAD_ROWS - len(rows), rows.shape[1]), np.float32)])
