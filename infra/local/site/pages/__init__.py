"""The pages of the workbench: a frame with one table of places, and a module for each page."""
