"""Approval: what a draft is compared with and checked for, and repeats that are answered with it."""
