"""Layout, languages and rendering, shared by the pages of several functions."""
