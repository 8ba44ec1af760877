"""The ways out: each provider is an adapter behind `sender.Sender`."""
