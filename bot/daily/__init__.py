"""The daily push: what is due becomes rows of the ledger, rows become posts, and past forecasts are scored."""
