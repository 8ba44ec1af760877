"""The pages that a contact alone opens: my petitions by a code, and new answers by e-mail."""
