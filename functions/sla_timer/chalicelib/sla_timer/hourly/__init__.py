"""The hourly jobs: requests for digests, unchecked files."""
