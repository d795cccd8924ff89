"""Training, the only room that knows TensorFlow; it runs in processes of its own."""
