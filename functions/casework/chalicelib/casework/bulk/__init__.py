"""One action on many petitions."""
