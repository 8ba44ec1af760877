"""The desk's JSON API and its OpenAPI document."""
