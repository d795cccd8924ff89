"""Charts of forecasts and scorecards, as PNGs."""
