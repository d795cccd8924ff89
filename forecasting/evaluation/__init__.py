"""Honest evaluation: baselines, metrics, walk-forward, tests of significance."""
