"""The values that the packages share."""
