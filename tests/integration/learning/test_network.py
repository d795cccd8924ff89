"""The network in TensorFlow: where it starts, and that LiteRT answers the same."""

from dataclasses import replace

import numpy as np
import pytest

from forecasting.errors import BrokenArtefact
from forecasting.learning.artefacts import assemble, restore
from forecasting.learning.network import QuantileNetwork, Scaling, build_members
from forecasting.model.artefact import ModelSpec, base_artefact, dump, load
from forecasting.model.features import feature_table
from forecasting.model.forecaster import ModelForecaster
from forecasting.model.inference import LiteNetwork
from forecasting.types.bars import FloatArray
from forecasting.types.quantile_forecast import MEDIAN
from tests.factories import price_history

FEATURES = feature_table(price_history(sessions=300)).values


def scaling() -> Scaling:
    base = load(base_artefact())
    return Scaling(base.mean, base.spread, base.curve)


def untrained(spec: ModelSpec) -> list[QuantileNetwork]:
    return build_members(spec, scaling(), range(spec.members))


def shaken(members: list[QuantileNetwork]) -> list[QuantileNetwork]:
    """Weights that were moved away from their start."""
    rng = np.random.default_rng(0)
    for member in members:
        member.set_weights([weight + rng.normal(0, 0.1, weight.shape) for weight in member.get_weights()])
    return members


def in_keras(members: list[QuantileNetwork]) -> FloatArray:
    return np.asarray(np.mean([member(FEATURES[None])[0].numpy() for member in members], axis=0))


def test_a_fresh_network_is_the_scaled_historical_band() -> None:
    spec = ModelSpec(members=2, units=8, hidden=8)
    members = untrained(spec)
    curve = np.broadcast_to(members[0].scaling.curve, (300, 20, 21))
    assert in_keras(members) == pytest.approx(curve, abs=1e-5)
    history = price_history(sessions=300)
    prices = ModelForecaster(assemble(members, spec, 0, {})).quantiles(history, np.array([2]))[0]
    unit = feature_table(history).volatility[2] * np.sqrt(np.arange(1, 21))[:, None]
    band = np.log(prices / history.close[2]) / unit
    assert band[:, MEDIAN] == pytest.approx(np.zeros(20), abs=1e-5)
    assert band == pytest.approx(curve[0], rel=0.1, abs=1e-5)  # calibration has seen two sessions


@pytest.mark.parametrize(
    "spec",
    [
        ModelSpec(members=2, units=8, hidden=8),
        ModelSpec(members=1, layers=2, units=6, hidden=8, normalisation="layer", dropout=0.2),
        ModelSpec(members=1, units=6, hidden=8, normalisation="batch"),
    ],
    ids=["two members", "two layers, layer norm", "batch norm"],
)
def test_litert_answers_as_keras_does(spec: ModelSpec) -> None:
    members = shaken(untrained(spec))
    if spec.normalisation == "batch":  # a moving variance is positive
        variance = members[0].normal.moving_variance
        variance.assign(abs(variance.numpy()) + 0.5)
    model = load(dump(assemble(members, spec, 0, {})))
    found = LiteNetwork(model.step, model.head).quantiles(FEATURES)
    assert np.abs(found - in_keras(members)).max() < 1e-5 * max(1.0, np.abs(found).max())
    assert (np.diff(found, axis=-1) >= 0).all()


def test_weights_come_back_from_an_artefact() -> None:
    spec = ModelSpec(members=2, units=8, hidden=8)
    members = shaken(untrained(spec))
    again = restore(load(dump(assemble(members, spec, 0, {}))))
    assert np.array_equal(in_keras(again), in_keras(members))


def test_weights_of_another_shape_are_refused() -> None:
    base = load(base_artefact())
    with pytest.raises(BrokenArtefact, match="do not fit"):
        restore(replace(base, spec=replace(base.spec, units=base.spec.units + 1)))
