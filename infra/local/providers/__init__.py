"""The providers that the local stack plays: SMS gateway, receipts, outbox."""
