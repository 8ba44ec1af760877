"""The page of search, and the rows of what was found, which the page of a petition shows too."""
