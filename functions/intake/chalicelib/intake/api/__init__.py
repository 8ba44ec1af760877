"""The public JSON API, webhooks and the OpenAPI document."""
