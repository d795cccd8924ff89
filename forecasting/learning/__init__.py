"""Training: the only package that imports TensorFlow; it runs in processes of its own."""
