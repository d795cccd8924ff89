"""Random markets of known parameters: the base model is trained on them, and true quantiles can be drawn from them."""
