"""Tools for those who maintain the project."""
