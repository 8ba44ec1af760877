"""Programs that are notified of events: their subscriptions, and what was sent to them."""
