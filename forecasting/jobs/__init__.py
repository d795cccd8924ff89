"""Training jobs: their queue and the workers that run them."""
