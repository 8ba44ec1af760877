"""Reads, explains and decides petitions by the routing rules: for the router, and for the desk that edits them."""
