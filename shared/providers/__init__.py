"""The proofs of providers that a request is their own: one module for each way of signing."""
