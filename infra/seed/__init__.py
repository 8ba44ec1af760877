"""The data that a new system starts with: the directory, and on one machine officers and sample petitions."""
