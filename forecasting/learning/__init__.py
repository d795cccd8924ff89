"""The only room that knows TensorFlow; runs in worker processes alone."""
