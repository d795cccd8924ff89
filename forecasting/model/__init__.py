"""From prices to quantiles: features, inference, calibration, the artefact."""
