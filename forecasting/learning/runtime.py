"""TensorFlow, imported quietly and kept to the processor cores it was given."""

import os
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # the same sums in the same order on every machine

import keras
import tensorflow as tf

keras.config.disable_traceback_filtering()

Tensor = Any
"""A TensorFlow tensor; the library publishes no types that a checker could use."""

__all__ = ["Tensor", "keras", "tf"]
