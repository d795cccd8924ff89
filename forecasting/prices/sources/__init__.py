"""The sources of prices."""
