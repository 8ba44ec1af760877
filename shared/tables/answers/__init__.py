"""Tables that readers of published answers add to: counts of their reactions, without a trace of who they are."""
