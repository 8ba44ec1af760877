"""Actions of petitioners: send, track, supplement, withdraw, rate, attach."""
