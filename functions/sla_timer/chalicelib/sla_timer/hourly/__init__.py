"""What runs every hour: digests and files that wait too long."""
