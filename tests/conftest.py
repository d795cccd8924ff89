"""What holds for all tests: Hypothesis asserts no wall-clock time, and tries the same examples every time."""

from hypothesis import settings

settings.register_profile("fanchart", deadline=None, derandomize=True, database=None)
settings.load_profile("fanchart")
