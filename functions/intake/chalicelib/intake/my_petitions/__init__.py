"""A person's petitions on one page, opened with a one-time code to a contact on file."""
