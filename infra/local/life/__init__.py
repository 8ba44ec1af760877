"""A petition's whole life, as it is played on the running system: its scenes, and who plays them."""
