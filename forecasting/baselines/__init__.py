"""The rivals that a model has to beat."""
