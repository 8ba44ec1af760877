"""The providers' delivery receipts: read, checked for who sent them, recorded."""
