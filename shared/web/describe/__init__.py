"""Describes what is taken: strings of the OpenAPI documents, and the rules that an input may break."""
