"""Administration of the directory: its rows, their history, and the things that depend on them."""
