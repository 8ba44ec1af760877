"""The HTTP doors for machines that report to us: SMS providers and the call centre (docs/webhooks.md)."""
