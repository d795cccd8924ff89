"""The model as it answers: features, quantile curves, LiteRT inference, calibration and the stored artefact."""
