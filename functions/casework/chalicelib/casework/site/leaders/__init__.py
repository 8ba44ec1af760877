"""The leaders' page: are we keeping our promises, where not, what are people telling us."""
