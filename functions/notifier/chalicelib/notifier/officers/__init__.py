"""The officers who read a notice, and their daily digest."""
