"""What operators do on the telephone: write petitions down, serve callers, make calls."""
