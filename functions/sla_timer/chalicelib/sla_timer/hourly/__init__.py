"""The hourly jobs: requests for digests, files that wait too long."""
