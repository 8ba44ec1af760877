"""What officers do to petitions: one row and one module for each group of actions."""
