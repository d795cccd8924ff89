"""The baselines that a model is compared with."""
