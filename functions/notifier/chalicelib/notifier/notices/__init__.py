"""From a notice to its deliveries: which channels, one batch or many, superseded or not."""
