"""The check of files in the quarantine: scanned, examined, kept or rejected."""
