"""SQLite: the only room that knows sqlite-utils; one file a table's concern."""
