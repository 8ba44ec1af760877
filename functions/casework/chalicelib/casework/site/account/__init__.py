"""Pages about the officer who reads them: sign-in, sessions, second factor, which digests they receive."""
