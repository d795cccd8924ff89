"""The daily push as a pure domain: what is due becomes deliveries; no Telegram, no SQLite."""
