"""What comes back from the providers: proof that a notice arrived, or that it did not."""
