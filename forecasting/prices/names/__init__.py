"""Names of listings that ship with the package, and how a name that a person types is matched with them."""
