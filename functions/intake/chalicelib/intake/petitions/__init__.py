"""What petitioners do: send, track, supplement, withdraw, rate, attach."""
