"""The values that travel between the packages."""
