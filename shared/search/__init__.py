"""Search by words: the port, and SQLite's FTS5 behind it (docs/adr/0063-search-by-fts5.md)."""
