"""What happens to a file once it lies in the quarantine: scanned, looked through, kept or rejected."""
