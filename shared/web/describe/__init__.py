"""Descriptions of the members of answers, for OpenAPI documents."""
