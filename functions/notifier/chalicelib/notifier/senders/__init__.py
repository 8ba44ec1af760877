"""The providers' adapters for sending, each behind `sender.Sender`."""
