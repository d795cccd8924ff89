"""The queue of training jobs and the workers that run them."""
