"""The ministry's rules as pure functions and values: no AWS, no clock, no environment."""
