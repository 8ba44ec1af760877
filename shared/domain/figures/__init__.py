"""Figures: tallies, trends, similarity, Merkle roots."""
