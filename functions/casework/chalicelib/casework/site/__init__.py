"""The officers' pages: HTML rendered on the server."""
