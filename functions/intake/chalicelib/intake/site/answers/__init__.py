"""Pages of published answers: the list and its search, one answer, feeds and suggestions."""
